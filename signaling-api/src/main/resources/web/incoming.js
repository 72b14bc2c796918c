// A file that somebody offers, and that comes in chunks if it is accepted.

import {CHUNK_BYTES} from "./outgoing.js";
import {Sha256} from "./sha256.js";

/** What has come is given to the browser in such pieces: it keeps blobs on disk when they are many. */
const PIECE_BYTES = 4 << 20;

/** Why a sender may say that it ends. */
const WITHDRAWALS = ["withdrawn", "unreadable"];

export class Incoming {
    isOwn = false;
    state = "offered"; // then "going"; how it can end is in words.js
    sender;
    name;
    size;
    receivedBytes = 0;
    blob = null; // once it is "done"

    #id;
    #options;
    #untilBytes = 0;
    #hash = new Sha256();
    #chunks = [];
    #chunksBytes = 0;
    #pieces = [];

    /**
     * options: id; sender, {id, identity, name}; name and size, as the sender says; and three to be called:
     * send: with a message for the sender; window: how many bytes may be under way; onChange.
     */
    constructor(options) {
        this.#id = options.id;
        this.#options = options;
        this.sender = options.sender;
        this.name = options.name;
        this.size = options.size;
    }

    /** So much may still come without a word from us. */
    get dueBytes() { return this.#untilBytes - this.receivedBytes; }
    get isOpen() { return this.state === "offered" || this.state === "going"; }

    accept() {
        this.state = "going";
        this.grant();
        this.#options.onChange();
    }

    decline() { this.refuse("declined"); }
    cancel() { this.refuse("cancelled"); }

    /** Ends it, and says why. */
    refuse(reason) {
        if (this.isOpen) {
            this.#options.send({type: "refuse", id: this.#id, reason});
            this.stop(reason);
        }
    }

    /** The sender ends it. */
    withdraw(reason) {
        this.stop(WITHDRAWALS.includes(reason) ? reason : WITHDRAWALS[0]);
    }

    stop(reason) {
        if (this.isOpen) {
            this.state = reason;
            this.#chunks = [];
            this.#pieces = [];
            this.#options.onChange();
        }
    }

    /** Lets the sender go on, once that is worth a message. */
    grant() {
        const window = Math.max(CHUNK_BYTES, this.#options.window());
        const until = this.receivedBytes + Math.floor(window / CHUNK_BYTES) * CHUNK_BYTES;
        const isFirst = this.#untilBytes === 0;
        if (this.state === "going" && (isFirst || until - this.#untilBytes >= window / 4)) {
            this.#untilBytes = until;
            this.#options.send({type: "take", id: this.#id, received: this.receivedBytes, until});
        }
    }

    /** The chunk of this number. */
    take(number, bytes) {
        const size = Math.min(CHUNK_BYTES, this.size - this.receivedBytes);
        if (this.state !== "going") {
            return; // it was on its way when we ended it
        }
        if (number * CHUNK_BYTES !== this.receivedBytes || bytes.length !== size) {
            this.refuse("broken");
            return;
        }
        this.#hash.update(bytes);
        this.#chunks.push(bytes);
        this.#chunksBytes += size;
        this.receivedBytes += size;
        if (this.#chunksBytes >= PIECE_BYTES) {
            this.#pieces.push(new Blob(this.#chunks));
            this.#chunks = [];
            this.#chunksBytes = 0;
        }
        this.grant();
        this.#options.onChange();
    }

    /** There is no more; all is well if the digest is that of what came. */
    end(sha256) {
        if (this.state !== "going") {
            return;
        }
        if (this.receivedBytes !== this.size) {
            this.refuse("broken");
        } else if (this.#hash.hex() !== sha256) {
            this.refuse("checksum");
        } else {
            // Of no type that a browser would open as a page of ours.
            this.blob = new Blob([...this.#pieces, ...this.#chunks], {type: "application/octet-stream"});
            this.#options.send({type: "done", id: this.#id});
            this.stop("done");
        }
    }
}
