// The admin page: rooms on the left, who is in one of them, and live graphs of what one participant receives.

import {Api, Refused} from "./api.js";
import {Plot, shownBitrate, shownMillis, shownShare} from "./plot.js";

const LOOK_MILLIS = 2000;
const SAMPLE_MILLIS = 1000;

const SOURCES = {camera: "Camera", microphone: "Microphone", screen_share: "Screen", screen_share_audio: "Screen's sound"};

const api = new Api();
const at = (id) => document.getElementById(id);
const main = document.querySelector("main");

let room = null;
let viewer = null;
let plots = [];

// ---- what all share

function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text ?? "";
    if (className) {
        made.className = className;
    }
    return made;
}

function button(text, label, className, action) {
    const made = element("button", text, className);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => attempt(action).then(look));
    return made;
}

function alarm(text) {
    at("alert").textContent = text;
    at("alert").hidden = !text;
}

/** Does something, and says what went wrong. */
async function attempt(action) {
    try {
        const result = await action();
        alarm("");
        return result;
    } catch (failure) {
        if (failure instanceof Refused && failure.status === 401) {
            signOut("This token is not valid, or not any more.");
        } else if (failure instanceof Refused) {
            alarm(failure.message);
        } else {
            alarm("The server does not answer. Trying again.");
        }
        return undefined;
    }
}

function count(number, one, many) {
    return `${number} ${number === 1 ? one : many}`;
}

