// What is said to people, by what the server or the browser calls it: another language is another such file.

/** By the code of an error, by the code with which a WebSocket is closed, or by a name of our own. */
export const WORDS = {
    invalid_token: "The access token is not valid for this room, or has expired.",
    room_full: "The room is full.",
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
    limit: "Too many videos to show this one",
    poor: "Bad connection",
    lost: "Connection lost",
};
