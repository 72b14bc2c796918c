// Names of files come from others: what is shown of them, and what they are saved as.

const LONGEST_SHOWN = 200;
const LONGEST_SAVED = 120;
const LONGEST_ENDING = 16;

/** They show nothing themselves, and may turn what comes after them around: "exe.txt" for "txt.exe". */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** Folders, and what some system does not allow. */
const RESERVED = /[/\\:*?"<>|]/g;
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that can be shown, as text. */
export function shownName(name) {
    const visible = name.replace(INVISIBLE, "").trim() || "file";
    return shortened(visible, LONGEST_SHOWN);
}

/** A name that is one on every system: of a file in the folder for downloads, and not a hidden one. */
export function savedName(name) {
    const single = name.replace(INVISIBLE, "").replace(RESERVED, "_");
    const plain = single.replace(/^[.\s_]+|[.\s]+$/g, "") || "file";
    return shortened(DEVICES.test(plain) ? `_${plain}` : plain, LONGEST_SAVED);
}

/** Keeps the end, which says what it is. */
function shortened(name, longest) {
    const letters = [...name];
    if (letters.length <= longest) {
        return name;
    }
    const dot = letters.lastIndexOf(".");
    const ending = letters.length - dot <= LONGEST_ENDING && dot > 0 ? letters.slice(dot) : [];
    return [...letters.slice(0, longest - 1 - ending.length), "…", ...ending].join("");
}

/** "3.4 MB" */
export function shownSize(bytes) {
    const units = ["bytes", "kB", "MB", "GB"];
    let size = bytes;
    let unit = 0;
    while (size >= 999.5 && unit < units.length - 1) {
        size /= 1000;
        unit++;
    }
    return `${unit && size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
