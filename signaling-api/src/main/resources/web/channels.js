// Data channels: messages to others in the room, behind envelopes that say for whom, and from whom
// (docs/plain-protocol.md). Knows nothing of what they mean.

const OPTIONS = {protocol: "sluice"};
const LINE_FEED = 10;

/** The server closes a channel on which somebody takes too slowly; a new one may be made. */
const REOPEN_MILLIS = 1_000;

/** What waits in the browser waits in memory. */
const WAITING_BYTES_MAX = 1_000_000;
const WAITING_BYTES_LOW = 250_000;

export class Channels {
    #pc;
    #options;
    #channels = new Map();
    #encoder = new TextEncoder();
    #decoder = new TextDecoder();

    /**
     * options: labels of the channels to make; and four to be called:
     * onMessage: with a label, what was sent (a string or a Uint8Array) and its envelope {from, participant};
     * onOpen: one of them can be used now; onRoom: much may be sent again;
     * onLost: with a label: what was sent there may not have arrived.
     */
    constructor(pc, options) {
        this.#pc = pc;
        this.#options = options;
        options.labels.forEach((label) => this.#open(label));
    }

    isOpen(label) {
        return this.#channels.get(label)?.readyState === "open";
    }

    /** Whether much may be sent: more would only wait. */
    hasRoom(label) {
        return this.isOpen(label) && this.#channels.get(label).bufferedAmount < WAITING_BYTES_MAX;
    }

    /** Sends a string or a Uint8Array to these identities, or to everybody else; says whether it could. */
    send(label, content, to = null) {
        if (!this.isOpen(label) || to?.length === 0) {
            return false;
        }
        const envelope = `${JSON.stringify(to ? {to} : {})}\n`;
        this.#channels.get(label).send(this.#enclose(envelope, content));
        return true;
    }

    close() {
        this.#channels.forEach((channel) => (channel.onclose = null));
        this.#channels.clear();
    }

    #enclose(envelope, content) {
        if (typeof content === "string") {
            return envelope + content;
        }
        const line = this.#encoder.encode(envelope);
        const bytes = new Uint8Array(line.length + content.length);
        bytes.set(line);
        bytes.set(content, line.length);
        return bytes;
    }

    #open(label) {
        const channel = this.#pc.createDataChannel(label, OPTIONS);
        this.#channels.set(label, channel);
        channel.binaryType = "arraybuffer";
        channel.bufferedAmountLowThreshold = WAITING_BYTES_LOW;
        channel.onopen = () => this.#options.onOpen();
        channel.onbufferedamountlow = () => this.#options.onRoom();
        channel.onmessage = ({data}) => this.#receive(label, data);
        channel.onclose = () => {
            this.#options.onLost(label);
            setTimeout(() => {
                if (this.#channels.has(label) && this.#pc.connectionState !== "closed") {
                    this.#open(label);
                }
            }, REOPEN_MILLIS);
        };
    }

    #receive(label, data) {
        if (typeof data === "string") {
            const end = data.indexOf("\n");
            this.#options.onMessage(label, data.slice(end + 1), JSON.parse(data.slice(0, end)));
        } else {
            const bytes = new Uint8Array(data);
            const end = bytes.indexOf(LINE_FEED);
            const envelope = JSON.parse(this.#decoder.decode(bytes.subarray(0, end)));
            this.#options.onMessage(label, bytes.subarray(end + 1), envelope);
        }
    }
}
