// Camera and microphone.

import {DEVICE_PROBLEMS} from "./words.js";

const VIDEO = {width: {ideal: 1280}, height: {ideal: 720}};

/** A screen is drawn seldom; its text has to be sharp. */
const SCREEN = {video: {frameRate: {max: 5}}};

/** Lets people choose a screen; returns its track, or null if they do not. */
export async function openScreen() {
    try {
        const stream = await navigator.mediaDevices.getDisplayMedia(SCREEN);
        return stream.getVideoTracks()[0];
    } catch {
        return null;
    }
}

/** What to ask for, by what is missing then. */
const WISHES = {"": {audio: true, video: VIDEO}, camera: {audio: true}, microphone: {video: VIDEO}};

/**
 * Opens both, or one of them, or none: then one watches and listens.
 * Returns {stream, problem}: the problem in words for people, or nothing.
 */
export async function openDevices() {
    let why = null;
    for (const [missing, wish] of Object.entries(WISHES)) {
        try {
            const stream = await navigator.mediaDevices.getUserMedia(wish);
            return {stream, problem: missing && `You join without ${missing}. ${why}`};
        } catch (error) {
            // On an insecure page there are no mediaDevices at all. The first problem tells most.
            const {insecure} = DEVICE_PROBLEMS;
            const words = DEVICE_PROBLEMS[error.name] ?? error.message;
            why ??= navigator.mediaDevices ? words : insecure;
        }
    }
    const problem = `You join without camera and microphone. ${why}`;
    return {stream: new MediaStream(), problem};
}
