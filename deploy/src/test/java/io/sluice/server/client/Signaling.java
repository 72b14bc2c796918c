package io.sluice.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** How a client speaks to the server, in the messages of the plain protocol; on the client's loop. */
interface Signaling {
    void send(ObjectNode message);

    /** Cuts the connection without a word. */
    void abort();
}
