// What is said to people, by what the server or the browser calls it: another language is another such file.

/** By the code of an error, by the code with which a WebSocket is closed, or by a name of our own. */
export const WORDS = {
    invalid_token: "The access token is not valid for this room, or has expired.",
    room_full: "The room is full.",
    key_limit: "Whoever invited you has no room left on this server. Try again later.",
    server_full: "The server is full. Try again later.",
    4100: "You joined this room again from another window.",
    4101: "The call goes on in another window.",
    4106: "You were removed from the room.",
    deleted: "The room was closed.",
    unreachable: "The server cannot be reached, or takes nobody more for the moment.",
    mutedAudio: "The room muted your microphone.",
    mutedVideo: "The room turned off your camera.",
    mutedScreen: "The room stopped your screen.",
    allowed: "The room lets you speak and show yourself again.",
    room: "The room",
    missedMessages: "Your connection is too slow: you may have missed messages.",
    nobody: "Nobody else is here to send files to.",
    unreadable: "This browser cannot read what you chose. Folders cannot be sent.",
    noToken: "This server wants an access token: add ?access_token=… to the address.",
};

export const STATES = {
    connecting: "Connecting…",
    connected: "Connected",
    reconnecting: "Reconnecting…",
};

/** By the name of what getUserMedia throws. */
export const DEVICE_PROBLEMS = {
    insecure: "Browsers give camera and microphone only to https:// and localhost.",
    NotAllowedError: "To change that, see this page's permissions in the address bar.",
    NotFoundError: "No such device was found.",
    NotReadableError: "Perhaps another program is using it.",
};

/** Why there is no picture of somebody. */
export const PICTURE_PROBLEMS = {
    codec: "This browser cannot play this video",
    paused: "Paused: your connection is too slow",
    limit: "Too many videos to show this one",
    poor: "Bad connection",
    lost: "Connection lost",
};

/** How it stands with a file, for the one who receives it; {name} is who sends it. */
export const RECEIVING = {
    offered: "{name} would like to send you this.",
    going: "Receiving it from {name}…",
    done: "Received from {name}. Its checksum is right.",
    declined: "You declined it.",
    cancelled: "You cancelled it.",
    withdrawn: "{name} cancelled it.",
    unreadable: "{name} can no longer read it.",
    left: "{name} left before all of it was here.",
    slow: "Your connection was too slow. Ask {name} to send it again.",
    lost: "The connection was lost. Ask {name} to send it again.",
    large: "It is too large to be received here.",
    broken: "It did not arrive in order. Ask {name} to send it again.",
    checksum: "It is not what was sent: the checksums differ. Ask {name} to send it again.",
};

/** The same for the one who sends it; {name} is who receives it. */
export const SENDING = {
    offered: "Waiting for {name} to accept it…",
    going: "Sending to {name}…",
    checking: "{name} gets the last of it and checks it…",
    done: "{name} has it.",
    declined: "{name} declined it.",
    cancelled: "{name} cancelled it.",
    withdrawn: "You cancelled it.",
    unreadable: "This browser can no longer read it.",
    left: "{name} left before having all of it.",
    slow: "{name} is connected too slowly.",
    lost: "The connection was lost before {name} had all of it.",
    large: "It is too large for {name}'s browser.",
    broken: "It did not arrive at {name} in order. Send it again.",
    checksum: "What arrived at {name} is not what was sent. Send it again.",
};
