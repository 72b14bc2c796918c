package io.sluice.plain;

/** Who describes what a client is sent. */
enum Subscribing {
    /** The client, in the offers of its one connection. */
    BY_ANSWER,

    /** The server, in offers of a connection for nothing else. */
    BY_OFFER
}
