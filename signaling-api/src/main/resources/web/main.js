// The page: the form, the buttons, and what they do to a call.

import {Call} from "./call.js";
import {Tiles} from "./tiles.js";

const WORDS = {
    connecting: "Connecting…",
    connected: "Connected",
    reconnecting: "Reconnecting…",
    unreachable: "The server cannot be reached.",
    tokenNeeded: "This server wants an access token: add ?access_token=… to the address.",
    insecure: "Browsers give camera and microphone only to https:// and localhost.",
    NotAllowedError: "To change that, see this page's permissions in the address bar.",
    NotFoundError: "No such device was found.",
    NotReadableError: "Perhaps another program is using it.",
};

const DEVICES = {microphone: "audio", camera: "video"};

const element = (id) => document.getElementById(id);
const form = element("join");
const fields = form.elements;
const tiles = new Tiles(element("tiles"));
const address = new URL(location);
let stream = null;
let call = null;

// A reloaded page takes its old self's place. The identity is stored only while the page is away,
// so that a duplicated tab is somebody else.
let identity = sessionStorage.getItem("sluice.identity");
sessionStorage.removeItem("sluice.identity");

/** For tests and debugging only; the manual of these fields is call.js. */
window.sluice = {
    get pc() { return call?.pc ?? null; },
    get socket() { return call?.socket ?? null; },
    get self() { return call?.self ?? null; },
    get state() { return call?.state ?? "idle"; },
    /** [{id, identity, name, quality, speaks, tracks: [{id, kind, source, muted, media, unavailable}]}] */
    get participants() {
        const all = [...(call?.participants.values() ?? [])];
        return all.map((one) => ({...one, tracks: [...one.tracks.values()]}));
    },
    restartIce: () => call.restartIce(),
};

fields.name.value = localStorage.getItem("sluice.name") ?? "";
fields.room.value = address.searchParams.get("room") ?? decodeURIComponent(address.hash.slice(1));
[fields.name, fields.room, fields.enter].find(({value}) => !value).focus();

form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (fields.enter.disabled) {
        return;
    }
    fields.enter.disabled = true;
    const name = fields.name.value.trim();
    const room = fields.room.value.trim();
    localStorage.setItem("sluice.name", name);
    address.searchParams.set("room", room);
    address.hash = "";
    history.replaceState(null, "", address);
    stream = await openDevices();
    call = new Call({room, name, stream, token: () => fetchToken(room, name)});
    call.addEventListener("change", show);
    call.addEventListener("notice", ({detail}) => alertPeople(detail));
    call.addEventListener("end", ({detail}) => end(detail));
    element("room-name").textContent = room;
    document.title = `${room} · Sluice`;
    document.body.classList.add("in-call");
    show();
});

function show() {
    const others = [...call.participants.values()].map((person) => {
        const tracks = [...person.tracks.values()];
        const media = tracks.filter(({muted}) => !muted).map((track) => track.media);
        return {...person, media, note: tracks.find(({unavailable}) => unavailable)?.unavailable};
    });
    const media = stream.getTracks().filter(({enabled}) => enabled);
    const name = fields.name.value.trim();
    tiles.show([{...call.self, id: "own", own: true, name, media}, ...others]);
    for (const [id, kind] of Object.entries(DEVICES)) {
        const button = element(id);
        button.disabled = !stream.getTracks().some((track) => track.kind === kind);
        button.setAttribute("aria-pressed", call.isOn(kind));
        button.title = `${button.ariaLabel} is ${call.isOn(kind) ? "on" : "off"}`;
    }
    element("state").textContent = WORDS[call.state];
    element("state").dataset.state = call.state;
    element("count").textContent = others.length ? `${others.length + 1} people` : "Only you";
}

function end(why) {
    stream.getTracks().forEach((track) => track.stop());
    tiles.show([]);
    alertPeople(why);
    fields.enter.disabled = false;
    document.title = "Sluice";
    document.body.classList.remove("in-call");
    fields.enter.focus();
}

/** The token in the page's address, or else one of the server's dev mode. */
async function fetchToken(room, name) {
    if (address.searchParams.has("access_token")) {
        return address.searchParams.get("access_token");
    }
    const response = await fetch("/api/v1/dev/token", {
        method: "POST",
        headers: {"content-type": "application/json"},
        body: JSON.stringify({room, name, identity}),
    }).catch(() => {
        throw new Error(WORDS.unreachable);
    });
    if (response.status === 404) {
        throw new Error(WORDS.tokenNeeded);
    }
    const answer = await response.json();
    if (!response.ok) {
        throw new Error(answer.detail);
    }
    identity = answer.identity;
    return answer.token;
}

/** Camera and microphone, or one of them, or nothing: then one watches and listens. */
async function openDevices() {
    const video = {width: {ideal: 1280}, height: {ideal: 720}};
    const wishes = {"": {audio: true, video}, camera: {audio: true}, microphone: {video}};
    let problem = null;
    for (const [missing, wish] of Object.entries(wishes)) {
        try {
            const media = await navigator.mediaDevices.getUserMedia(wish);
            alertPeople(missing && `You join without ${missing}. ${problem}`);
            return media;
        } catch (error) {
            problem ??= navigator.mediaDevices ? WORDS[error.name] ?? error.message : WORDS.insecure;
        }
    }
    alertPeople(`You join without camera and microphone. ${problem}`);
    return new MediaStream();
}

function alertPeople(text) {
    element("alert-text").textContent = text;
    element("alert").hidden = !text;
}

for (const [id, kind] of Object.entries(DEVICES)) {
    element(id).addEventListener("click", () => call.turn(kind, !call.isOn(kind)));
}
element("leave").addEventListener("click", () => call.leave());
element("alert-close").addEventListener("click", () => alertPeople(""));
element("copy").addEventListener("click", async ({currentTarget: button}) => {
    // Without the token, which is one's own.
    const room = encodeURIComponent(address.searchParams.get("room"));
    await navigator.clipboard.writeText(`${address.origin}/?room=${room}`);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1_500);
});

// So that the others do not see a frozen picture, and a reload need not wait.
addEventListener("pagehide", () => {
    if (identity) {
        sessionStorage.setItem("sluice.identity", identity);
    }
    call?.leave();
});
addEventListener("pageshow", ({persisted}) => persisted && location.reload());
