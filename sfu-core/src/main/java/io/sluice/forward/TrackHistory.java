package io.sluice.forward;

import io.sluice.loop.KeptPackets;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import org.jspecify.annotations.Nullable;

/**
 * The last packets of a track on one loop, of each encoding in a {@link PacketHistory} of its own.
 *
 * <p>Owned by the loop. All encodings together keep no more than a track with a single one may.
 */
final class TrackHistory {
    private final KeptPackets kept;

    /** Made with the first packet of an encoding: most tracks have one. */
    private final @Nullable PacketHistory[] encodings =
            new PacketHistory[TrackSequence.ENCODINGS_MAX];

    TrackHistory(KeptPackets kept) {
        this.kept = kept;
    }

    /** How many packets may be kept: a power of two. */
    int capacity() {
        return kept.trackSlots();
    }

    /** The packets of one encoding. */
    PacketHistory of(int encoding) {
        PacketHistory history = encodings[encoding];
        if (history == null) {
            history = new PacketHistory(kept);
            encodings[encoding] = history;
        }
        return history;
    }

    /** Keeps a packet; see {@link PacketHistory#keep}. */
    void keep(long trackSequence, int slot, long offset, int length, long nowNanos) {
        PacketHistory history = of(TrackSequence.encoding(trackSequence));
        if (size() >= capacity()) {
            longest(history).dropOldest();
        }
        history.keep(trackSequence, slot, offset, length, nowNanos);
    }

    private int size() {
        int size = 0;
        for (PacketHistory history : encodings) {
            size += history == null ? 0 : history.size();
        }
        return size;
    }

    private PacketHistory longest(PacketHistory atLeast) {
        PacketHistory longest = atLeast;
        for (PacketHistory history : encodings) {
            if (history != null && history.size() > longest.size()) {
                longest = history;
            }
        }
        return longest;
    }

    /** Puts a view on a packet that is kept; false if it is not. */
    boolean find(long trackSequence, RtpPacket view) {
        PacketHistory history = encodings[TrackSequence.encoding(trackSequence)];
        int index = history == null ? -1 : history.find(trackSequence);
        return history != null
                && index >= 0
                && view.wrap(kept.slab().memory(), history.offset(index), history.length(index));
    }

    /** Lets go of what is too old. */
    void expire(long nowNanos) {
        for (PacketHistory history : encodings) {
            if (history != null) {
                history.expire(nowNanos);
            }
        }
    }

    /** Lets go of everything; other sequences may begin anywhere. */
    void clear() {
        for (PacketHistory history : encodings) {
            if (history != null) {
                history.clear();
            }
        }
    }
}
