package io.sluice.sctp;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of an association: reassembly, order within streams, acknowledgments (RFC 9260
 * 6.2 to 6.9), and passing over what the other side gave up (RFC 3758 3.6).
 *
 * <p>Owned by the loop of its association.
 */
final class Inbound {
    static final long NEVER = Long.MAX_VALUE;

    /** A SACK without gaps, its chunk header included. */
    static final int SACK_BYTES = 16;

    static final int GAP_BYTES = 4;

    /** RFC 9260 6.2: every second packet is acknowledged at once, others after so long. */
    static final long ACK_DELAY_NANOS = 200_000_000L;

    private static final int PACKETS_PER_ACK = 2;
    private static final int DATA_VALUE_BYTES = 12;
    private static final int FORWARD_VALUE_BYTES = 4;

    /** RFC 7053. */
    private static final int FLAG_ACK_AT_ONCE = 8;

    private static final int MAX_SEQUENCE = 0xffff;

    /** A quarter of a packet; the sender learns of gaps further on when these are filled. */
    private static final int MAX_GAPS = 64;

    /** So many TSNs after the first gap are looked at for a SACK: 1 MB in full packets. */
    static final int MAX_TOLD = 1_024;

    private static final int MAX_DUPLICATES = 16;

    private final SctpConfig config;
    private final SctpCounters counters;
    private final Channels channels;
    private final ReceivedWindow window;
    private StreamSequences sequences = new StreamSequences();

    /** Whole messages that came before others of their stream, by stream and sequence. */
    private final TreeMap<Integer, Fragment> waiting = new TreeMap<>();

    private final int[] duplicates = new int[MAX_DUPLICATES];
    private int duplicateCount;
    private long heldBytes;

    /** Payload that was delivered and is not worked off: the window is so much smaller. */
    private long owedBytes;

    private boolean dataInPacket;
    private boolean gapBefore;
    private int packets;
    private boolean ackDue;
    private long ackAtNanos = NEVER;
    private boolean ended;

    Inbound(SctpConfig config, int initialTsn, Channels channels, SctpCounters counters) {
        this.config = config;
        this.channels = channels;
        this.counters = counters;
        window = new ReceivedWindow(initialTsn);
    }

    /** The low 32 bits of the TSN up to which all has come. */
    int cumulativeTsn() {
        return (int) window.cumulative();
    }

    /** Whether all up to a TSN has come. */
    boolean hasAll(int tsn) {
        return Wire.unwrap(tsn, window.cumulative()) <= window.cumulative();
    }

    /** Payload that waits for missing pieces or messages. */
    long heldBytes() {
        return heldBytes;
    }

    /** So much of what was delivered is not worked off. */
    void owe(long bytes) {
        boolean wasShut = windowBytes() == 0;
        owedBytes = bytes;
        // The other side would ask for itself only after its timeout.
        ackDue |= wasShut && windowBytes() > 0;
    }

    private long windowBytes() {
        return Math.max(0, config.receiveWindowBytes() - heldBytes - owedBytes);
    }

    /** Nothing is delivered any more. */
    void end() {
        ended = true;
    }

    /** Takes the value of a DATA chunk; what it makes whole is delivered before this returns. */
    @Nullable Violation onData(byte[] buffer, int at, int length, int flags, long nowNanos) {
        if (length < DATA_VALUE_BYTES) {
            counters.drop(SctpDrop.MALFORMED);
            return null;
        }
        if (length == DATA_VALUE_BYTES) {
            return Violation.NO_USER_DATA;
        }
        dataInPacket = true;
        ackDue |= (flags & FLAG_ACK_AT_ONCE) != 0;
        long tsn = Wire.unwrap(Wire.i32(buffer, at), window.cumulative());
        int size = length - DATA_VALUE_BYTES;
        if (!hasRoom(tsn, size)) {
            return null;
        }
        Fragment fragment =
                new Fragment(
                        flags,
                        Wire.u16(buffer, at + 4),
                        Wire.u16(buffer, at + 6),
                        Wire.i32(buffer, at + 8),
                        Arrays.copyOfRange(
                                buffer, at + DATA_VALUE_BYTES, at + DATA_VALUE_BYTES + size),
                        tsn);
        if (fragment.isFirst() && fragment.isLast() && window.passNext(tsn)) {
            // Nothing is missing: the common case needs no place.
            return deliver(fragment, nowNanos);
        }
        return place(fragment, tsn, nowNanos);
    }

