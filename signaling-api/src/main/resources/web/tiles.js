// The grid of pictures: one tile per participant or shared screen, as large as the space allows.

import {PICTURE_PROBLEMS} from "./words.js";

const RATIOS = [16 / 9, 4 / 3];
const GAP_PIXELS = 12; // as in style.css

/** Who drags a window's corner resizes it all the time. */
const SETTLE_MILLIS = 200;

/** A picture may be shown so much larger or smaller than it is sent, and looks well. */
const STRETCH = Math.SQRT2;

export class Tiles {
    #grid;
    #tiles = new Map();
    #settling = null;
    #onHeights;
    #observer = new ResizeObserver(() => this.#resized());

    /** onHeights: hears how many pixels of each picture can be seen: a Map of track ids, 0 for none. */
    constructor(grid, onHeights) {
        this.#grid = grid;
        this.#onHeights = onHeights;
        new ResizeObserver(() => this.#fit()).observe(grid);
        document.addEventListener("visibilitychange", () => this.#resized());
    }

    /**
     * people: [{id, name, own, media: [MediaStreamTrack?], picture: id of the track in it, note: what is
     * missing, screen, speaks, leads, quality}]
     */
    show(people) {
        const gone = new Set(this.#tiles.keys());
        for (const person of people) {
            gone.delete(person.id);
            if (!this.#tiles.has(person.id)) {
                const tile = new Tile(person);
                this.#tiles.set(person.id, tile);
                this.#grid.append(tile.element);
                this.#observer.observe(tile.element);
            }
            this.#tiles.get(person.id).update(person);
        }
        for (const id of gone) {
            this.#observer.unobserve(this.#tiles.get(id).element);
            this.#tiles.get(id).element.remove();
            this.#tiles.get(id).update({name: "", media: []});
            this.#tiles.delete(id);
        }
        this.#fit();
        this.#settling ?? this.#resized();
    }

    #resized() {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(() => {
            this.#settling = null;
            const shown = [...this.#tiles.values()].filter(({picture}) => picture);
            this.#onHeights(new Map(shown.map((tile) => [tile.picture, tile.height()])));
        }, SETTLE_MILLIS);
    }

    /** Tries each number of columns in both shapes and takes the largest tiles. */
    #fit() {
        const {clientWidth, clientHeight} = this.#grid;
        const count = this.#tiles.size;
        let best = {area: 0, width: 0, ratio: 1};
        for (const ratio of RATIOS) {
            for (let columns = 1; columns <= count; columns++) {
                const rows = Math.ceil(count / columns);
                const widest = (clientWidth - GAP_PIXELS * (columns - 1)) / columns;
                const highest = (clientHeight - GAP_PIXELS * (rows - 1)) / rows;
                const width = Math.floor(Math.min(widest, highest * ratio));
                const area = width * (width / ratio);
                best = area > best.area ? {area, width, ratio} : best;
            }
        }
        this.#grid.style.setProperty("--tile-width", `${best.width}px`);
        this.#grid.style.setProperty("--tile-ratio", best.ratio);
    }
}

class Tile {
    element = create("article", {className: "tile"});
    #avatar = create("div", {className: "avatar", ariaHidden: true});
    #note = create("p", {className: "note"});
    #label = create("p", {className: "label"});
    #name = create("span", {className: "name"});
    #quality = create("span", {className: "quality"});
    #video = create("video", {autoplay: true, muted: true, playsInline: true});
    #audio; // on its own, so that sound does not wait for a picture
    picture = null;

    constructor({id, own = false}) {
        this.#audio = create("audio", {autoplay: true, muted: own});
        this.element.classList.toggle("own", own);
        this.element.dataset.participant = id;
        this.element.append(this.#avatar, this.#video, this.#audio, this.#note, this.#label);
        this.#label.append(create("span", {className: "silent", title: "Microphone is off"}));
        this.#label.append(this.#name, this.#quality);
        for (const event of ["loadeddata", "resize", "emptied"]) {
            this.#video.addEventListener(event, () =>
                this.element.classList.toggle("has-picture", this.#video.videoWidth > 0),
            );
        }
    }

    /** Of the largest picture that is of use, in its own pixels; 0 if it cannot be seen. */
    height() {
        const {clientHeight} = this.element;
        return document.hidden ? 0 : Math.round(clientHeight * devicePixelRatio * STRETCH);
    }

    update({name, own, media, picture, note, screen = false, speaks, leads, quality = "excellent"}) {
        this.picture = picture;
        this.element.classList.toggle("screen", screen);
        const [audio, video] = ["audio", "video"].map((kind) =>
            media.find((track) => track?.kind === kind),
        );
        this.element.classList.toggle("speaks", Boolean(speaks));
        this.element.classList.toggle("leads", Boolean(leads));
        this.element.classList.toggle("muted", !audio && !screen);
        this.#quality.dataset.quality = quality;
        this.#quality.title = `Connection: ${quality}`;
        this.#name.textContent = own ? `${name} (you)` : name;
        this.#note.textContent = PICTURE_PROBLEMS[quality] ?? PICTURE_PROBLEMS[note] ?? "";
        this.#avatar.textContent = initials(name);
        this.#avatar.style.setProperty("--hue", hue(name));
        play(this.#video, video);
        play(this.#audio, audio);
    }
}

function play(element, track) {
    if (element.srcObject?.getTracks()[0] !== track) {
        element.srcObject = track ? new MediaStream([track]) : null;
    }
}

function create(name, properties) {
    return Object.assign(document.createElement(name), properties);
}

function initials(name) {
    const words = name.split(/\s+/);
    const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
    return chosen.map((word) => [...word][0] ?? "").join("").toUpperCase();
}

function hue(name) {
    return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
}
