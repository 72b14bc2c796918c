// Who is in the room, and with what: a picture of it, kept up to date by the server's messages.

export class People {
    self; // one like those in others
    others = new Map(); // id -> {id, identity, name, quality, speaks, leads, tracks: Map of track ids}

    /** Begins with what the message "joined" says. */
    constructor(joined) {
        this.self = this.#newPerson(joined);
        joined.participants.forEach((one) => this.add(one));
        joined.tracks.forEach((one) => this.addTrack(one));
    }

    #newPerson({participant: id, identity, name}) {
        return {id, identity, name: name || identity, quality: "excellent", tracks: new Map()};
    }

    #person(id) {
        return id === this.self.id ? this.self : this.others.get(id);
    }

    /** Twice is once: after a WebSocket was replaced, a message may come again. */
    add(message) {
        if (!this.#person(message.participant)) {
            this.others.set(message.participant, this.#newPerson(message));
        }
    }

    remove({participant}) {
        this.others.delete(participant);
    }

    rename({participant, name}) {
        Object.assign(this.#person(participant) ?? {}, {name});
    }

    rate({participant, quality}) {
        Object.assign(this.#person(participant) ?? {}, {quality});
    }

    hear({speakers}) {
        for (const person of [this.self, ...this.others.values()]) {
            person.speaks = speakers.some(({participant}) => participant === person.id);
        }
    }

    lead({participant}) {
        for (const person of [this.self, ...this.others.values()]) {
            person.leads = person.id === participant;
        }
    }

    /** Returns what is known of a track; media is there once it is forwarded to us. */
    addTrack({participant, track: id, kind, source, muted}) {
        const tracks = this.#person(participant)?.tracks;
        if (tracks && !tracks.has(id)) {
            tracks.set(id, {id, kind, source, muted, media: null, unavailable: null});
        }
        return tracks?.get(id);
    }

    track({participant, track: id}) {
        return this.#person(participant)?.tracks.get(id);
    }

    removeTrack({participant, track}) {
        this.#person(participant)?.tracks.delete(track);
    }

    /** A track that we cannot get, and why. */
    miss({track: id, reason}) {
        for (const {tracks} of this.others.values()) {
            Object.assign(tracks.get(id) ?? {}, {unavailable: reason});
        }
    }

    /** The network carries too little for a track, or enough again. */
    pause(id, paused) {
        for (const {tracks} of this.others.values()) {
            Object.assign(tracks.get(id) ?? {}, {paused});
        }
    }

    /** All that is forwarded from now on; mediaOf gives the MediaStreamTrack of a section. */
    forward(forwarded, mediaOf) {
        for (const {tracks} of this.others.values()) {
            tracks.forEach((track) => (track.media = null));
        }
        for (const one of forwarded) {
            Object.assign(this.addTrack(one) ?? {}, {media: mediaOf(one.mid), unavailable: null});
        }
        for (const {tracks} of this.others.values()) {
            tracks.forEach((track) => {
                track.wished = track.media && track.wished;
                track.paused = Boolean(track.media && track.paused);
            });
        }
    }

    /** What was wished may not have arrived: it is to be said again. */
    forgetWishes() {
        for (const {tracks} of this.others.values()) {
            tracks.forEach((track) => (track.wished = null));
        }
    }
}