    private boolean hasRoom(long tsn, int size) {
        if (window.has(tsn)) {
            counters.drop(SctpDrop.DUPLICATE);
            if (duplicateCount < MAX_DUPLICATES) {
                duplicates[duplicateCount++] = (int) tsn;
            }
            ackDue = true;
            return false;
        }
        if (!window.reaches(tsn)) {
            counters.drop(SctpDrop.OUT_OF_WINDOW);
            ackDue = true;
            return false;
        }
        // The next one has room whatever is held, since that waits for it; not whatever is owed.
        boolean next = tsn == window.cumulative() + 1;
        boolean free = next && owedBytes < config.receiveWindowBytes();
        if (!free && size > windowBytes()) {
            counters.drop(SctpDrop.WINDOW_FULL);
            ackDue = true;
            return false;
        }
        return true;
    }

    private @Nullable Violation place(Fragment fragment, long tsn, long nowNanos) {
        Fragment before = window.find(tsn - 1);
        Fragment after = window.find(tsn + 1);
        if (!follows(fragment, tsn, before) || !precedes(fragment, tsn, after)) {
            return Violation.BROKEN_SEQUENCE;
        }
        window.put(tsn, fragment);
        heldBytes += fragment.bytes.length;
        if (before != null && !fragment.isFirst()) {
            fragment.runFirst = before.runFirst;
            fragment.runBytes += before.runBytes;
        }
        if (after != null && !fragment.isLast()) {
            fragment.runLast = after.runLast;
            fragment.runBytes += after.runBytes;
        }
        if (fragment.runBytes > config.maxMessageBytes()) {
            return Violation.MESSAGE_TOO_LARGE;
        }
        Fragment first = window.at(fragment.runFirst);
        Fragment last = window.at(fragment.runLast);
        first.runLast = fragment.runLast;
        first.runBytes = fragment.runBytes;
        last.runFirst = fragment.runFirst;
        last.runBytes = fragment.runBytes;
        Fragment whole = first.isFirst() && last.isLast() ? join(first) : null;
        window.advance();
        return whole == null ? null : deliver(whole, nowNanos);
    }

    /** Whether a chunk can come after what is there before it. */
    private boolean follows(Fragment fragment, long tsn, @Nullable Fragment before) {
        if (!window.has(tsn - 1)) {
            return true;
        }
        if (before == null || before.isLast()) {
            return fragment.isFirst();
        }
        return !fragment.isFirst() && fragment.matches(before);
    }

    private boolean precedes(Fragment fragment, long tsn, @Nullable Fragment after) {
        if (!window.has(tsn + 1)) {
            return true;
        }
        // What is delivered already was whole, and so begins there.
        if (after == null || after.isFirst()) {
            return fragment.isLast();
        }
        return !fragment.isLast() && fragment.matches(after);
    }

    /** Makes one of a whole run, and frees its places. */
    private Fragment join(Fragment first) {
        heldBytes -= first.runBytes;
        if (first.isLast()) {
            window.release(first.runFirst);
            return first;
        }
        byte[] bytes = new byte[first.runBytes];
        int at = 0;
        for (long tsn = first.runFirst; tsn <= first.runLast; tsn++) {
            byte[] piece = window.at(tsn).bytes;
            System.arraycopy(piece, 0, bytes, at, piece.length);
            at += piece.length;
            window.release(tsn);
        }
        return new Fragment(
                first.flags, first.stream, first.sequence, first.protocol, bytes, first.runFirst);
    }

