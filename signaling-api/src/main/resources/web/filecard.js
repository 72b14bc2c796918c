// One file in the chat, from the question whether somebody wants it until it is there.

import {savedName, shownName, shownSize} from "./names.js";
import {RECEIVING, SENDING} from "./words.js";

/** Chunks come hundreds of times a second. */
const REDRAW_MILLIS = 100;

/** Ends that nobody has chosen. */
const FAILURES = ["unreadable", "left", "slow", "lost", "large", "broken", "checksum"];

export class FileCard {
    element = create("article", "file");
    #transfer;
    #onFocusLost;
    #states = create("ul", "states");
    #progress = document.createElement("progress");
    #amount = create("span", "amount");
    #buttons = {};
    #save = create("a", "button main");
    #redraw = null;

    /** onFocusLost: the button that had the focus is of no use any more. */
    constructor(transfer, onFocusLost) {
        this.#transfer = transfer;
        this.#onFocusLost = onFocusLost;
        const name = create("p", "name");
        name.append(create("bdi"), create("span", "size"));
        name.firstChild.textContent = shownName(transfer.name);
        name.lastChild.textContent = shownSize(transfer.size);
        const bar = create("p", "bar");
        bar.append(this.#progress, this.#amount);
        this.#progress.max = Math.max(1, transfer.size);
        this.#progress.ariaLabel = `Progress of ${name.firstChild.textContent}`;
        const row = create("p", "buttons");
        const words = {accept: "Accept", decline: "Decline", cancel: "Cancel"};
        for (const [action, text] of Object.entries(words)) {
            const button = create("button", action === "accept" ? "main" : "");
            Object.assign(button, {type: "button", textContent: text});
            button.addEventListener("click", () => transfer[action]());
            this.#buttons[action] = button;
            row.append(button);
        }
        this.#save.textContent = "Save";
        this.#save.hidden = true;
        row.append(this.#save);
        this.element.append(name, this.#states, bar, row);
        this.#draw();
    }

    show() {
        if (this.#transfer.isOpen) {
            this.#redraw ??= setTimeout(() => this.#draw(), REDRAW_MILLIS);
        } else {
            this.#draw();
        }
    }

    /** The file is not kept any longer. */
    forget() {
        clearTimeout(this.#redraw);
        URL.revokeObjectURL(this.#save.href);
        this.#transfer.cancel();
    }

    #draw() {
        clearTimeout(this.#redraw);
        this.#redraw = null;
        const {isOwn, isOpen, blob} = this.#transfer;
        const hadFocus = this.element.contains(document.activeElement);
        const {lines, receivedBytes, maxBytes} = isOwn ? this.#sending() : this.#receiving();
        this.#showLines(lines);
        const isOffered = !isOwn && this.#transfer.state === "offered";
        this.#buttons.accept.hidden = this.#buttons.decline.hidden = !isOffered;
        this.#buttons.cancel.hidden = isOffered || !isOpen;
        this.#progress.parentElement.hidden = !isOpen || maxBytes === 0;
        this.#progress.max = Math.max(1, maxBytes);
        this.#progress.value = receivedBytes;
        this.#amount.textContent = `${Math.floor((100 * receivedBytes) / Math.max(1, maxBytes))} %`;
        if (blob && this.#save.hidden) {
            this.#save.hidden = false;
            this.#save.href = URL.createObjectURL(blob);
            this.#save.download = savedName(this.#transfer.name);
            this.#save.title = `Save as ${this.#save.download}`;
            this.#save.click(); // it was accepted
        }
        if (hadFocus && document.activeElement.hidden !== false) {
            this.#onFocusLost();
        }
    }

    #receiving() {
        const {state, sender, receivedBytes, size} = this.#transfer;
        const line = {state, text: RECEIVING[state].replaceAll("{name}", () => sender.name)};
        return {lines: [line], receivedBytes, maxBytes: state === "offered" ? 0 : size};
    }

    /** All who take it share the bar: it is full when all of them have it. */
    #sending() {
        const {receivers, size} = this.#transfer;
        const takers = receivers.filter(({state}) => ["going", "checking", "done"].includes(state));
        return {
            lines: receivers.map(({name, state}) => ({
                state,
                text: SENDING[state].replaceAll("{name}", () => name),
            })),
            receivedBytes: takers.reduce((sum, one) => sum + one.receivedBytes, 0),
            maxBytes: takers.length * size,
        };
    }

    #showLines(lines) {
        // Readers of the screen hear of what is written anew.
        if (lines.length !== this.#states.children.length) {
            this.#states.replaceChildren(...lines.map(() => create("li")));
        }
        for (const [i, {state, text}] of lines.entries()) {
            const line = this.#states.children[i];
            line.className = FAILURES.includes(state) ? "failed" : state;
            if (line.textContent !== text) {
                line.textContent = text;
            }
        }
    }
}

function create(name, className = "") {
    return Object.assign(document.createElement(name), {className});
}