function since(time) {
    const minutes = Math.floor((Date.now() - Date.parse(time)) / 60000);
    if (minutes < 1) {
        return "less than a minute";
    }
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Brings a list to what it should hold; what stays is not touched, so that focus and clicks stay, too. */
function bring(list, wanted) {
    const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
    const next = wanted.map(({key, state, make}) => {
        const before = known.get(key);
        if (before?.dataset.state === state) {
            return before;
        }
        const made = make();
        made.dataset.key = key;
        made.dataset.state = state;
        return made;
    });
    if (next.length !== list.children.length || next.some((child, i) => list.children[i] !== child)) {
        list.replaceChildren(...next);
    }
}

// ---- rooms

function showRooms(rooms) {
    const people = rooms.reduce((sum, one) => sum + one.participantCount, 0);
    at("totals").textContent = `${count(rooms.length, "room", "rooms")}, ${count(people, "participant", "participants")}`;
    at("no-rooms").hidden = rooms.length > 0;
    const sorted = rooms.toSorted((a, b) => b.participantCount - a.participantCount || a.name.localeCompare(b.name));
    bring(
        at("rooms"),
        sorted.map((one) => ({
            key: one.name,
            state: `${one.participantCount} ${one.trackCount} ${one.name === room}`,
            make: () => {
                const item = document.createElement("li");
                const choose = element("button", "", "room");
                choose.type = "button";
                choose.setAttribute("aria-pressed", String(one.name === room));
                choose.append(element("span", one.name, "name"), element("span", String(one.participantCount), "badge"));
                choose.addEventListener("click", () => chooseRoom(one.name));
                item.append(choose);
                return item;
            },
        })),
    );
    const shown = rooms.find((one) => one.name === room);
    at("room").hidden = !shown;
    if (shown) {
        at("room-name").textContent = shown.name;
        const facts = [
            count(shown.participantCount, "participant", "participants"),
            count(shown.trackCount, "track", "tracks"),
            `for ${since(shown.createdAt)}`,
        ];
        at("room-facts").textContent = facts.join(" · ");
    } else if (room) {
        chooseRoom(null);
    }
    if (!room && sorted.length) {
        chooseRoom(sorted[0].name);
    }
}

function chooseRoom(name) {
    room = name;
    chooseViewer(null);
    at("participants").replaceChildren();
    look();
}

// ---- participants

function showParticipants(participants) {
    bring(
        at("participants"),
        participants.map((one) => ({
            key: one.participantId,
            state: JSON.stringify([one, one.identity === viewer, since(one.joinedAt)]),
            make: () => participant(one),
        })),
    );
    if (viewer && !participants.some((one) => one.identity === viewer)) {
        chooseViewer(null);
    }
    if (!viewer && participants.length) {
        chooseViewer(participants[0].identity, participants[0].name || participants[0].identity);
    }
}

function participant(one) {
    const item = document.createElement("li");
    const name = one.name || one.identity;
    item.className = one.identity === viewer ? "participant chosen" : "participant";
    const head = element("div", "", "head");
    const who = element("button", "", "who");
    who.type = "button";
    who.setAttribute("aria-pressed", String(one.identity === viewer));
    who.title = "Show what this participant receives";
    who.append(element("span", name, "name"));
    if (one.name && one.name !== one.identity) {
        who.append(element("span", one.identity, "faint"));
    }
    who.addEventListener("click", () => chooseViewer(one.identity, name));
    const state = element("span", one.connected ? since(one.joinedAt) : "connecting", one.connected ? "faint" : "wait");
    head.append(
        who,
        state,
        button("Remove", `Remove ${name}`, "danger", async () => {
            if (confirm(`Remove ${name} from ${room}?`)) {
                await api.remove(room, one.identity);
            }
        }),
    );
    item.append(head);
    for (const track of one.tracks) {
        const line = element("div", "", "track");
        const verb = track.muted ? "Unmute" : "Mute";
        const source = SOURCES[track.source] ?? track.source;
        line.append(
            element("span", source, "source"),
            element("span", track.codec, "faint"),
            element("span", track.muted ? "muted" : "on", track.muted ? "state off" : "state on"),
            button(verb, `${verb} ${name}: ${source}`, "", () => api.mute(room, track.trackId, !track.muted)),
        );
        item.append(line);
    }
    if (!one.tracks.length) {
        item.append(element("p", "Publishes nothing.", "faint"));
    }
    return item;
}

// ---- graphs

function chooseViewer(identity, name) {
    if (identity === viewer) {
        return;
    }
    viewer = identity;
    at("graphs").hidden = !identity;
    at("viewer").textContent = identity ? `To ${name}` : "";
    plots = [
        new Plot(
            "Bitrate",
            [
                {name: "sent, sound and repairs too", of: (sample) => sample.sent},
                {name: "estimate of the path", of: (sample) => sample.estimate},
                {name: "planned for pictures", of: (sample) => sample.granted},
            ],
            shownBitrate,
            100_000,
        ),
        new Plot("Loss", [{name: "lost", of: (sample) => sample.loss}], shownShare, 0.02),
        new Plot("Waiting on the path", [{name: "queue", of: (sample) => sample.queueMillis}], shownMillis, 50),
    ];
    at("plots").replaceChildren(...plots.map((plot) => plot.element));
    if (identity) {
        attempt(() => api.trace(room, identity, true));
    }
    look();
}

async function sample() {
    const [ofRoom, ofViewer] = [room, viewer];
    if (ofViewer && !document.hidden) {
        const samples = await attempt(() => api.samples(ofRoom, ofViewer));
        if (samples && viewer === ofViewer && room === ofRoom) {
            plots.forEach((plot) => plot.draw(samples));
        }
    }
    setTimeout(sample, SAMPLE_MILLIS);
}

// ---- signing in and looking

let looking = null;
let lookAgain = false;

/** One look at a time; who asks during one gets another after it. */
async function look() {
    if (looking) {
        lookAgain = true;
        return;
    }
    clearTimeout(look.timer);
    looking = attempt(async () => {
        if (main.hidden || document.hidden) {
            return;
        }
        showRooms(await api.rooms());
        const asked = room;
        if (asked) {
            const participants = await api.participants(asked);
            if (room === asked) {
                showParticipants(participants);
            }
        }
    });
    await looking;
    looking = null;
    if (lookAgain) {
        lookAgain = false;
        look();
    } else {
        look.timer = setTimeout(look, LOOK_MILLIS);
    }
}

function signOut(why) {
    api.signOut();
    main.hidden = true;
    at("sign-out").hidden = true;
    at("sign-in").hidden = false;
    at("totals").textContent = "";
    room = null;
    chooseViewer(null);
    alarm(why);
}

function enter() {
    at("sign-in").hidden = true;
    at("sign-out").hidden = false;
    main.hidden = false;
    look();
}

at("sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    api.use(new FormData(event.target).get("token").trim());
    event.target.reset();
    enter();
});
at("sign-out").addEventListener("click", () => signOut(""));
at("end-room").addEventListener("click", () => {
    if (confirm(`End ${room} for all who are in it?`)) {
        attempt(() => api.endRoom(room)).then(look);
    }
});
document.addEventListener("visibilitychange", look);

if (await attempt(() => api.signIn())) {
    enter();
} else {
    at("sign-in").hidden = false;
}
sample();