    private @Nullable Violation deliver(Fragment message, long nowNanos) {
        if (message.isUnordered()) {
            emit(message, nowNanos);
            return null;
        }
        int expected = sequences.of(message.stream);
        short ahead = (short) (message.sequence - expected);
        if (ahead < 0) {
            counters.drop(SctpDrop.STALE);
            return null;
        }
        if (ahead > 0) {
            return hold(message);
        }
        sequences.set(message.stream, expected + 1);
        emit(message, nowNanos);
        deliverNext(message.stream, nowNanos);
        return null;
    }

    private @Nullable Violation hold(Fragment message) {
        heldBytes += message.bytes.length;
        Fragment same = waiting.put(key(message.stream, message.sequence), message);
        if (same != null) {
            counters.drop(SctpDrop.STALE);
            heldBytes -= same.bytes.length;
        }
        // Whoever counts rightly has no more waiting than the window holds.
        boolean endless =
                waiting.size() > ReceivedWindow.MAX_AHEAD
                        || heldBytes
                                > (long) config.receiveWindowBytes()
                                        + 2L * config.maxMessageBytes();
        return endless ? Violation.BROKEN_SEQUENCE : null;
    }

    private void deliverNext(int stream, long nowNanos) {
        while (!waiting.isEmpty()) {
            int expected = sequences.of(stream);
            Fragment message = waiting.remove(key(stream, expected));
            if (message == null) {
                return;
            }
            heldBytes -= message.bytes.length;
            sequences.set(stream, expected + 1);
            emit(message, nowNanos);
        }
    }

    private void emit(Fragment message, long nowNanos) {
        if (!ended) {
            channels.onMessage(message.stream, message.protocol, message.bytes, nowNanos);
        }
    }

    /** Takes the value of a FORWARD-TSN chunk. */
    @Nullable Violation onForward(byte[] buffer, int at, int length, long nowNanos) {
        if (length < FORWARD_VALUE_BYTES) {
            counters.drop(SctpDrop.MALFORMED);
            return null;
        }
        dataInPacket = true;
        ackDue = true;
        long tsn = Wire.unwrap(Wire.i32(buffer, at), window.cumulative());
        if (tsn <= window.cumulative()) {
            return null;
        }
        for (long t = window.held(); t <= Math.min(tsn, window.highest()); t++) {
            Fragment fragment = window.find(t);
            heldBytes -= fragment == null ? 0 : fragment.bytes.length;
        }
        window.passTo(tsn);
        Fragment next = window.find(tsn + 1);
        if (next != null && !next.isFirst()) {
            return Violation.BROKEN_SEQUENCE;
        }
        window.advance();
        int end = at + length;
        for (int i = at + FORWARD_VALUE_BYTES; i + 4 <= end; i += 4) {
            passMessages(Wire.u16(buffer, i), Wire.u16(buffer, i + 2), nowNanos);
        }
        return null;
    }

    /** All of a stream up to a sequence number has come or never comes. */
    private void passMessages(int stream, int sequence, long nowNanos) {
        int expected = sequences.of(stream);
        if ((short) (sequence - expected) < 0) {
            return;
        }
        sequences.set(stream, sequence + 1);
        if (expected <= sequence) {
            takeWaiting(key(stream, expected), key(stream, sequence), true, nowNanos);
        } else {
            takeWaiting(key(stream, expected), key(stream, MAX_SEQUENCE), true, nowNanos);
            takeWaiting(key(stream, 0), key(stream, sequence), true, nowNanos);
        }
        deliverNext(stream, nowNanos);
    }

    private void takeWaiting(int from, int to, boolean delivers, long nowNanos) {
        for (Map.Entry<Integer, Fragment> entry = waiting.ceilingEntry(from);
                entry != null && entry.getKey() <= to;
                entry = waiting.ceilingEntry(from)) {
            waiting.remove(entry.getKey());
            heldBytes -= entry.getValue().bytes.length;
            if (delivers) {
                emit(entry.getValue(), nowNanos);
            }
        }
    }

