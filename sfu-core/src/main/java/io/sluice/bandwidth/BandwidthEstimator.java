package io.sluice.bandwidth;

import io.sluice.rtp.RtcpReader;
import org.jspecify.annotations.Nullable;

/**
 * What the path to one viewer carries, found from what becomes of the packets sent to it.
 *
 * <p>Rates are bits per second and count whole datagrams: the UDP payload and {@link #OVERHEAD_BYTES}.
 * Nothing a viewer says throws: a report that cannot be true is counted ({@link #lies}) and changes nothing,
 * and an estimate of its own is kept within bounds. Another kind of estimator plugs in by a {@link Factory}.
 * Owned by the viewer's loop.
 */
public interface BandwidthEstimator {
    /** IPv4 and UDP headers, which fill the path too. */
    int OVERHEAD_BYTES = 28;

    /** The probe of a packet that belongs to none. */
    int NO_PROBE = 0;

    /** Makes the estimator of one viewer when the first packet is about to be sent to it. */
    @FunctionalInterface
    interface Factory {
        BandwidthEstimator create(BandwidthConfig config, long nowNanos);
    }

    /**
     * A packet leaves.
     *
     * @param sequence its transport-wide number, unwrapped: each is the one before and 1
     * @param sizeBytes of the UDP payload and {@link #OVERHEAD_BYTES}
     * @param probe the {@link ProbePlan#id} it is sent for, or {@link #NO_PROBE}
     */
    void onSent(long sequence, int sizeBytes, int probe, long nowNanos);

    /**
     * A packet leaves to a viewer that reports by streams (RFC 8888); before {@link #onSent} of it.
     *
     * @param rtpSequence 16 bits
     * @param sequence as {@link #onSent} has it; the viewer does not know it
     */
    default void onStreamSent(int ssrc, int rtpSequence, long sequence) {}

    /** Takes the transport-wide feedback, or that of RFC 8888, that the reader stands on. */
    void onFeedback(RtcpReader reader, long nowNanos);

    /** The viewer's own estimate (REMB). Only used while it sends no feedback by packets. */
    void onRemb(long bitsPerSecond, long nowNanos);

    /**
     * What receiver reports of one message say the viewer's path has lost since the ones before: of what was
     * sent of all streams, the share that was lost of the stream that lost least. Only used while the viewer
     * sends no feedback by packets.
     */
    void onLossReport(int lost, int expected, long nowNanos);

    /** A round trip as reports measure it. */
    void onRoundTrip(long nanos);

    /** Lets time pass; some 10 to 100 times a second. */
    void onTick(long nowNanos);

    /** The path is another one: what was learnt does not hold any more. */
    void onPathChanged(long nowNanos);

    /** Sets the most that could be used now: there is no sense in probing for more. 0: nothing is wanted. */
    void demand(long bitsPerSecond);

    /** What the path is taken to carry. The target is below it while what was sent has to get through first. */
    default long estimateBitsPerSecond() {
        return targetBitsPerSecond();
    }

    /** Writes down what is found from now on, or no more. */
    default void trace(@Nullable BandwidthTrace trace) {}

    /** What may be sent at the moment, with retransmissions and data; the estimate is what is shared out. */
    long targetBitsPerSecond();

    /** At which rate a pacer may send what waits. */
    long pacingBitsPerSecond();

    /**
     * The share of the bytes that is lost while no queue stands, 0 to 1: what the path loses whatever is sent. 0 where
     * losses may be of too much that is sent.
     */
    double calmLoss();

    /** The next probe that should be sent, given once, or null. */
    @Nullable ProbePlan poll(long nowNanos);

    /** How many reports were ignored because they cannot be true. */
    long lies();
}
