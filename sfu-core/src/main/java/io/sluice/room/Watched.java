package io.sluice.room;

import io.sluice.forward.Fanout;

/** A track that a participant watches, with what feeds it on the participant's loop. */
record Watched(PublishedTrack published, Fanout fanout) {}