    /** The other side begins a stream anew (RFC 6525 5.2.2). */
    void resetStream(int stream) {
        takeWaiting(key(stream, 0), key(stream, MAX_SEQUENCE), false, 0);
        if (sequences.of(stream) != 0) {
            sequences.set(stream, 0);
        }
    }

    void resetAllStreams() {
        waiting.values().forEach(message -> heldBytes -= message.bytes.length);
        waiting.clear();
        sequences = new StreamSequences();
    }

    private static int key(int stream, int sequence) {
        return stream << 16 | sequence;
    }

    // ------------------------------------------------------------------ acknowledgments

    /** All chunks of a packet were taken. */
    void onPacketEnd(long nowNanos) {
        if (!dataInPacket) {
            return;
        }
        dataInPacket = false;
        packets++;
        boolean gap = window.hasGap();
        if (gap || gapBefore || packets >= PACKETS_PER_ACK) {
            ackDue = true;
        } else if (ackAtNanos == NEVER) {
            ackAtNanos = nowNanos + ACK_DELAY_NANOS;
        }
        gapBefore = gap;
    }

    long nextTimeoutNanos() {
        return ackAtNanos;
    }

    void onTimer(long nowNanos) {
        if (nowNanos >= ackAtNanos) {
            ackDue = true;
            ackAtNanos = NEVER;
        }
    }

    boolean ackDue() {
        return ackDue;
    }

    /** Whether an acknowledgment is held back. */
    boolean owesAck() {
        return packets > 0;
    }

    void askForAck() {
        ackDue = true;
    }

    /** Writes a SACK with what there is room for. */
    void writeAck(PacketWriter writer) {
        int room = writer.room() - SACK_BYTES;
        if (room < 0) {
            return;
        }
        int gaps = countGaps(Math.min(MAX_GAPS, room / GAP_BYTES));
        int told = Math.min(duplicateCount, room / GAP_BYTES - gaps);
        int at =
                writer.chunk(
                        ChunkType.SACK,
                        0,
                        SACK_BYTES - ChunkReader.HEADER_BYTES + (gaps + told) * GAP_BYTES);
        byte[] buffer = writer.buffer();
        Wire.put32(buffer, at, (int) window.cumulative());
        Wire.put32(buffer, at + 4, (int) windowBytes());
        Wire.put16(buffer, at + 8, gaps);
        Wire.put16(buffer, at + 10, told);
        at = writeGaps(buffer, at + 12, gaps);
        for (int i = 0; i < told; i++) {
            Wire.put32(buffer, at + i * GAP_BYTES, duplicates[i]);
        }
        duplicateCount = 0;
        packets = 0;
        ackDue = false;
        ackAtNanos = NEVER;
    }

    private long lastTold() {
        return Math.min(window.highest(), window.cumulative() + MAX_TOLD);
    }

    private int countGaps(int most) {
        int gaps = 0;
        long last = lastTold();
        for (long tsn = window.cumulative() + 2; tsn <= last && gaps < most; tsn++) {
            if (window.has(tsn) && !window.has(tsn - 1)) {
                gaps++;
            }
        }
        return gaps;
    }

    private int writeGaps(byte[] buffer, int start, int gaps) {
        int at = start;
        long last = lastTold();
        long tsn = window.cumulative() + 1;
        for (int i = 0; i < gaps; i++) {
            while (!window.has(tsn)) {
                tsn++;
            }
            Wire.put16(buffer, at, (int) (tsn - window.cumulative()));
            while (tsn <= last && window.has(tsn)) {
                tsn++;
            }
            Wire.put16(buffer, at + 2, (int) (tsn - 1 - window.cumulative()));
            at += GAP_BYTES;
        }
        return at;
    }
}
