package io.sluice.sctp;

import org.jspecify.annotations.Nullable;

/**
 * The sending half of an association: fragmentation, retransmission, congestion control (RFC 9260 6
 * and 7) and giving up (RFC 3758, RFC 7496).
 *
 * <p>Owned by the loop of its association.
 */
final class Outbound {
    static final long NEVER = Long.MAX_VALUE;

    /** A SACK with two gaps fits before it, so data and acknowledgment can share a packet. */
    static final int MAX_FRAGMENT_BYTES =
            PacketWriter.MAX_PACKET_BYTES
                    - PacketWriter.HEADER_BYTES
                    - SentChunk.HEADER_BYTES
                    - Inbound.SACK_BYTES
                    - 2 * Inbound.GAP_BYTES;

    private static final int SACK_VALUE_BYTES = 12;

    /** RFC 9260 7.2.4: so often must later chunks overtake one until it counts as lost. */
    private static final int MAX_MISSES = 3;

    /** A receiver may stay full for eight minutes of timeouts; then silence counts again. */
    static final int MAX_SHUT_TIMEOUTS = 128;

    final SendBuffer buffer;
    private final SctpCounters counters;
    private final SendQueue queue;
    private final SentWindow window;
    private final CongestionWindow congestion = new CongestionWindow();
    private final RetransmissionTimeout timeout;
    private final SkippedMessages skipped;
    private final GapBlocks gapBlocks = new GapBlocks();
    private boolean remoteForwards;
    private long remoteWindowBytes;
    private long timeoutAtNanos = NEVER;
    private long lastSentNanos;
    private long order;
    private boolean resendAtOnce;

    /** What one SACK newly acknowledged. */
    private long ackedBytes;

    private long ackedOrder;
    private long measuredFromNanos;

    /** Since anything was acknowledged. */
    private int timeouts;

    Outbound(
            SctpConfig config,
            int maxMessageBytes,
            int initialTsn,
            RetransmissionTimeout timeout,
            SctpCounters counters) {
        buffer = new SendBuffer(config, maxMessageBytes, counters);
        queue = buffer.queue;
        this.timeout = timeout;
        this.counters = counters;
        window = new SentWindow(initialTsn);
        skipped = new SkippedMessages(window);
    }

    /** What the other side can do. */
    void onConnected(long windowBytes, boolean forwards) {
        remoteWindowBytes = windowBytes;
        remoteForwards = forwards;
    }

    /** The low 32 bits of the last TSN that was given. */
    int lastTsn() {
        return (int) (window.next() - 1);
    }

    /** When the message was given that has waited longest among those begun, or is next. */
    long waitingSinceNanos() {
        SentChunk first = window.find(window.acknowledged() + 1);
        Outgoing oldest = first == null ? queue.head() : first.message;
        return oldest == null ? NEVER : oldest.queuedNanos;
    }

    /** Whether all that was given is acknowledged. */
    boolean isIdle() {
        return window.isEmpty() && queue.isEmpty();
    }

    boolean hasSentAll(DataChannel channel) {
        return queue.hasSentAll(channel);
    }

    // ------------------------------------------------------------------ acknowledgments

    /**
     * Takes the value of a SACK (RFC 9260 6.2.1).
     *
     * @return whether anything was news, or the other side says, not for ever, that it cannot take more
     */
    boolean onSack(byte[] bytes, int at, int length, long nowNanos) {
        int gaps = length < SACK_VALUE_BYTES ? 0 : Wire.u16(bytes, at + 8);
        if (length < SACK_VALUE_BYTES + gaps * Inbound.GAP_BYTES) {
            counters.drop(SctpDrop.MALFORMED);
            return false;
        }
        long tsn = Wire.unwrap(Wire.i32(bytes, at), window.acknowledged());
        int blocks = at + SACK_VALUE_BYTES;
        if (tsn >= window.next() || !GapBlocks.fit(bytes, blocks, gaps, tsn, window.next())) {
            counters.drop(SctpDrop.BAD_SACK);
            return false;
        }
        if (tsn < window.acknowledged()) {
            // Overtaken by a later one.
            return false;
        }
        if (!gapBlocks.affordable(bytes, blocks, gaps, nowNanos)) {
            counters.drop(SctpDrop.UNEXPECTED);
            gaps = 0;
        }
        ackedBytes = 0;
        ackedOrder = -1;
        measuredFromNanos = NEVER;
        long flightBytes = window.flightBytes();
        boolean advanced = acknowledge(tsn);
        long reported = receive(bytes, blocks, gaps, tsn);
        if (measuredFromNanos != NEVER) {
            timeout.onMeasured(nowNanos - measuredFromNanos);
        }
        if (ackedOrder >= 0) {
            countMisses(tsn, reported, nowNanos);
        }
        if (advanced || ackedOrder >= 0) {
            timeout.onProgress();
            timeouts = 0;
        }
        if (advanced) {
            congestion.onAcknowledged(tsn, ackedBytes, flightBytes);
        }
        remoteWindowBytes = Wire.u32(bytes, at + 4);
        skipped.onAcknowledged(nowNanos, timeout.smoothedNanos());
        if (window.isEmpty()) {
            timeoutAtNanos = NEVER;
        } else if (advanced || timeoutAtNanos == NEVER) {
            timeoutAtNanos = nowNanos + timeout.nanos();
        }
        return ackedOrder >= 0
                || advanced
                || (remoteWindowBytes == 0 && timeouts < MAX_SHUT_TIMEOUTS);
    }

