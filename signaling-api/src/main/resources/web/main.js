// The page: the form, the buttons, and what they do to a call. It is read from here on:
//
//   main.js       this: what people see and press
//   tiles.js      the grid of pictures
//   chat.js       what people write, and the files they send; with filecard.js, drop.js and names.js
//   call.js       one call: what the server's messages mean
//   signaling.js  messages over a WebSocket that comes back when it is lost
//   media.js      the RTCPeerConnection: offers and answers
//   channels.js   data channels: messages to others in the room
//   files.js      files over such a channel; with outgoing.js, incoming.js and sha256.js
//   people.js     who is in the room, and with what
//   devices.js    camera, microphone and screen
//   token.js      access tokens
//   words.js      what is said to people

import {Call} from "./call.js";
import {Chat} from "./chat.js";
import {openDevices, openScreen} from "./devices.js";
import {onDrop} from "./drop.js";
import {Tiles} from "./tiles.js";
import {fetchToken, keepIdentity} from "./token.js";
import {STATES} from "./words.js";

const DEVICES = {microphone: "audio", camera: "video"};

const element = (id) => document.getElementById(id);
const form = element("join");
const fields = form.elements;
const tiles = new Tiles(element("tiles"), (heights) => call?.wish(heights));
const chat = new Chat({onNotice: alertPeople, onUnread: title});
const address = new URL(location);
let stream = null;
let call = null;

/** For tests and debugging only; the manual of these fields is call.js. */
window.sluice = {
    get pc() { return call?.pc ?? null; },
    get socket() { return call?.socket ?? null; },
    get self() { return call?.self ?? null; },
    get state() { return call?.state ?? "idle"; },
    get files() { return call?.files ?? null; },
    /** [{id, identity, name, quality, speaks, leads, tracks: [{id, kind, source, muted, paused, media, unavailable}]}] */
    get participants() {
        const all = [...(call?.participants.values() ?? [])];
        return all.map((one) => ({...one, tracks: [...one.tracks.values()]}));
    },
    restartIce: () => call.restartIce(),
};

// Here the conference page would be.
element("unbuilt").hidden = address.pathname !== "/";
fields.name.value = localStorage.getItem("sluice.name") ?? "";
fields.room.value = address.searchParams.get("room") ?? decoded(address.hash.slice(1));
[fields.name, fields.room, fields.enter].find(({value}) => !value).focus();

/** A fragment that somebody typed may have a percent sign that means itself. */
function decoded(fragment) {
    try {
        return decodeURIComponent(fragment);
    } catch {
        return fragment;
    }
}

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
    const devices = await openDevices();
    stream = devices.stream;
    alertPeople(devices.problem);
    const given = address.searchParams.get("access_token");
    call = new Call({room, name, stream, token: () => given ?? fetchToken(room, name)});
    call.addEventListener("change", show);
    call.addEventListener("notice", ({detail}) => alertPeople(detail));
    call.addEventListener("end", ({detail}) => end(detail));
    element("room-name").textContent = room;
    document.body.classList.add("in-call");
    title();
    chat.begin(call);
    show();
});

function show() {
    const others = [...call.participants.values()];
    const pictures = others.flatMap((person) => {
        const {screens = [], devices = []} = Object.groupBy(person.tracks.values(), ({source}) =>
            source === "screen_share" ? "screens" : "devices",
        );
        return [tileOf(person, devices), ...screens.map((one) => screenOf(person, one))];
    });
    const media = stream.getTracks().filter(({enabled}) => enabled);
    const name = fields.name.value.trim();
    tiles.show([{...call.self, id: "own", own: true, name, media}, ...pictures]);
    element("screen").classList.toggle("on", call.sharesScreen);
    element("screen").ariaLabel = call.sharesScreen ? "Stop sharing your screen" : "Share your screen";
    for (const [id, kind] of Object.entries(DEVICES)) {
        const button = element(id);
        button.disabled = !stream.getTracks().some((track) => track.kind === kind);
        button.setAttribute("aria-pressed", call.isOn(kind));
        button.title = `${button.ariaLabel} is ${call.isOn(kind) ? "on" : "off"}`;
    }
    element("state").textContent = STATES[call.state];
    element("state").dataset.state = call.state;
    chat.show();
    element("count").textContent = others.length ? `${others.length + 1} people` : "Only you";
}

function tileOf(person, tracks) {
    const heard = tracks.filter(({muted}) => !muted);
    return {
        ...person,
        media: heard.filter(({paused}) => !paused).map((track) => track.media),
        picture: heard.find(({kind}) => kind === "video")?.id,
        note: noteOf(tracks),
    };
}

/** A picture that stands still would seem to be one of now. */
function noteOf(tracks) {
    const paused = tracks.some((track) => track.paused && !track.muted) ? "paused" : null;
    return tracks.find(({unavailable}) => unavailable)?.unavailable ?? paused;
}

function screenOf({name}, track) {
    const media = track.muted || track.paused ? [] : [track.media];
    const note = noteOf([track]);
    return {id: track.id, name: `${name}: screen`, screen: true, media, picture: track.id, note};
}

function end(why) {
    stream.getTracks().forEach((track) => track.stop());
    tiles.show([]);
    alertPeople(why);
    fields.enter.disabled = false;
    chat.end();
    document.body.classList.remove("in-call");
    title();
    fields.enter.focus();
}

function title(unread = 0) {
    const isIn = document.body.classList.contains("in-call");
    const room = isIn ? `${element("room-name").textContent} · ` : "";
    document.title = `${unread ? `(${unread}) ` : ""}${room}Sluice`;
}

function alertPeople(text) {
    element("alert-text").textContent = text;
    element("alert").hidden = !text;
}

for (const [id, kind] of Object.entries(DEVICES)) {
    element(id).addEventListener("click", () => call.turn(kind, !call.isOn(kind)));
}
element("screen").hidden = !navigator.mediaDevices?.getDisplayMedia;
element("screen").addEventListener("click", async () => {
    await call.share(call.sharesScreen ? null : await openScreen());
});
element("leave").addEventListener("click", () => call.leave());
element("alert-close").addEventListener("click", () => alertPeople(""));
onDrop(() => document.body.classList.contains("in-call"), (files) => chat.stage(files));
element("copy").addEventListener("click", async ({currentTarget: button}) => {
    // Without the token, which is one's own.
    const room = encodeURIComponent(address.searchParams.get("room"));
    await navigator.clipboard.writeText(new URL(`./?room=${room}`, address).href);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1_500);
});

// So that the others do not see a frozen picture, and a reload need not wait.
addEventListener("pagehide", () => {
    keepIdentity();
    call?.leave();
});
addEventListener("pageshow", ({persisted}) => persisted && location.reload());
