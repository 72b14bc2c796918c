// One call: the plain protocol (docs/plain-protocol.md) around one RTCPeerConnection.
// Knows nothing of the page; copy this file to begin a client of your own.

const WORDS = {
    invalid_token: "The access token is not valid for this room, or has expired.",
    room_full: "The room is full.",
    server_full: "The server is full. Try again later.",
    4100: "You joined this room again from another window.",
    4101: "The call goes on in another window.",
};

/**
 * Joins a room at once and stays in it, whatever the network does, until leave() or "end".
 * Events: "change" (of state, participants or tracks), "end" (detail: why, in words, or null).
 */
export class Call extends EventTarget {
    state = "connecting"; // then "connected", "reconnecting", "ended"
    self = null;
    participants = new Map(); // the others: id -> {id, identity, name, tracks}
    pc = null;
    socket = null;

    #options;
    #session = null;
    #lastSeq = 0;
    #inbox = Promise.resolve();
    #camera = null; // the transceiver
    #offer = null; // the one that waits for its answer
    #offerAgain = false;
    #problem = null;
    #attempts = 0;
    #heard = true;
    #timers = {};
    #listening = new AbortController();

    /** options: room; name; stream of own tracks, or an empty one; token: a function that gets it. */
    constructor(options) {
        super();
        this.#options = options;
        addEventListener("online", () => this.#online(), {signal: this.#listening.signal});
        this.#timers.ping = setInterval(() => this.#ping(), 5_000);
        this.#connect();
    }

    leave() {
        this.#send({type: "leave"});
        this.#end(null);
    }

    /** Muted sound goes on as silence, and so comes back without delay. */
    setMicrophone(on) {
        this.#options.stream.getAudioTracks().forEach((track) => (track.enabled = on));
    }

    /** A camera that is off is not published, so that the others know. */
    setCamera(on) {
        this.#options.stream.getVideoTracks().forEach((track) => (track.enabled = on));
        if (this.#camera) {
            this.#camera.direction = on ? "sendrecv" : "recvonly";
            this.#makeOffer();
        }
    }

    /** Looks for a new network path; media goes on over the old one meanwhile. */
    async restartIce() {
        if (this.pc) {
            this.pc.restartIce();
            await this.#makeOffer();
        }
    }

    // ---- The WebSocket: lost ones are replaced, and the session goes on.

    async #connect() {
        clearTimeout(this.#timers.connect);
        this.#timers.connect = this.#problem = null;
        try {
            const {room, name, token} = this.#options;
            const join = this.#session
                ? {type: "join", session: this.#session, seq: this.#lastSeq}
                : {type: "join", name, token: await token()};
            if (this.state === "ended") {
                return;
            }
            const origin = location.origin.replace("http", "ws");
            const url = `${origin}/api/v1/rooms/${encodeURIComponent(room)}/ws`;
            const socket = (this.socket = new WebSocket(url));
            this.#heard = true;
            socket.onopen = () => this.#send(join);
            socket.onclose = ({code}) => this.#lost(socket, code);
            socket.onmessage = ({data}) => {
                this.#heard = true;
                // One after the other: a candidate waits until the answer before it is set.
                this.#inbox = this.#inbox.then(() => this.#receive(socket, JSON.parse(data)));
            };
        } catch (error) {
            this.#problem = error.message;
            this.#lost(this.socket, 0);
        }
    }

    #send(message) {
        if (this.socket?.readyState === WebSocket.OPEN) {
            this.socket.send(JSON.stringify(message));
        }
    }

    /** Each ping is answered; without answer the WebSocket is dead and does not know. */
    #ping() {
        const socket = this.socket;
        if (socket && !this.#heard) {
            this.#lost(socket, 0);
            socket.close();
        }
        this.#heard = false;
        this.#send({type: "ping"});
    }

    #lost(socket, code) {
        if (this.state === "ended" || socket !== this.socket) {
            return;
        }
        this.socket = null;
        if (code >= 4100 || !this.self) {
            this.#end(this.#problem ?? WORDS[code] ?? "The server cannot be reached.");
            return;
        }
        if (code >= 4000) {
            this.#session = null; // the server ended it: join anew, as the same identity
        }
        this.#setState("reconnecting");
        const backoffMillis = Math.min(250 * 2 ** this.#attempts++, 4_000) * (0.5 + Math.random());
        this.#timers.connect = setTimeout(() => this.#connect(), backoffMillis);
    }

