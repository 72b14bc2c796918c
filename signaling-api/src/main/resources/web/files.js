// Files, from some to others, on the data channel "file". What goes over it:
//
//   sender to receivers   {"type": "offer", "id": 7, "name": "tea.pdf", "size": 1000000}
//   receiver to sender    {"type": "take", "id": 7, "received": 0, "until": 1048576}
//   sender to receivers   bytes: the id and the number of the chunk, 4 bytes each, the highest first, and
//                         the chunk: 65,536 bytes of the file, the last one what is left
//   sender to receivers   {"type": "end", "id": 7, "sha256": "9f86d0..."}
//   receiver to sender    {"type": "done", "id": 7}
//
// The first "take" accepts the file, each says how far the sender may go: nobody is sent more than it can take.
// Both may end it at any time: the sender by {"type": "withdraw", "id": 7, "reason": "withdrawn"}, a receiver
// by {"type": "refuse", "id": 7, "reason": "declined"}; more reasons are in words.js.

import {Incoming} from "./incoming.js";
import {Outgoing} from "./outgoing.js";

export const LABEL = "file";

/** What may be under way to us: half of what the server lets wait for one who is in a room of so many. */
const WINDOW_BYTES = 1 << 20;
const ROOM_WINDOW_BYTES = 64 << 20;

/** Nobody answers more questions at once; further ones are declined. */
const OFFERS_MAX = 20;

/** More than this no browser keeps for us. */
const SIZE_MAX = 4 * 2 ** 30;

/** Events: "offer" (detail: a new transfer of either direction), "change" (detail: the transfer). */
export class Files extends EventTarget {
    #channels;
    #people;
    #nextId = 0;
    #outgoing = new Map(); // by id; those under way
    #incoming = new Map(); // by participant and id; those under way

    /** channels: gives the Channels of now; people: gives the Map of participants who are here. */
    constructor({channels, people}) {
        super();
        this.#channels = channels;
        this.#people = people;
    }

    /** Offers a File to people of the room; returns the transfer. */
    offer(file, people) {
        const id = this.#nextId++;
        const sent = new Outgoing({
            id,
            file,
            people,
            send: (content, to) => this.#send(content, to),
            hasRoom: () => this.#channels()?.hasRoom(LABEL),
            onChange: () => this.#changed(this.#outgoing, id, sent),
        });
        this.#outgoing.set(id, sent);
        this.#announce(sent);
        sent.begin();
        return sent;
    }

    /** What came on the channel, from whom. */
    receive(content, envelope) {
        if (typeof content !== "string") {
            const view = new DataView(content.buffer, content.byteOffset);
            const id = content.length > 8 ? view.getUint32(0) : null;
            this.#incoming.get(key(envelope, id))?.take(view.getUint32(4), content.subarray(8));
            return;
        }
        const message = parsed(content);
        const {type, id} = message;
        const sender = this.#incoming.get(key(envelope, id));
        const receivers = this.#outgoing.get(id);
        switch (type) {
            case "offer": return this.#offered(message, envelope);
            case "end": return sender?.end(message.sha256);
            case "withdraw": return sender?.withdraw(message.reason);
            default: return receivers?.answer(envelope.participant, message);
        }
    }

    /** More may be sent than before. */
    pump() {
        this.#outgoing.forEach((one) => one.pump());
    }

    /** A participant has left, or takes no files any more; reason as in words.js. */
    part(participant, reason) {
        this.#incoming.forEach((one) => one.sender.id === participant && one.stop(reason));
        this.#outgoing.forEach((one) => one.stop(participant, reason));
    }

    /** Nothing goes on. */
    stop(reason) {
        this.#incoming.forEach((one) => one.stop(reason));
        this.#outgoing.forEach((one) => one.stopAll(reason));
    }

    #offered({id, name, size}, {from, participant}) {
        const known = key({participant}, id);
        const isSound = Number.isInteger(id) && typeof name === "string" && Number.isInteger(size);
        if (!isSound || !participant || size < 0 || this.#incoming.has(known)) {
            return;
        }
        const received = new Incoming({
            id,
            sender: this.#people().get(participant) ?? {id: participant, identity: from, name: from},
            name,
            size,
            send: (content) => this.#send(content, [from]),
            window: () => this.#window(received),
            onChange: () => this.#changed(this.#incoming, known, received),
        });
        const asked = [...this.#incoming.values()].filter(({sender}) => sender.id === participant);
        if (asked.length >= OFFERS_MAX) {
            received.refuse("declined");
            return;
        }
        this.#incoming.set(known, received);
        this.#announce(received);
        if (size > SIZE_MAX) {
            received.refuse("large");
        }
    }

    /** What may be under way of one file that is being received: a share, once the others keep to theirs. */
    #window(received) {
        const bytes = Math.min(WINDOW_BYTES, ROOM_WINDOW_BYTES / (this.#people().size + 1));
        const going = [...this.#incoming.values()].filter(({state}) => state === "going");
        const others = going.filter((one) => one !== received);
        const takenBytes = others.reduce((sum, one) => sum + one.dueBytes, 0);
        return Math.min(bytes / (others.length + 1), bytes - takenBytes);
    }

    #send(content, to) {
        const whole = content instanceof Uint8Array ? content : JSON.stringify(content);
        return this.#channels()?.send(LABEL, whole, to) ?? false;
    }

    #announce(transfer) {
        this.dispatchEvent(new CustomEvent("offer", {detail: transfer}));
    }

    #changed(transfers, id, transfer) {
        if (!transfer.isOpen) {
            transfers.delete(id);
        }
        this.dispatchEvent(new CustomEvent("change", {detail: transfer}));
    }
}

/** Whoever writes something else than the page does is not listened to. */
function parsed(text) {
    try {
        return Object(JSON.parse(text));
    } catch {
        return {};
    }
}

function key({participant}, id) {
    return `${participant} ${id}`;
}
