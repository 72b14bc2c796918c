package io.sluice.sctp;

/**
 * Tells the other side which TSNs never come (RFC 3758 3.5).
 *
 * <p>Owned by the loop of its association.
 */
final class SkippedMessages {
    /** So many streams in one FORWARD-TSN: half a packet. More follow when it is acknowledged. */
    private static final int MAX_STREAMS = 128;

    private static final int VALUE_BYTES = 4;
    private static final int STREAM_BYTES = 4;

    private final SentWindow window;
    private final int[] streams = new int[MAX_STREAMS];
    private final int[] sequences = new int[MAX_STREAMS];
    private int count;

    /** RFC 3758's Advanced.Peer.Ack.Point. */
    private long passed;

    private boolean due;
    private long sentNanos;

    SkippedMessages(SentWindow window) {
        this.window = window;
        passed = window.acknowledged();
    }

    void onAbandoned() {
        due |= advance();
    }

    /** Rule C3, but no more often than once a round trip. */
    void onAcknowledged(long nowNanos, long roundTripNanos) {
        boolean further = advance();
        boolean behind = passed > window.acknowledged();
        due = behind && (due || further || nowNanos - sentNanos > roundTripNanos);
    }

    void onTimeout() {
        advance();
        due = passed > window.acknowledged();
    }

    private boolean advance() {
        long before = Math.max(passed, window.acknowledged());
        passed = before;
        for (SentChunk chunk = window.find(passed + 1);
                chunk != null && chunk.state == SentChunk.State.ABANDONED;
                chunk = window.find(passed + 1)) {
            passed++;
        }
        return passed > before;
    }

    /** Returns whether the chunk was due and is written. */
    boolean write(PacketWriter writer, long nowNanos) {
        if (!due) {
            return false;
        }
        long until = collect();
        int valueBytes = VALUE_BYTES + count * STREAM_BYTES;
        if (ChunkReader.HEADER_BYTES + valueBytes > writer.room()) {
            return false;
        }
        int at = writer.chunk(ChunkType.FORWARD_TSN, 0, valueBytes);
        Wire.put32(writer.buffer(), at, (int) until);
        for (int i = 0; i < count; i++) {
            int entry = at + VALUE_BYTES + i * STREAM_BYTES;
            Wire.put16(writer.buffer(), entry, streams[i]);
            Wire.put16(writer.buffer(), entry + 2, sequences[i]);
        }
        due = false;
        sentNanos = nowNanos;
        return true;
    }

    /** Finds the last message of each ordered stream; returns the TSN up to which there was room. */
    private long collect() {
        count = 0;
        for (long tsn = window.acknowledged() + 1; tsn <= passed; tsn++) {
            Outgoing message = window.at(tsn).message;
            if (message.unordered) {
                continue;
            }
            int i = count - 1;
            while (i >= 0 && streams[i] != message.channel.id()) {
                i--;
            }
            if (i < 0) {
                if (count == MAX_STREAMS) {
                    return tsn - 1;
                }
                i = count++;
                streams[i] = message.channel.id();
            }
            sequences[i] = message.streamSequence;
        }
        return passed;
    }
}
