// The REST API as an administrator uses it: one token that may list rooms and give others, and one for each room.

const API = "/api/v1";
const KEY = "sluice.admin";

/** Of a room's token; it is asked for anew before. */
const ROOM_TOKEN_SECONDS = 600;

/** What the server refuses, in its own words. */
export class Refused extends Error {
    constructor(status, problem) {
        super(problem.detail ?? `The server answered ${status}.`);
        this.status = status;
    }
}

export class Api {
    #token = sessionStorage.getItem(KEY);
    #roomTokens = new Map();

    /** Whether there is a token, or the server gives one to everybody on its own machine. */
    async signIn() {
        if (this.#token) {
            return true;
        }
        try {
            const answer = await this.#ask("POST", "/tokens", null, {
                roomJoin: false,
                roomCreate: true,
                roomList: true,
            });
            this.#token = answer.token;
            return true;
        } catch (refused) {
            if (refused instanceof Refused) {
                return false;
            }
            throw refused;
        }
    }

    use(token) {
        this.#token = token;
        this.#roomTokens.clear();
        sessionStorage.setItem(KEY, token);
    }

    signOut() {
        this.#token = null;
        this.#roomTokens.clear();
        sessionStorage.removeItem(KEY);
    }

    async rooms() {
        return (await this.#ask("GET", "/rooms", this.#token)).rooms;
    }

    async participants(room) {
        return (await this.#inRoom("GET", room, "/participants")).participants;
    }

    endRoom(room) {
        return this.#inRoom("DELETE", room, "");
    }

    remove(room, identity) {
        return this.#inRoom("DELETE", room, `/participants/${encodeURIComponent(identity)}`);
    }

    mute(room, trackId, muted) {
        return this.#inRoom("POST", room, `/tracks/${encodeURIComponent(trackId)}/mute`, {muted});
    }

    /** Has the server write down what it finds of a participant's path, or lets it forget that. */
    trace(room, identity, traced) {
        return this.#inRoom("POST", room, `/participants/${encodeURIComponent(identity)}/trace`, {traced});
    }

    /** What was written down: for each moment an object by the names of the columns. */
    async samples(room, identity) {
        const table = await this.#inRoom("GET", room, `/participants/${encodeURIComponent(identity)}/trace`);
        return table.samples.map((line) => Object.fromEntries(table.columns.map((name, i) => [name, line[i]])));
    }

    async #inRoom(method, room, path, body) {
        const known = this.#roomTokens.get(room);
        let token = known?.token;
        if (!known || known.until < Date.now()) {
            const fields = {room, roomJoin: false, roomAdmin: true, roomCreate: true, ttlSeconds: 2 * ROOM_TOKEN_SECONDS};
            token = (await this.#ask("POST", "/tokens", this.#token, fields)).token;
            this.#roomTokens.set(room, {token, until: Date.now() + ROOM_TOKEN_SECONDS * 1000});
        }
        return this.#ask(method, `/rooms/${encodeURIComponent(room)}${path}`, token, body);
    }

    async #ask(method, path, token, body) {
        const headers = {};
        if (token) {
            headers.authorization = `Bearer ${token}`;
        }
        if (body) {
            headers["content-type"] = "application/json";
        }
        const response = await fetch(API + path, {method, headers, body: body && JSON.stringify(body)});
        if (response.status === 204) {
            return null;
        }
        const answer = await response.json().catch(() => ({}));
        if (!response.ok) {
            throw new Refused(response.status, answer);
        }
        return answer;
    }
}
