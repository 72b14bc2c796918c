package io.sluice.transport;

import io.sluice.forward.Fanout;

/** A section in which we send, with what feeds it: the track's fan-out on this transport's loop. */
public record SendRoute(SendSection section, Fanout fanout) {}
