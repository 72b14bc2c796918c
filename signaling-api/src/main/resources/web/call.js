// One call: the plain protocol (docs/plain-protocol.md) around one RTCPeerConnection.
// Knows nothing of the page; copy this file to begin a client of your own.

const WORDS = {
    invalid_token: "The access token is not valid for this room, or has expired.",
    room_full: "The room is full.",
    server_full: "The server is full. Try again later.",
    4100: "You joined this room again from another window.",
    4101: "The call goes on in another window.",
    4106: "You were removed from the room.",
    deleted: "The room was closed.",
    unreachable: "The server cannot be reached, or takes nobody more for the moment.",
    audio: "The room muted your microphone.",
    video: "The room turned off your camera.",
    allowed: "The room lets you speak and show yourself again.",
};

/**
 * Joins a room at once and stays in it, whatever the network does, until leave() or "end".
 * Events: "change" (of anything below), "notice" and "end" (detail: words for people, or null).
 */
export class Call extends EventTarget {
    state = "connecting"; // then "connected", "reconnecting", "ended"
    self = null; // one like those in participants
    participants = new Map(); // the others: id -> {id, identity, name, quality, speaks, tracks}
    pc = null;
    socket = null;

    #options;
    #session = null;
    #lastSeq = 0;
    #inbox = Promise.resolve();
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

    /** Whether a microphone ("audio") or a camera ("video") is on. */
    isOn(kind) {
        return this.#options.stream.getTracks().some((one) => one.kind === kind && one.enabled);
    }

    /** What is off is not forwarded, and the others know. */
    turn(kind, on) {
        const tracks = this.#options.stream.getTracks().filter((one) => one.kind === kind);
        tracks.forEach((one) => (one.enabled = on));
        this.#tellMuted(kind);
        this.#changed();
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
            this.#end(WORDS[code] ?? this.#problem ?? WORDS.unreachable);
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
        "participant-updated": ({participant, name}) =>
            Object.assign(this.#person(participant) ?? {}, {name}),
        "track-published": (message) => this.#addTrack(message),
        "track-unpublished": ({participant, track}) =>
            this.#person(participant)?.tracks.delete(track),
        "track-muted": (message) => this.#muted(message),
        "track-unmuted": (message) => this.#muted(message),
        "unavailable": ({track, reason}) => {
            for (const {tracks} of this.participants.values()) {
                Object.assign(tracks.get(track) ?? {}, {unavailable: reason});
            }
        },
        "connection-quality": ({participant, quality}) =>
            Object.assign(this.#person(participant) ?? {}, {quality}),
        "active-speakers": ({speakers}) => {
            for (const person of [this.self, ...this.participants.values()]) {
                person.speaks = speakers.some(({participant}) => participant === person.id);
            }
        },
        // A server that stops may come back; it is joined again.
        "room-closing": ({reason}) => reason === "deleted" && this.#end(WORDS.deleted),
        "error": (message) => this.#failed(message),
    };

    #failed({code, message, about}) {
        if (about === "mute") {
            this.#notice(message);
            this.#own().filter(({mutedBy}) => mutedBy).forEach(({kind}) => this.turn(kind, false));
            return;
        }
        this.#problem = WORDS[code] ?? message;
        if (["invalid_offer", "not_permitted", "internal"].includes(code)) {
            this.#end(this.#problem);
        } else if (about === "offer" && code !== "offer_in_progress") {
            setTimeout(() => this.#offer && this.#sendOffer(), 1_000);
        }
    }

    // ---- Who is there, and with what.

    #person(id) {
        return id === this.self.id ? this.self : this.participants.get(id);
    }

    #own() {
        return [...this.self.tracks.values()];
    }

    #newPerson({participant: id, identity, name}) {
        return {id, identity, name: name || identity, quality: "excellent", tracks: new Map()};
    }

    #addParticipant(message) {
        if (!this.#person(message.participant)) {
            this.participants.set(message.participant, this.#newPerson(message));
        }
    }

    /** Returns what is known of a track; media is there once it is forwarded to us. */
    #addTrack({participant, track: id, kind, source, muted}) {
        const tracks = this.#person(participant)?.tracks;
        if (tracks && !tracks.has(id)) {
            tracks.set(id, {id, kind, source, muted, media: null, unavailable: null});
        }
        return tracks?.get(id);
    }

    #muted({participant, track: id, kind, muted, mutedBy}) {
        const track = this.#person(participant)?.tracks.get(id);
        const wasMutedBy = track?.mutedBy;
        Object.assign(track ?? {}, {muted, mutedBy});
        if (track && participant === this.self.id) {
            if (mutedBy && this.isOn(kind)) {
                this.turn(kind, false);
                this.#notice(WORDS[kind]);
            } else if (wasMutedBy && !muted && !this.isOn(kind)) {
                // People turn on their devices themselves.
                this.#tellMuted(kind);
                this.#notice(WORDS.allowed);
            }
        }
    }

    #tellMuted(kind) {
        const section = this.pc?.getTransceivers().find(({sender}) => sender.track?.kind === kind);
        if (section?.mid) {
            this.#send({type: "mute", mid: section.mid, muted: !this.isOn(kind)});
        }
    }

    // ---- The RTCPeerConnection: we offer, the server answers.

    async #joined(message) {
        this.self = this.#newPerson(message);
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
        for (const kind of ["audio", "video"]) {
            // A section that sends can receive too; without an own track there must be one to receive.
            const track = stream.getTracks().find((one) => one.kind === kind);
            const direction = track ? "sendrecv" : "recvonly";
            pc.addTransceiver(track ?? kind, {direction, streams: [stream]});
        }
        await this.#makeOffer();
    }

    /** A new WebSocket for the old session: what was missed comes again by itself. */
    async #resumed() {
        const offer = this.#offer;
        if (offer) {
            // It got lost, unless its answer is among what comes now.
            setTimeout(() => offer === this.#offer && this.#sendOffer(), 1_000);
        }
        this.#own().forEach(({kind}) => this.#tellMuted(kind));
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

    async #answered({sdp, tracks, published}) {
        if (!this.#offer) {
            return; // a second answer to an offer that was sent again
        }
        await this.pc.setRemoteDescription({type: "answer", sdp});
        for (const participant of this.participants.values()) {
            participant.tracks.forEach((track) => (track.media = null));
        }
        const section = (wanted) => this.pc.getTransceivers().find(({mid}) => mid === wanted);
        // The answer says who is where: ontrack and stream ids are not needed.
        for (const forwarded of tracks) {
            const media = section(forwarded.mid).receiver.track;
            Object.assign(this.#addTrack(forwarded) ?? {}, {media, unavailable: null});
        }
        for (const {mid, track} of published) {
            const {kind} = section(mid).sender.track;
            const own = this.#addTrack({participant: this.self.id, track, kind, muted: false});
            if (own.muted === this.isOn(kind)) {
                this.#tellMuted(kind);
            }
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

    #notice(words) {
        this.dispatchEvent(new CustomEvent("notice", {detail: words}));
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
