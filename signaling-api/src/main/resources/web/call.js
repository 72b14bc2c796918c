// One call: what the messages of the plain protocol (docs/plain-protocol.md) mean.
// Knows nothing of the page. A client of your own can begin with this file and what it imports.

import {Channels} from "./channels.js";
import {Files, LABEL as FILES} from "./files.js";
import {Media} from "./media.js";
import {People} from "./people.js";
import {Signaling} from "./signaling.js";
import {WORDS} from "./words.js";

/** A path that was lost may come back by itself. */
const PATIENCE_MILLIS = 2_000;

/** The server takes no more in a second. */
const WISHES_AT_ONCE = 40;

/** The label of the data channel on which people write to each other: the text as it is, to everybody. */
const CHAT = "chat";

/** Errors that another try does not mend. */
const FINAL = ["invalid_offer", "not_permitted", "internal"];

/**
 * Joins a room at once and stays in it, whatever the network does, until leave() or "end".
 * Events: "change" (of anything below), "notice" and "end" (detail: words for people, or null), "message"
 * (detail: {name, text, isOwn}); files has events of its own.
 */
export class Call extends EventTarget {
    state = "connecting"; // then "connected", "reconnecting", "ended"
    files = new Files({channels: () => this.#channels, people: () => this.participants});

    #stream;
    #redundant;
    #signaling;
    #people = null;
    #media = null;
    #channels = null;
    #screen = null;
    #problem = null;
    #restart = null;
    #wishing = null;
    #listening = new AbortController();

    /**
     * options: room; name; stream of own tracks, or an empty one; token: a function that gets it; redundant: whether
     * sound is sent twice, for which the server has to see the lengths: not for who encrypts frames.
     */
    constructor({room, name, stream, token, redundant = true}) {
        super();
        this.#stream = stream;
        this.#redundant = redundant;
        this.#signaling = new Signaling({
            room,
            name,
            token,
            onMessage: (message) => this.#receive(message),
            onLost: () => this.#setState("reconnecting"),
            onEnd: (code, error) =>
                this.#end(WORDS[code] ?? this.#problem ?? error?.message ?? WORDS.unreachable),
        });
        addEventListener("online", () => this.#online(), {signal: this.#listening.signal});
    }

    get self() { return this.#people?.self ?? null; }
    get participants() { return this.#people?.others ?? new Map(); }
    get pc() { return this.#media?.pc ?? null; }
    get socket() { return this.#signaling.socket; }

    leave() {
        this.#signaling.send({type: "leave"});
        this.#end(null);
    }

    /** Whether a microphone ("audio") or a camera ("video") is on. */
    isOn(kind) {
        return this.#stream.getTracks().some((one) => one.kind === kind && one.enabled);
    }

    /** What is off is not forwarded, and the others know. */
    turn(kind, on) {
        const tracks = this.#stream.getTracks().filter((one) => one.kind === kind);
        tracks.forEach((one) => (one.enabled = on));
        this.#tellMuted(kind);
        this.#changed();
    }

    get sharesScreen() { return this.#screen !== null; }

    /** Shows a track of a screen to the others, until it ends, or null: nothing any more. */
    async share(track) {
        this.#screen?.stop();
        this.#screen = track;
        if (track) {
            track.contentHint = "text";
            track.onended = () => track === this.#screen && this.share(null);
        }
        this.#changed();
        await this.#media?.share(track);
    }

    /** Says what is of use of the others' pictures: heights in pixels by track id, 0 for what nobody sees. */
    wish(heights) {
        const due = [];
        for (const {tracks} of this.participants.values()) {
            for (const track of tracks.values()) {
                const height = heights.get(track.id);
                const wish = height ? {maxHeight: height} : {paused: true};
                const text = JSON.stringify(wish);
                // Before a track is forwarded the server knows of no wish.
                if (height !== undefined && track.media && track.wished !== text) {
                    due.push({track, text, message: {type: "wish", track: track.id, ...wish}});
                }
            }
        }
        for (const {track, text, message} of due.slice(0, WISHES_AT_ONCE)) {
            track.wished = text;
            this.#signaling.send(message);
        }
        clearTimeout(this.#wishing);
        if (due.length > WISHES_AT_ONCE) {
            this.#wishing = setTimeout(() => this.wish(heights), 1_000);
        }
    }

    get canWrite() { return this.#channels?.isOpen(CHAT) ?? false; }

    /** Writes to everybody; says whether that was possible. */
    write(text) {
        const isSent = this.#channels?.send(CHAT, text) ?? false;
        if (isSent) {
            this.#told({name: this.self.name, text, isOwn: true});
        }
        return isSent;
    }

    async restartIce() {
        await this.#media?.restartIce();
    }

    // ---- What the server says.

    async #receive(message) {
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
        "renegotiate": ({audio, video}) => this.#media.offerMore({audio, video}),
        "participant-joined": (message) => this.#people.add(message),
        "participant-left": (message) => this.#left(message),
        "participant-updated": (message) => this.#people.rename(message),
        "track-published": (message) => this.#people.addTrack(message),
        "track-unpublished": (message) => this.#people.removeTrack(message),
        "track-muted": (message) => this.#muted(message),
        "track-unmuted": (message) => this.#muted(message),
        "unavailable": (message) => this.#people.miss(message),
        "connection-quality": (message) => this.#people.rate(message),
        "active-speakers": (message) => this.#people.hear(message),
        "dominant-speaker": (message) => this.#people.lead(message),
        "stream-paused": ({track}) => this.#people.pause(track, true),
        "stream-resumed": ({track}) => this.#people.pause(track, false),
        "data-closed": (message) => this.#cutOff(message),
        "encodings": (message) => this.#activate(message),
        // A server that stops may come back; it is joined again.
        "room-closing": ({reason}) => reason === "deleted" && this.#end(WORDS.deleted),
        "error": (message) => this.#failed(message),
    };

    async #joined(message) {
        this.#problem = null;
        this.#people = new People(message);
        this.#media?.close();
        this.#media = new Media({
            iceServers: message.iceServers,
            stream: this.#stream,
            redundant: this.#redundant,
            send: (sent) => this.#signaling.send(sent),
            onState: (state) => this.#onConnectionState(state),
        });
        this.#connectChannels();
        if (this.#screen) {
            await this.#media.share(this.#screen);
        } else {
            await this.#media.offer();
        }
    }

    /** Those of before are gone, with what was under way on them. */
    #connectChannels() {
        this.#channels?.close();
        this.files.stop("lost");
        this.#channels = new Channels(this.pc, {
            labels: [CHAT, FILES],
            onMessage: (label, content, envelope) => this.#hear(label, content, envelope),
            onOpen: () => this.#changed(),
            onRoom: () => this.files.pump(),
            onLost: (label) => {
                this.#changed();
                if (label === FILES) {
                    this.files.stop("lost");
                }
            },
        });
    }

    #hear(label, content, envelope) {
        if (label === FILES) {
            this.files.receive(content, envelope);
        } else if (typeof content === "string") {
            // What the application says itself is from nobody.
            const name = this.participants.get(envelope.participant)?.name ?? envelope.from ?? WORDS.room;
            this.#told({name, text: content, isOwn: false});
        }
    }