    /** SHUTDOWN says only this much. */
    boolean acknowledge(long tsn) {
        boolean advanced = tsn > window.acknowledged();
        while (window.acknowledged() < tsn) {
            long first = window.acknowledged() + 1;
            SentChunk chunk = window.at(first);
            received(chunk, first);
            buffer.release(chunk);
            window.removeFirst();
        }
        return advanced;
    }

    /** The value of SHUTDOWN: a SACK without gaps. */
    void onShutdown(byte[] bytes, int at) {
        long tsn = Wire.unwrap(Wire.i32(bytes, at), window.acknowledged());
        if (tsn < window.next()) {
            acknowledge(tsn);
        }
        if (window.isEmpty()) {
            timeoutAtNanos = NEVER;
        }
    }

    /** Returns the last TSN that a gap block names. */
    private long receive(byte[] bytes, int at, int gaps, long tsn) {
        long reported = tsn;
        for (int i = 0; i < gaps; i++) {
            long first = tsn + Wire.u16(bytes, at + i * Inbound.GAP_BYTES);
            reported = tsn + Wire.u16(bytes, at + i * Inbound.GAP_BYTES + 2);
            for (long t = first; t <= reported; t++) {
                received(window.at(t), t);
            }
        }
        return reported;
    }

    private void received(SentChunk chunk, long tsn) {
        if (chunk.state != SentChunk.State.IN_FLIGHT && chunk.state != SentChunk.State.LOST) {
            return;
        }
        window.turn(chunk, tsn, SentChunk.State.RECEIVED);
        ackedBytes += chunk.chunkBytes();
        ackedOrder = Math.max(ackedOrder, chunk.order);
        if (chunk.sends == 1) {
            // The youngest: what is acknowledged late with it was held up by a gap.
            measuredFromNanos =
                    measuredFromNanos == NEVER
                            ? chunk.sentNanos
                            : Math.max(measuredFromNanos, chunk.sentNanos);
        }
    }

    private void countMisses(long tsn, long reported, long nowNanos) {
        boolean any = false;
        for (long t = tsn + 1; t < reported; t++) {
            SentChunk chunk = window.at(t);
            if (chunk.state == SentChunk.State.IN_FLIGHT
                    && chunk.order < ackedOrder
                    && ++chunk.misses >= MAX_MISSES) {
                lose(chunk, t, nowNanos);
                any = true;
            }
        }
        if (any && congestion.onMissing(window.next() - 1)) {
            resendAtOnce = true;
        }
    }

    private void lose(SentChunk chunk, long tsn, long nowNanos) {
        window.turn(chunk, tsn, SentChunk.State.LOST);
        Outgoing message = chunk.message;
        if (chunk.sends > message.maxRetransmits || message.expired(nowNanos)) {
            abandon(message);
        }
    }

    /** RFC 3758 3.5 A: no piece of it is sent any more. */
    private void abandon(Outgoing message) {
        if (message.abandoned || !remoteForwards) {
            return;
        }
        message.abandoned = true;
        counters.drop(SctpDrop.EXPIRED);
        if (queue.isBegun(message)) {
            // The other side may have all pieces so far, and would wait for the last: a last one
            // that is passed over tells it that there is none.
            buffer.cut(message);
            message.lastTsn = window.next();
            window.add(
                    new SentChunk(message, message.sentBytes, 0, true, SentChunk.State.ABANDONED));
        }
        long from = Math.max(message.firstTsn, window.acknowledged() + 1);
        for (long tsn = from; tsn <= message.lastTsn; tsn++) {
            window.turn(window.at(tsn), tsn, SentChunk.State.ABANDONED);
        }
        skipped.onAbandoned();
    }

    // ------------------------------------------------------------------ time

    long nextTimeoutNanos() {
        return timeoutAtNanos;
    }

    /** Returns whether the other side has been silent for too long (RFC 9260 6.3.3). */
    boolean onTimer(long nowNanos) {
        if (nowNanos < timeoutAtNanos) {
            return false;
        }
        timeoutAtNanos = NEVER;
        if (window.isEmpty() || (window.hasLost() && window.flightBytes() == 0)) {
            // What is to be sent again still waits for its turn here.
            return false;
        }
        // The first cannot be in a gap: the other side has forgotten what it once said to have.
        boolean forgotten = window.at(window.acknowledged() + 1).state == SentChunk.State.RECEIVED;
        for (long tsn = window.acknowledged() + 1; tsn < window.next(); tsn++) {
            SentChunk chunk = window.at(tsn);
            if (chunk.state == SentChunk.State.IN_FLIGHT
                    || (forgotten && chunk.state == SentChunk.State.RECEIVED)) {
                lose(chunk, tsn, nowNanos);
            }
        }
        congestion.onTimeout();
        timeout.backOff();
        timeouts++;
        skipped.onTimeout();
        counters.count(SctpCount.TIMEOUTS);
        return true;
    }

