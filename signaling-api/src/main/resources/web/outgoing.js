// A file that goes to some people of the room, each as fast as it takes it.

import {Sha256} from "./sha256.js";

export const CHUNK_BYTES = 65_536;

/** The id of the transfer and the number of the chunk. */
const HEADER_BYTES = 8;

/** Why a receiver may say that it ends. */
const REFUSALS = ["cancelled", "declined", "large", "broken", "checksum"];

export class Outgoing {
    isOwn = true;
    name;
    size;

    #id;
    #file;
    #options;
    #receivers = new Map(); // by participant
    #hash = new Sha256();
    #hashedBytes = 0;
    #digest = null;
    #pumping = false;

    /**
     * options: id; file, a File; people: [{id, identity, name}]; and three to be called:
     * send: with a message or bytes, and identities; says whether they went out;
     * hasRoom: whether bytes may be sent now; onChange: after each change of what is below.
     */
    constructor(options) {
        const {id, file, people} = options;
        this.#id = id;
        this.#file = file;
        this.#options = options;
        this.name = file.name;
        this.size = file.size;
        for (const {id: participant, identity, name} of people) {
            const counts = {receivedBytes: 0, sentBytes: 0, untilBytes: 0};
            this.#receivers.set(participant, {identity, name, state: "offered", ...counts});
        }
    }

    /** [{name, state, receivedBytes}]; states as in words.js. */
    get receivers() { return [...this.#receivers.values()]; }
    get isOpen() { return this.receivers.some(isOpen); }

    begin() {
        const {name, size} = this;
        const offer = {type: "offer", id: this.#id, name, size};
        if (!this.#send(offer, this.receivers)) {
            this.stopAll("lost");
        }
    }

    /** Ends it for all who do not have it yet. */
    cancel(reason = "withdrawn") {
        this.#send({type: "withdraw", id: this.#id, reason}, this.receivers.filter(isOpen));
        this.stopAll(reason);
    }

    stop(participant, reason) {
        const receiver = this.#receivers.get(participant);
        if (receiver && isOpen(receiver)) {
            receiver.state = reason;
            this.#options.onChange();
        }
    }

    stopAll(reason) {
        this.#receivers.forEach((_, participant) => this.stop(participant, reason));
    }

    /** What a receiver says. */
    answer(participant, {type, received, until, reason}) {
        const receiver = this.#receivers.get(participant);
        if (!receiver || !isOpen(receiver)) {
            return;
        }
        const isSound = Number.isInteger(received) && received >= 0 && received <= receiver.sentBytes;
        if (type === "take" && isSound && until > receiver.untilBytes) {
            Object.assign(receiver, {state: "going", receivedBytes: received, untilBytes: until});
            this.#options.onChange();
            this.pump();
        } else if (type === "done" && receiver.sentBytes === this.size) {
            receiver.receivedBytes = this.size;
            this.stop(participant, "done");
        } else if (type === "refuse") {
            this.stop(participant, REFUSALS.includes(reason) ? reason : REFUSALS[0]);
        }
    }

    /** Sends what may be sent now. */
    async pump() {
        if (this.#pumping) {
            return; // it looks again before it ends
        }
        this.#pumping = true;
        try {
            for (let due = this.#due(); due !== null && this.#options.hasRoom(); due = this.#due()) {
                await this.#sendChunk(due);
            }
        } catch (error) {
            console.warn("Could not read a file", error);
            this.cancel("unreadable");
        } finally {
            this.#pumping = false;
        }
    }

    /**
     * Where the next chunk begins; null: nobody takes one now. Who is furthest behind comes first: all who get as
     * far share the messages from then on, and nobody has to wait for one who takes nothing.
     */
    #due() {
        const places = this.receivers.filter(mayTake).map(({sentBytes}) => sentBytes);
        return places.length ? Math.min(...places) : null;
    }

    async #sendChunk(begin) {
        const end = Math.min(begin + CHUNK_BYTES, this.size);
        const bytes = new Uint8Array(HEADER_BYTES + end - begin);
        const view = new DataView(bytes.buffer);
        view.setUint32(0, this.#id);
        view.setUint32(4, begin / CHUNK_BYTES);
        const chunk = bytes.subarray(HEADER_BYTES);
        chunk.set(new Uint8Array(await this.#file.slice(begin, end).arrayBuffer()));
        // The one who is furthest ahead comes by each chunk first, and by each in turn.
        if (begin === this.#hashedBytes) {
            this.#hash.update(chunk);
            this.#hashedBytes = end;
        }
        // Somebody may have gone meanwhile.
        const takers = this.receivers.filter((one) => mayTake(one) && one.sentBytes === begin);
        if (end > begin && !this.#send(bytes, takers)) {
            return;
        }
        takers.forEach((one) => (one.sentBytes = end));
        if (end === this.size) {
            this.#digest ??= this.#hash.hex();
            takers.forEach((one) => (one.state = "checking"));
            this.#send({type: "end", id: this.#id, sha256: this.#digest}, takers);
        }
        this.#options.onChange();
    }

    #send(content, receivers) {
        return this.#options.send(content, receivers.map(({identity}) => identity));
    }
}

function isOpen({state}) {
    return ["offered", "going", "checking"].includes(state);
}

function mayTake({state, sentBytes, untilBytes}) {
    return state === "going" && sentBytes < untilBytes;
}
