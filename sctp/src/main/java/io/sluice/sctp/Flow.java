package io.sluice.sctp;

import org.jspecify.annotations.Nullable;

/**
 * Both halves of an association and their timers: all that begins anew when the other side does.
 *
 * <p>Owned by the loop of its association.
 */
final class Flow {
    final RetransmissionTimeout timeout = new RetransmissionTimeout();
    final Heartbeat heartbeat = new Heartbeat(timeout);
    final Outbound outbound;
    final StreamResets resets;

    private final SctpConfig config;
    private final Channels channels;
    private final SctpCounters counters;
    private @Nullable Inbound inbound;

    Flow(
            SctpConfig config,
            int maxMessageBytes,
            int localTsn,
            Channels channels,
            SctpCounters counters) {
        this.config = config;
        this.channels = channels;
        this.counters = counters;
        outbound = new Outbound(config, maxMessageBytes, localTsn, timeout, counters);
        resets = new StreamResets(channels, localTsn, timeout, counters);
    }

    /** Null before the other side is known. */
    @Nullable Inbound inbound() {
        return inbound;
    }

    void onConnected(InitChunk remote, long nowNanos) {
        timeout.onProgress();
        inbound = new Inbound(config, remote.initialTsn(), channels, counters);
        outbound.onConnected(remote.windowBytes(), remote.forwards());
        resets.onConnected(remote.initialTsn(), remote.resets());
        heartbeat.restart(nowNanos);
    }

    /** Nothing is delivered any more. */
    void end() {
        heartbeat.stop();
        if (inbound != null) {
            inbound.end();
        }
    }

    long nextTimeoutNanos() {
        long next = Math.min(heartbeat.nextTimeoutNanos(), outbound.nextTimeoutNanos());
        next = Math.min(next, resets.nextTimeoutNanos());
        return inbound == null ? next : Math.min(next, inbound.nextTimeoutNanos());
    }

    /** Returns how many questions the other side has left unanswered for too long. */
    int onTimer(long nowNanos) {
        if (inbound != null) {
            inbound.onTimer(nowNanos);
        }
        int unanswered = outbound.onTimer(nowNanos) ? 1 : 0;
        return resets.onTimer(nowNanos) ? unanswered + 1 : unanswered;
    }

    /**
     * Fills the packet.
     *
     * @param sends whether the state allows more than acknowledgments
     */
    void write(PacketWriter writer, boolean sends, boolean withData, long nowNanos) {
        if (inbound == null) {
            return;
        }
        boolean data = withData && sends && outbound.ready(nowNanos);
        if (inbound.ackDue() || (data && inbound.owesAck())) {
            inbound.writeAck(writer);
        }
        if (sends) {
            resets.write(writer, outbound, nowNanos);
            outbound.writeForward(writer, nowNanos);
        }
        if (data) {
            outbound.write(writer, nowNanos);
        }
    }
}
