// Messages over a WebSocket that is replaced when it is lost (docs/plain-protocol.md).
// Knows of no message but "joined", which names the session to come back to.

const PING_MILLIS = 5_000;
const FIRST_RETRY_MILLIS = 250;
const LAST_RETRY_MILLIS = 4_000;

/** Close codes from here on: the server has ended the session, but one may join anew. */
const SESSION_ENDED = 4_000;

/** Close codes from here on: one should not come back by oneself. */
const STAY_AWAY = 4_100;

export class Signaling {
    socket = null;

    #options;
    #session = null;
    #lastSeq = 0;
    #inbox = Promise.resolve();
    #hasJoined = false;
    #heard = true;
    #attempts = 0;
    #retry = null;
    #pings;
    #closed = false;

    /**
     * Joins at once. options: room; name; token: a function that gets it; and three to be called:
     * onMessage: with each message, the next one when it is done;
     * onLost: the WebSocket is lost, and another one will take its place;
     * onEnd: none will; with the close code, or with the error that was in the way.
     */
    constructor(options) {
        this.#options = options;
        this.#pings = setInterval(() => this.#ping(), PING_MILLIS);
        this.#connect();
    }

    /** Sends a message now or not at all. */
    send(message) {
        if (this.socket?.readyState === WebSocket.OPEN) {
            this.socket.send(JSON.stringify(message));
        }
    }

    /** The network is back: whether that was waited for. */
    retryNow() {
        const waits = this.#retry !== null;
        if (waits) {
            this.#connect();
        }
        return waits;
    }

    /** All is well: the next loss is a new one. */
    settle() {
        this.#attempts = 0;
    }

    close() {
        this.#closed = true;
        clearInterval(this.#pings);
        clearTimeout(this.#retry);
        this.socket?.close();
    }

    async #connect() {
        clearTimeout(this.#retry);
        this.#retry = null;
        try {
            const {room, name, token} = this.#options;
            const join = this.#session
                ? {type: "join", session: this.#session, seq: this.#lastSeq}
                : {type: "join", name, token: await token()};
            if (this.#closed) {
                return;
            }
            const origin = location.origin.replace("http", "ws");
            const url = `${origin}/api/v1/rooms/${encodeURIComponent(room)}/ws`;
            const socket = (this.socket = new WebSocket(url));
            this.#heard = true;
            socket.onopen = () => this.send(join);
            socket.onclose = ({code}) => this.#lost(socket, code);
            socket.onmessage = ({data}) => {
                this.#heard = true;
                // One after the other: a candidate waits until the answer before it is set.
                this.#inbox = this.#inbox.then(() => this.#receive(socket, JSON.parse(data)));
            };
        } catch (error) {
            this.#lost(this.socket, 0, error);
        }
    }

    async #receive(socket, message) {
        if (socket !== this.socket) {
            return; // it comes again on the next one
        }
        this.#lastSeq = message.seq ?? this.#lastSeq;
        if (message.type === "joined") {
            this.#session = message.session;
            this.#hasJoined = true;
        }
        await this.#options.onMessage(message);
    }

    /** Each ping is answered; without answer the WebSocket is dead and does not know. */
    #ping() {
        const socket = this.socket;
        if (socket && !this.#heard) {
            this.#lost(socket, 0);
            socket.close();
        }
        this.#heard = false;
        this.send({type: "ping"});
    }

    #lost(socket, code, error = null) {
        if (this.#closed || socket !== this.socket) {
            return;
        }
        this.socket = null;
        if (code >= STAY_AWAY || !this.#hasJoined) {
            this.#options.onEnd(code, error);
            return;
        }
        if (code >= SESSION_ENDED) {
            this.#session = null; // join anew, as the same identity
        }
        this.#options.onLost();
        const delayMillis = Math.min(FIRST_RETRY_MILLIS * 2 ** this.#attempts++, LAST_RETRY_MILLIS);
        // Not all who were lost together come back together.
        const spread = 0.5 + Math.random();
        this.#retry = setTimeout(() => this.#connect(), delayMillis * spread);
    }
}
