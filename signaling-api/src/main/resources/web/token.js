// Access tokens. In development mode the server gives one to everybody; in production your application does.

import {WORDS} from "./words.js";

const KEY = "sluice.identity";

// A reloaded page takes its old self's place. The identity is stored only while the page is away,
// so that a duplicated tab is somebody else.
let identity = sessionStorage.getItem(KEY);
sessionStorage.removeItem(KEY);

/** To be called when the page goes. */
export function keepIdentity() {
    if (identity) {
        sessionStorage.setItem(KEY, identity);
    }
}

/** Asks the server's development mode for a token. */
export async function fetchToken(room, name) {
    const response = await fetch("/api/v1/dev/token", {
        method: "POST",
        headers: {"content-type": "application/json"},
        body: JSON.stringify({room, name, identity}),
    }).catch(() => {
        throw new Error(WORDS.unreachable);
    });
    if (response.status === 404) {
        throw new Error(WORDS.noToken);
    }
    const answer = await response.json();
    if (!response.ok) {
        throw new Error(answer.detail);
    }
    identity = answer.identity;
    return answer.token;
}
