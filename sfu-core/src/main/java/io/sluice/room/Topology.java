package io.sluice.room;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Which way sound and pictures take in a room. */
public enum Topology {
    /** Through the server. */
    SFU,

    /**
     * From each participant straight to each other: the server forwards no track, and only passes on what they need
     * to find each other.
     */
    MESH,

    /** Straight from one to the other while there are two, where that works; else through the server. */
    AUTO;

    /** More would each have to encode and send more copies than common uplinks and processors carry. */
    public static final int MAX_MESH_PARTICIPANTS = 8;

    /** As it is written in requests and answers. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Topology> named(String word) {
        return Stream.of(values()).filter(one -> one.word().equals(word)).findFirst();
    }

    /** Whether participants may be connected with each other. */
    public boolean isDirectAllowed() {
        return this != SFU;
    }

    /** How many participants can be connected with each other. */
    public int maxDirectParticipants() {
        return switch (this) {
            case SFU -> 0;
            case MESH -> MAX_MESH_PARTICIPANTS;
            case AUTO -> 2;
        };
    }
}
