package io.sluice.bandwidth;

/**
 * How much may leave to one viewer now, of each kind of packets.
 *
 * <p>Everything that leaves counts. Audio never asks; retransmissions have a share of their own, so that who
 * asks for everything for ever gets no more than that; data stands behind them. Without an estimate nothing
 * is limited. Owned by the viewer's loop.
 */
public final class Pacer {
    /**
     * What leaves at once at most, in time at the pacing rate: a frame of a stream that fits leaves as
     * one run, and a link that is full gets no long queue at once.
     */
    static final long BURST_NANOS = 10_000_000;

    /** Audio does not wait; what it takes too much delays the others so long at most. */
    static final long DEBT_MAX_NANOS = 200_000_000;

    /** Of the estimate, for sending again: more is lost only where less should be sent. */
    private static final int RESEND_SHARE = 4;

    /** A burst of loss is repaired in one go. */
    private static final long RESEND_BURST_NANOS = 500_000_000;

    /** Of the estimate, for data beside video. */
    private static final int DATA_SHARE = 2;

    /** Of data, at most. */
    private static final int DATAGRAM_BYTES = 1_300;

    private static final long DATA_BURST_NANOS = 100_000_000;

    private final RateBudget all = new RateBudget(BURST_NANOS, DEBT_MAX_NANOS);
    private final RateBudget resends = new RateBudget(RESEND_BURST_NANOS, 2 * RESEND_BURST_NANOS);
    private final RateBudget data = new RateBudget(DATA_BURST_NANOS, 2 * DATA_BURST_NANOS);
    private long pacingBitsPerSecond = RateBudget.UNLIMITED;
    private long targetBitsPerSecond = RateBudget.UNLIMITED;

    /**
     * Sets the rates from now on.
     *
     * @param pacing of what waits, more than the target: a frame may leave quicker than the next one comes
     * @param target what the path is thought to carry
     */
    public void rates(long pacing, long target) {
        if (pacing != pacingBitsPerSecond) {
            pacingBitsPerSecond = pacing;
            all.rate(pacing);
        }
        if (target != targetBitsPerSecond) {
            targetBitsPerSecond = target;
            boolean unlimited = target == RateBudget.UNLIMITED;
            resends.rate(unlimited ? target : target / RESEND_SHARE);
            data.rate(unlimited ? target : target / DATA_SHARE);
        }
    }

    /** A packet of any kind leaves. */
    public void onSent(int sizeBytes, long nowNanos) {
        all.take(sizeBytes, nowNanos);
    }

    /** Whether a packet of video may leave now. */
    public boolean isOpen(long nowNanos) {
        return all.isOpen(nowNanos);
    }

    /** Whether the viewer may be sent one more packet again, now or when its turn comes. */
    public boolean mayResend(long nowNanos) {
        return resends.isOpen(nowNanos);
    }

    /** Whether a copy of what was sent again may leave: the other half of the budget is for what is asked for. */
    public boolean mayCopy(long nowNanos) {
        return resends.owedNanos(nowNanos) <= RESEND_BURST_NANOS / 2;
    }

    /** A packet that is sent again leaves, or will; beside {@link #onSent}. */
    public void onResend(int sizeBytes, long nowNanos) {
        resends.take(sizeBytes, nowNanos);
    }

    /**
     * How many bytes of data may leave now.
     *
     * @param besideVideo whether the viewer is sent video, which data must leave its part
     */
    public long dataRoomBytes(boolean besideVideo, long nowNanos) {
        long room = all.roomBytes(nowNanos);
        return besideVideo ? Math.min(room, data.roomBytes(nowNanos)) : room;
    }

    /** Whether data has used up its part. */
    public boolean isDataSpent(long nowNanos) {
        return data.roomBytes(nowNanos) < DATAGRAM_BYTES;
    }

    /** Data leaves; beside {@link #onSent}. */
    public void onData(int sizeBytes, long nowNanos) {
        data.take(sizeBytes, nowNanos);
    }
}
