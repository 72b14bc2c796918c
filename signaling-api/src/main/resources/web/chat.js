// The pane beside the pictures: what people write, and the files that they send.

import {FileCard} from "./filecard.js";
import {shownName, shownSize} from "./names.js";
import {WORDS} from "./words.js";

/** The oldest go when there are more, and with a file's card the file. */
const ENTRIES_MAX = 300;

/** Far more than people write at once. */
const LETTERS_MAX = 10_000;

const element = (id) => document.getElementById(id);
const pane = element("chat");
const log = element("log");
const words = element("words");
const button = element("open-chat");

export class Chat {
    #call = null;
    #options;
    #cards = new Map(); // by transfer
    #staged = [];
    #unread = 0;
    #lastName = null;

    /** onNotice: hears what people have to be told; onUnread: how many entries nobody has seen. */
    constructor(options) {
        this.#options = options;
        button.addEventListener("click", () => this.#toggle(pane.hidden));
        element("close-chat").addEventListener("click", () => this.#toggle(false));
        pane.addEventListener("keydown", ({key}) => key === "Escape" && this.#toggle(false));
        document.addEventListener("visibilitychange", () => this.#see());
        element("write").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#write();
        });
        words.addEventListener("keydown", (event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
                event.preventDefault();
                this.#write();
            }
        });
        element("choose").addEventListener("click", () => element("chosen").click());
        element("chosen").addEventListener("change", ({target}) => {
            this.stage([...target.files]);
            target.value = ""; // the same may be chosen again
        });
        element("send-files").addEventListener("click", () => this.#send());
        element("drop-files").addEventListener("click", () => this.#unstage());
    }

    begin(call) {
        this.#call = call;
        call.addEventListener("message", ({detail}) => this.#add(messageEntry(detail, this.#lastName), detail));
        call.files.addEventListener("offer", ({detail}) => this.#addFile(detail));
        call.files.addEventListener("change", ({detail}) => this.#cards.get(detail)?.show());
        this.show();
    }

    end() {
        this.#toggle(false);
        this.#unstage();
        this.#cards.forEach((card) => card.forget());
        this.#cards.clear();
        log.replaceChildren();
        words.value = "";
        this.#lastName = null;
        this.#count(0);
    }

    /** Something has changed: who is here, or whether one can write. */
    show() {
        const {canWrite} = this.#call;
        element("say").disabled = !canWrite;
        element("choose").disabled = !canWrite;
        this.#showReceivers();
    }

    /** Asks to whom these files are to go. */
    async stage(files) {
        if (!files.length) {
            return;
        }
        if (!this.#call.participants.size) {
            this.#options.onNotice(WORDS.nobody);
            return;
        }
        try {
            await Promise.all(files.map((file) => file.slice(0, 1).arrayBuffer()));
        } catch {
            this.#options.onNotice(WORDS.unreadable);
            return;
        }
        if (!this.#staged.length) {
            element("receiver").replaceChildren(); // what was chosen last time is no answer
        }
        this.#staged.push(...files);
        const bytes = this.#staged.reduce((sum, {size}) => sum + size, 0);
        const name = this.#staged.length === 1 ? shownName(this.#staged[0].name) : `${this.#staged.length} files`;
        element("staged-name").textContent = `${name}, ${shownSize(bytes)}`;
        element("staged").hidden = false;
        this.#toggle(true);
        this.#showReceivers();
        element("receiver").focus();
    }

    #unstage() {
        this.#staged = [];
        element("staged").hidden = true;
    }

    /** Who was chosen and has left stays chosen: what was meant for one must not go to all. */
    #showReceivers() {
        const receiver = element("receiver");
        const people = [...this.#call.participants.values()];
        const chosen = receiver.selectedOptions[0];
        const options = people.map(({id, name}) => new Option(name, id));
        if (people.length !== 1) {
            options.unshift(new Option(`Everybody (${people.length})`, ""));
        }
        if (chosen?.value && this.#staged.length && !people.some(({id}) => id === chosen.value)) {
            options.push(new Option(`${chosen.text.replace(/ \(left\)$/, "")} (left)`, chosen.value));
        }
        const isSame = options.length === receiver.length
            && options.every(({value, text}, i) => receiver[i].value === value && receiver[i].text === text);
        if (!isSame) {
            const value = chosen?.value ?? "";
            receiver.replaceChildren(...options);
            receiver.value = options.some((one) => one.value === value) ? value : options[0].value;
        }
        const isHere = receiver.value === "" ? people.length > 0 : this.#call.participants.has(receiver.value);
        element("send-files").disabled = !isHere || !this.#call.canWrite;
    }

    #send() {
        const {participants, files} = this.#call;
        const {value} = element("receiver");
        const people = value === "" ? [...participants.values()] : [participants.get(value)];
        const staged = this.#staged;
        this.#unstage();
        staged.forEach((file) => files.offer(file, people));
        words.focus();
    }

    #write() {
        const text = words.value.trim();
        if (text && this.#call.write(text)) {
            words.value = "";
        }
        words.focus();
    }

    #addFile(transfer) {
        const card = new FileCard(transfer, () => words.focus());
        this.#cards.set(transfer, card);
        this.#add(card.element, {name: null, isOwn: transfer.isOwn});
    }

    #add(entry, {name, isOwn}) {
        const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
        log.append(entry);
        this.#lastName = name;
        if (log.children.length > ENTRIES_MAX) {
            this.#removeOldest();
        }
        if (isAtEnd || isOwn) {
            log.scrollTop = log.scrollHeight;
        }
        if (!isOwn && (pane.hidden || document.hidden)) {
            this.#count(this.#unread + 1);
        }
    }

    /** A file that is still going stays, however much others write. */
    #removeOldest() {
        const transfers = new Map([...this.#cards].map(([one, card]) => [card.element, one]));
        const oldest = [...log.children].find((entry) => !transfers.get(entry)?.isOpen);
        const transfer = transfers.get(oldest);
        if (transfer) {
            this.#cards.get(transfer).forget();
            this.#cards.delete(transfer);
        }
        oldest?.remove();
    }

    #toggle(isOpen) {
        if (pane.hidden !== isOpen) {
            return;
        }
        pane.hidden = !isOpen;
        button.setAttribute("aria-expanded", isOpen);
        this.#see();
        if (isOpen) {
            log.scrollTop = log.scrollHeight;
            words.focus();
        } else {
            button.focus();
        }
    }

    #see() {
        if (!pane.hidden && !document.hidden) {
            this.#count(0);
        }
    }

    #count(unread) {
        this.#unread = unread;
        element("unread").textContent = unread > 99 ? "99+" : unread || "";
        button.ariaLabel = unread ? `Chat, ${unread} unread` : "Chat";
        this.#options.onUnread(unread);
    }
}

/** All of it as text: it is others who write it. */
function messageEntry({name, text, isOwn}, lastName) {
    const entry = document.createElement("article");
    entry.className = isOwn ? "message own" : "message";
    if (name !== lastName) {
        const head = document.createElement("p");
        const who = document.createElement("bdi");
        const when = document.createElement("time");
        head.className = "head";
        who.textContent = isOwn ? "You" : name;
        when.textContent = new Date().toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"});
        head.append(who, when);
        entry.append(head);
    }
    const body = document.createElement("p");
    body.className = "text";
    body.dir = "auto";
    body.textContent = text.length > LETTERS_MAX ? `${text.slice(0, LETTERS_MAX)}…` : text;
    entry.append(body);
    return entry;
}