    #told(message) {
        this.dispatchEvent(new CustomEvent("message", {detail: message}));
    }

    /** Somebody took what is sent too slowly, perhaps we ourselves. */
    #cutOff({participant, label}) {
        if (label === CHAT && participant === this.self.id) {
            this.#notice(WORDS.missedMessages);
        } else if (label === FILES && participant === this.self.id) {
            this.files.stop("slow");
        } else if (label === FILES) {
            this.files.part(participant, "slow");
        }
    }

    #left(message) {
        this.#people.remove(message);
        this.files.part(message.participant, "left");
    }

    /** A new WebSocket for the old session: what was missed comes again by itself. */
    async #resumed() {
        // An offer got lost, unless its answer is among what comes now.
        this.#media.repeatOffer();
        this.self.tracks.forEach(({kind}) => this.#tellMuted(kind));
        this.#people.forgetWishes();
        if (this.pc.connectionState === "connected") {
            this.#onConnectionState("connected");
        } else {
            await this.restartIce();
        }
    }

    async #answered({sdp, tracks, published}) {
        if (!(await this.#media.answer(sdp))) {
            return;
        }
        // The answer says who is where: ontrack and stream ids are not needed.
        this.#people.forward(tracks, (mid) => this.#media.section(mid).received);
        for (const {mid, track} of published) {
            const {sent, isScreen} = this.#media.section(mid);
            const kind = sent?.kind;
            const source = isScreen ? "screen_share" : null;
            const participant = this.self.id;
            const own = this.#people.addTrack({participant, track, kind, source, muted: false});
            own.mid = mid;
            if (!isScreen && own.muted === this.isOn(kind)) {
                this.#tellMuted(kind);
            }
        }
    }

    #muted(message) {
        const {participant, kind, muted, mutedBy} = message;
        const track = this.#people.track(message);
        const wasMutedBy = track?.mutedBy;
        Object.assign(track ?? {}, {muted, mutedBy});
        if (!track || participant !== this.self.id) {
            return;
        }
        if (track.source === "screen_share") {
            if (mutedBy) {
                this.share(null);
                this.#notice(WORDS.mutedScreen);
            }
        } else if (mutedBy && this.isOn(kind)) {
            this.turn(kind, false);
            this.#notice(kind === "audio" ? WORDS.mutedAudio : WORDS.mutedVideo);
        } else if (wasMutedBy && !muted && !this.isOn(kind)) {
            // People turn on their devices themselves.
            this.#tellMuted(kind);
            this.#notice(WORDS.allowed);
        }
    }

    /** Encodings that nobody watches need not be sent; whoever sends them all the same loses nothing. */
    async #activate({track, active}) {
        const mid = this.self.tracks.get(track)?.mid;
        try {
            await (mid && this.#media.activate(mid, active));
        } catch (error) {
            console.warn("Could not change what is sent", error);
        }
    }

    #tellMuted(kind) {
        const mid = this.#media?.midOf(kind);
        if (mid) {
            this.#signaling.send({type: "mute", mid, muted: !this.isOn(kind)});
        }
    }

    #failed({code, message, about}) {
        if (about === "mute") {
            this.#notice(message);
            const muted = [...this.self.tracks.values()].filter(({mutedBy}) => mutedBy);
            muted.forEach(({kind}) => this.turn(kind, false));
            return;
        }
        if (about === "data") {
            this.#notice(message);
            return;
        }
        if (about === "wish") {
            return; // the track has just gone, or is not there yet
        }
        this.#problem = WORDS[code] ?? message;
        if (FINAL.includes(code)) {
            this.#end(this.#problem);
        } else if (about === "offer" && code !== "offer_in_progress") {
            this.#media.repeatOffer();
        }
    }

    // ---- What the network does.

    #online() {
        if (!this.#signaling.retryNow()) {
            this.restartIce();
        }
    }

    #onConnectionState(state) {
        clearTimeout(this.#restart);
        if (state === "connected") {
            this.#signaling.settle();
            this.#setState("connected");
        } else if (state === "disconnected" || state === "failed") {
            this.#setState("reconnecting");
            const delayMillis = state === "failed" ? 0 : PATIENCE_MILLIS;
            this.#restart = setTimeout(() => this.restartIce(), delayMillis);
        }
    }

    #setState(state) {
        // What never was connected does not reconnect.
        this.state = this.state === "connecting" && state === "reconnecting" ? "connecting" : state;
        this.#changed();
    }

    // ---- What others hear of it.

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
            clearTimeout(this.#restart);
            clearTimeout(this.#wishing);
            this.#screen?.stop();
            this.#signaling.close();
            this.#channels?.close();
            this.#media?.close();
            this.files.stop("lost");
            this.dispatchEvent(new CustomEvent("end", {detail: why}));
        }
    }
}
