// A small graph over time: lines, a scale that fits them, and the last value of each in the legend.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 150;
const LEFT = 80;
const BOTTOM = 20;
const TOP = 8;

/** What is shown: the last so many seconds. */
const SPAN_SECONDS = 60;

/** A line breaks where nothing was written down for so long. */
const GAP_SECONDS = 2;

function svg(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
        element.setAttribute(key, value);
    }
    parent.append(element);
    return element;
}

/** The next of 1, 2, 5, 10, 20, ... */
function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

export class Plot {
    #lines;
    #show;
    #least;
    #root = document.createElement("figure");
    #values = [];
    #paths = [];
    #labels = [];

    /**
     * lines: [{name, of(sample)}]; show: a value as text; least: what the scale reaches at least.
     */
    constructor(title, lines, show, least) {
        this.#lines = lines;
        this.#show = show;
        this.#least = least;
        const caption = document.createElement("figcaption");
        const heading = document.createElement("strong");
        heading.textContent = title;
        caption.append(heading);
        const picture = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title}, this.#root);
        for (const part of [0, 0.5, 1]) {
            const y = this.#y(part);
            svg("line", {x1: LEFT, x2: WIDTH, y1: y, y2: y, class: "grid"}, picture);
            this.#labels.push(svg("text", {x: LEFT - 8, y: y + 4, "text-anchor": "end"}, picture));
        }
        for (const [seconds, x, anchor] of [[SPAN_SECONDS, LEFT, "start"], [0, WIDTH, "end"]]) {
            const text = svg("text", {x, y: HEIGHT - 4, "text-anchor": anchor}, picture);
            text.textContent = seconds ? `${seconds} s ago` : "now";
        }
        lines.forEach((line, i) => {
            this.#paths.push(svg("path", {class: `line line-${i}`}, picture));
            const entry = document.createElement("span");
            entry.className = `entry entry-${i}`;
            const value = document.createElement("b");
            entry.append(`${line.name} `, value);
            this.#values.push(value);
            caption.append(entry);
        });
        this.#root.prepend(caption);
    }

    get element() {
        return this.#root;
    }

    draw(samples) {
        const end = samples.at(-1)?.seconds ?? 0;
        const shown = samples.filter((sample) => sample.seconds > end - SPAN_SECONDS);
        const most = Math.max(this.#least, ...this.#lines.flatMap((line) => shown.map((s) => line.of(s))));
        const top = roundUp(most);
        [0, 0.5, 1].forEach((part, i) => {
            this.#labels[i].textContent = this.#show(top * part);
        });
        this.#lines.forEach((line, i) => {
            this.#paths[i].setAttribute("d", this.#path(shown, line, end, top));
            this.#values[i].textContent = shown.length ? this.#show(line.of(shown.at(-1))) : "";
        });
    }

    #path(samples, line, end, top) {
        let path = "";
        let before = -Infinity;
        for (const sample of samples) {
            const x = WIDTH - ((end - sample.seconds) / SPAN_SECONDS) * (WIDTH - LEFT);
            const y = this.#y(Math.min(1, line.of(sample) / top));
            path += `${sample.seconds - before > GAP_SECONDS ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
            before = sample.seconds;
        }
        return path;
    }

    #y(part) {
        return TOP + (1 - part) * (HEIGHT - TOP - BOTTOM);
    }
}

/** "1.2 Mbit/s" */
export function shownBitrate(bitsPerSecond) {
    if (bitsPerSecond < 1e6) {
        return `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
    }
    return `${(bitsPerSecond / 1e6).toFixed(bitsPerSecond < 1e7 ? 1 : 0)} Mbit/s`;
}

/** "0.4 %" */
export function shownShare(share) {
    return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** "12 ms" */
export function shownMillis(millis) {
    return `${Math.round(millis)} ms`;
}