    #online() {
        if (this.#timers.connect) {
            this.#connect();
        } else {
            this.restartIce();
        }
    }

    async #receive(socket, message) {
        if (socket !== this.socket) {
            return; // it comes again on the next one
        }
        this.#lastSeq = message.seq ?? this.#lastSeq;
        try {
            await this.#on[message.type]?.(message);
            this.#changed();
        } catch (error) {
            console.error(`Could not handle ${message.type}`, error);
            if (message.type !== "ice-candidate") {
                this.#end(`The call could not go on: ${error.message}`);
            }
        }
    }

    #on = {
        "joined": (message) => (message.resumed ? this.#resumed() : this.#joined(message)),
        "answer": (message) => this.#answered(message),
        "ice-candidate": ({candidate}) => this.pc.addIceCandidate(candidate),
        // Not while an offer is under way: after its answer the server asks again if it has to.
        "renegotiate": ({audio, video}) => this.#offer ?? this.#makeOffer({audio, video}),
        "participant-joined": (message) => this.#addParticipant(message),
        "participant-left": ({participant}) => this.participants.delete(participant),
        "track-published": (message) => this.#addTrack(message),
        "track-unpublished": ({participant, track}) =>
            this.participants.get(participant)?.tracks.delete(track),
        "unavailable": ({track, reason}) => {
            for (const {tracks} of this.participants.values()) {
                Object.assign(tracks.get(track) ?? {}, {unavailable: reason});
            }
        },
        "error": ({code, message}) => {
            this.#problem = WORDS[code] ?? message;
            if (["invalid_offer", "not_permitted", "internal"].includes(code)) {
                this.#end(this.#problem);
            }
        },
    };

    #addParticipant({participant: id, identity, name}) {
        if (id !== this.self.id && !this.participants.has(id)) {
            this.participants.set(id, {id, identity, name: name || identity, tracks: new Map()});
        }
    }

    /** Returns what is known of a track; media is there once it is forwarded to us. */
    #addTrack({participant, track: id, kind, source}) {
        const tracks = this.participants.get(participant)?.tracks;
        if (tracks && !tracks.has(id)) {
            tracks.set(id, {id, kind, source, media: null, unavailable: null});
        }
        return tracks?.get(id);
    }

    // ---- The RTCPeerConnection: we offer, the server answers.

    async #joined(message) {
        this.self = {id: message.participant, identity: message.identity, name: message.name};
        this.#session = message.session;
        this.participants.clear();
        message.participants.forEach((one) => this.#addParticipant(one));
        message.tracks.forEach((one) => this.#addTrack(one));

        this.pc?.close();
        this.#offer = null;
        const {iceServers} = message;
        const pc = (this.pc = new RTCPeerConnection({iceServers, bundlePolicy: "max-bundle"}));
        pc.onicecandidate = ({candidate}) => this.#send({type: "ice-candidate", candidate});
        pc.onconnectionstatechange = () => this.#onConnectionState();
        const {stream} = this.#options;
        const [audio] = stream.getAudioTracks();
        const [video] = stream.getVideoTracks();
        // A section that sends can receive too; without own tracks there must be one to receive.
        pc.addTransceiver(audio ?? "audio", {
            direction: audio ? "sendrecv" : "recvonly",
            streams: [stream],
        });
        const camera = pc.addTransceiver(video ?? "video", {
            direction: video?.enabled ? "sendrecv" : "recvonly",
            streams: [stream],
        });
        this.#camera = video ? camera : null;
        await this.#makeOffer();
    }

    /** A new WebSocket for the old session: what was missed comes again by itself. */
    async #resumed() {
        const offer = this.#offer;
        if (offer) {
            // It got lost, unless its answer is among what comes now.
            setTimeout(() => offer === this.#offer && this.#sendOffer(), 1_000);
        }
        if (this.pc.connectionState === "connected") {
            this.#onConnectionState();
        } else {
            await this.restartIce();
        }
    }

    /** Offers, with so many more sections to receive; later, if an offer is under way. */
    async #makeOffer(more = {}) {
        if (this.#offer) {
            this.#offerAgain = true;
            return;
        }
        this.#offer = {};
        this.#offerAgain = false;
        for (const [kind, count] of Object.entries(more)) {
            for (let i = 0; i < count; i++) {
                this.pc.addTransceiver(kind, {direction: "recvonly"});
            }
        }
        await this.pc.setLocalDescription();
        this.#sendOffer();
    }

    #sendOffer() {
        this.#send({type: "offer", sdp: this.pc.localDescription.sdp});
    }

    async #answered({sdp, tracks}) {
        if (!this.#offer) {
            return; // a second answer to an offer that was sent again
        }
        await this.pc.setRemoteDescription({type: "answer", sdp});
        for (const participant of this.participants.values()) {
            participant.tracks.forEach((track) => (track.media = null));
        }
        // The answer says who is where: ontrack and stream ids are not needed.
        for (const forwarded of tracks) {
            const section = this.pc.getTransceivers().find(({mid}) => mid === forwarded.mid);
            const track = this.#addTrack(forwarded);
            Object.assign(track ?? {}, {media: section.receiver.track, unavailable: null});
        }
        this.#offer = null;
        if (this.#offerAgain) {
            await this.#makeOffer();
        }
    }

    #onConnectionState() {
        clearTimeout(this.#timers.restart);
        const state = this.pc.connectionState;
        if (state === "connected") {
            this.#attempts = 0;
            this.#setState("connected");
        } else if (state === "disconnected" || state === "failed") {
            this.#setState("reconnecting");
            const delayMillis = state === "failed" ? 0 : 2_000; // it may come back by itself
            this.#timers.restart = setTimeout(() => this.restartIce(), delayMillis);
        }
    }

    #setState(state) {
        // What never was connected does not reconnect.
        this.state = this.state === "connecting" && state === "reconnecting" ? "connecting" : state;
        this.#changed();
    }

    #changed() {
        if (this.state !== "ended") {
            this.dispatchEvent(new Event("change"));
        }
    }

    #end(why) {
        if (this.state !== "ended") {
            this.state = "ended";
            this.#listening.abort();
            Object.values(this.#timers).forEach(clearTimeout);
            this.socket?.close();
            this.pc?.close();
            this.dispatchEvent(new CustomEvent("end", {detail: why}));
        }
    }
}
