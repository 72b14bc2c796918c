package io.sluice.transport;

import io.sluice.receive.Track;

/** A section in which the client sends, with the track that it feeds. */
public record ReceiveRoute(ReceiveSection section, Track track) {}
