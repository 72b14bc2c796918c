package io.sluice.livekit;

/** How many connections a client makes; its address says it. */
enum ConnectionMode {
    /** One, in which the client offers. */
    ONE,

    /** One in which the client offers what it publishes, and one in which it is offered what it watches. */
    TWO
}
