package io.sluice.bench.load;

import io.sluice.dtls.DtlsAssociation;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sctp.SctpAssociation;
import io.sluice.sctp.SctpConfig;
import io.sluice.sctp.SctpCounters;
import io.sluice.sctp.SctpEnd;
import io.sluice.sctp.SctpListener;
import io.sluice.sctp.SendResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of one client: a sender, which goes on for as long as its receivers keep up, or a receiver,
 * which counts.
 *
 * <p>Owned by its client's loop; what it counts may be read from anywhere.
 */
final class DataEnd implements SctpListener {
    private static final String LABEL = "load";

    private final byte[] packet = new byte[SctpAssociation.MAX_PACKET_BYTES];
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final AtomicLong messages = new AtomicLong();
    private final SctpAssociation association;
    private @Nullable DtlsAssociation dtls;
    private @Nullable DataSource source;
    private @Nullable DataChannel channel;

    /** What a sender sends, and when it may. */
    interface DataSource {
        /** The next message; null: not now. */
        @Nullable DataMessage next();
    }

    DataEnd(RandomGenerator random) {
        association =
                new SctpAssociation(
                        SctpConfig.defaults(),
                        new RemoteSctp(RemoteSctp.DEFAULT_PORT, 262_144),
                        true,
                        random,
                        new SctpCounters(),
                        this);
    }

    /** Done when messages flow. */
    CompletableFuture<Void> connected() {
        return connected;
    }

    /** Messages that came so far, or that were sent. */
    long messages() {
        return messages.get();
    }

    /** Sends from now on; on the loop. */
    void send(DataSource from) {
        source = from;
        channel = association.open(ChannelOptions.reliable(LABEL), System.nanoTime());
    }

    void connect(DtlsAssociation over) {
        dtls = over;
        association.connect(System.nanoTime());
        flush(System.nanoTime());
    }

    /** Takes one packet. */
    boolean onPacket(byte[] bytes, int offset, int length) {
        long nowNanos = System.nanoTime();
        association.onPacket(bytes, offset, length, nowNanos);
        pull(nowNanos);
        flush(nowNanos);
        return true;
    }

    void onTick(long nowNanos) {
        if (nowNanos >= association.nextTimeoutNanos()) {
            association.onTimer(nowNanos);
        }
        pull(nowNanos);
        flush(nowNanos);
    }

    private void pull(long nowNanos) {
        DataSource from = source;
        DataChannel to = channel;
        if (from == null || to == null) {
            return;
        }
        for (DataMessage next = from.next(); next != null; next = from.next()) {
            if (to.send(next, nowNanos) != SendResult.QUEUED) {
                throw new IllegalStateException("more is sent than may wait");
            }
            messages.incrementAndGet();
        }
    }

    private void flush(long nowNanos) {
        DtlsAssociation over = dtls;
        if (over == null) {
            return;
        }
        int length = association.poll(packet, 0, true, nowNanos);
        while (length > 0 && over.send(packet, 0, length)) {
            length = association.poll(packet, 0, true, nowNanos);
        }
    }

    @Override
    public void onSctpConnected() {
        connected.complete(null);
    }

    @Override
    public void onChannel(DataChannel opened) {}

    @Override
    public void onChannelOpen(DataChannel opened) {}

    @Override
    public void onMessage(DataChannel from, DataMessage message) {
        messages.incrementAndGet();
    }

    @Override
    public void onChannelClosed(DataChannel closed) {
        source = null;
    }

    @Override
    public void onSctpRestarted() {}

    @Override
    public void onSctpEnded(SctpEnd reason) {
        source = null;
        connected.completeExceptionally(new IllegalStateException("SCTP ended: " + reason));
    }
}
