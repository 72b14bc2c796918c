package io.sluice.transport;

import io.sluice.dtls.DtlsAssociation;
import io.sluice.forward.CongestionControl;
import io.sluice.forward.Egress;
import io.sluice.loop.Loop;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sctp.SctpConfig;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The data channels that a transport has or has not: they begin when they are first negotiated, and end
 * when they are no longer.
 *
 * <p>Owned by the transport's loop.
 */
final class DataLink implements DataPath.Output {
    /** A record's header, nonce and tag. */
    private static final int RECORD_BYTES = 37;

    private final Loop loop;
    private final SctpConfig config;
    private final RandomGenerator random;
    private final Egress egress;
    private final @Nullable DataListener listener;
    private final Consumer<Throwable> onDefect;
    private @Nullable DtlsAssociation dtls;
    private @Nullable DataPath path;

    /**
     * @param listener null: none are taken
     */
    DataLink(
            Loop loop,
            SctpConfig config,
            RandomGenerator random,
            Egress egress,
            @Nullable DataListener listener,
            Consumer<Throwable> onDefect) {
        this.loop = loop;
        this.config = config;
        this.random = random;
        this.egress = egress;
        this.listener = listener;
        this.onDefect = onDefect;
    }

    @Nullable DataPath path() {
        return path;
    }

    void negotiated(RemoteTransport remote) {
        RemoteSctp wanted = remote.sctp();
        DataPath present = path;
        if (wanted == null && present != null) {
            path = null;
            present.close();
        } else if (wanted != null && present == null && listener != null) {
            DataPath begun =
                    new DataPath(
                            loop,
                            config,
                            wanted,
                            remote.passive(),
                            random,
                            listener,
                            this,
                            onDefect);
            path = begun;
            if (dtls != null) {
                begun.connect(loop.nowNanos());
            }
        }
    }

    /** DTLS stands. */
    void connect(DtlsAssociation association, long nowNanos) {
        dtls = association;
        DataPath waiting = path;
        if (waiting != null) {
            waiting.connect(nowNanos);
            loop.execute(loop::endTurn);
        }
    }

    /** Returns whether anybody takes it. */
    boolean onPacket(byte[] bytes, int offset, int length, long nowNanos) {
        DataPath to = path;
        if (to == null) {
            return false;
        }
        to.onPacket(bytes, offset, length, nowNanos);
        return true;
    }

    void onDatagramEnd(long nowNanos) {
        DataPath answering = path;
        if (answering != null) {
            answering.onDatagramEnd(nowNanos);
        }
    }

    void onPathChanged() {
        DataPath changed = path;
        if (changed != null) {
            changed.onPathChanged(loop.nowNanos());
        }
    }

    void onTick(long nowNanos) {
        DataPath waiting = path;
        if (waiting != null) {
            waiting.onTick(nowNanos);
        }
    }

    void close() {
        DataPath open = path;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public boolean send(byte[] data, int offset, int length, long nowNanos) {
        DtlsAssociation association = dtls;
        if (association == null || !association.send(data, offset, length)) {
            return false;
        }
        CongestionControl congestion = egress.congestion();
        if (congestion != null) {
            congestion.onDataSent(length + RECORD_BYTES, nowNanos);
        }
        return true;
    }

    @Override
    public long roomBytes(long nowNanos) {
        CongestionControl congestion = egress.congestion();
        return congestion == null ? Long.MAX_VALUE : congestion.dataRoomBytes(nowNanos);
    }
}
