package io.sluice.api;

import io.vertx.ext.web.Router;

/** A protocol by which clients join rooms: it mounts its routes on the web server. */
public interface SignalingProtocol {
    /** Adds routes; called once for each event loop of the web server, on it. */
    void mount(Router router);
}