    /** The path is another one: what is known of the old one does not hold. */
    void onPathChanged(long nowNanos) {
        timeout.onProgress();
        if (!window.isEmpty()) {
            timeoutAtNanos = Math.min(timeoutAtNanos, nowNanos);
        }
    }

    // ------------------------------------------------------------------ packets

    /** Tells the other side what it shall not wait for, if it is time. */
    void writeForward(PacketWriter writer, long nowNanos) {
        if (skipped.write(writer, nowNanos)) {
            arm(nowNanos);
        }
    }

    /** Whether {@link #write} would send something into an empty packet. */
    boolean ready(long nowNanos) {
        if (resendAtOnce || (window.hasLost() && windowOpen())) {
            return true;
        }
        Outgoing head = current(nowNanos);
        return head != null && mayBegin(Math.min(head.remainingBytes(), MAX_FRAGMENT_BYTES));
    }

    /** Fills the packet with chunks to be sent again, and then new ones. */
    void write(PacketWriter writer, long nowNanos) {
        boolean anyWindow = resendAtOnce;
        resendAtOnce = false;
        while (window.hasLost() && (anyWindow || windowOpen())) {
            long tsn = window.firstLost();
            SentChunk chunk = window.at(tsn);
            if (chunk.message.expired(nowNanos) && remoteForwards) {
                abandon(chunk.message);
                continue;
            }
            if (chunk.chunkBytes() > writer.room()) {
                return;
            }
            window.turn(chunk, tsn, SentChunk.State.IN_FLIGHT);
            counters.count(SctpCount.RETRANSMISSIONS);
            write(writer, chunk, tsn, nowNanos);
            if (tsn == window.acknowledged() + 1) {
                timeoutAtNanos = NEVER;
            }
            arm(nowNanos);
        }
        if (!window.hasLost()) {
            writeNew(writer, nowNanos);
        }
    }

    private void writeNew(PacketWriter writer, long nowNanos) {
        for (Outgoing message = current(nowNanos); message != null; message = current(nowNanos)) {
            int length = Math.min(message.remainingBytes(), MAX_FRAGMENT_BYTES);
            int chunkBytes = SentChunk.HEADER_BYTES + Wire.padded(length);
            if (chunkBytes > writer.room() || !mayBegin(length)) {
                return;
            }
            writePiece(writer, message, length, nowNanos);
        }
    }

    private void writePiece(PacketWriter writer, Outgoing message, int length, long nowNanos) {
        if (window.isEmpty() && nowNanos - lastSentNanos > timeout.nanos()) {
            congestion.onIdle();
        }
        long tsn = window.next();
        if (!message.begun()) {
            queue.begin();
            message.firstTsn = tsn;
            message.streamSequence = message.unordered ? 0 : message.channel.nextStreamSequence();
        }
        int offset = message.sentBytes;
        message.sentBytes += length;
        message.lastTsn = tsn;
        boolean last = message.remainingBytes() == 0;
        SentChunk chunk = new SentChunk(message, offset, length, last, SentChunk.State.IN_FLIGHT);
        window.add(chunk);
        write(writer, chunk, tsn, nowNanos);
        arm(nowNanos);
        if (last) {
            queue.end();
            if (message.protocol != DataProtocol.CONTROL) {
                counters.count(SctpCount.MESSAGES_OUT);
                counters.add(SctpCount.MESSAGE_BYTES_OUT, message.bytes.length);
            }
        }
    }

    private void write(PacketWriter writer, SentChunk chunk, long tsn, long nowNanos) {
        chunk.write(writer, tsn);
        chunk.sends++;
        chunk.order = order++;
        chunk.misses = 0;
        chunk.sentNanos = nowNanos;
        lastSentNanos = nowNanos;
    }

    /** The message to go on with; those whose time is over before they begin are dropped. */
    private @Nullable Outgoing current(long nowNanos) {
        while (true) {
            Outgoing head = queue.head();
            if (head == null || !head.expired(nowNanos)) {
                return head;
            }
            if (!head.begun()) {
                buffer.expireHead();
            } else if (remoteForwards) {
                abandon(head);
            } else {
                return head;
            }
        }
    }

    private boolean windowOpen() {
        return window.flightBytes() == 0 || window.flightBytes() < congestion.bytes();
    }

    /** RFC 9260 6.1: with nothing on the way one chunk may ask whether a full receiver has room again. */
    private boolean mayBegin(int length) {
        if (window.flightBytes() == 0) {
            return !window.isFull();
        }
        return window.flightBytes() < congestion.bytes()
                && window.flightBytes() + length <= remoteWindowBytes
                && !window.isFull();
    }

    private void arm(long nowNanos) {
        if (timeoutAtNanos == NEVER) {
            timeoutAtNanos = nowNanos + timeout.nanos();
        }
    }
}
