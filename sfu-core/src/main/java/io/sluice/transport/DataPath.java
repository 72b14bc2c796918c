package io.sluice.transport;

import io.sluice.loop.Departures;
import io.sluice.loop.Loop;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sctp.SctpAssociation;
import io.sluice.sctp.SctpConfig;
import io.sluice.sctp.SendResult;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of one transport: their SCTP association, and its way through DTLS (RFC 8261).
 *
 * <p>Owned by the transport's loop. What is to be sent leaves at the end of a turn, after media.
 */
public final class DataPath implements Departures.Departing {

    /** Of one transport in one turn, 38 kB, a tenth of a millisecond: the others' packets are due as well. */
    private static final int PACKETS_PER_TURN = 32;

    /** The way out, on the loop. */
    @FunctionalInterface
    public interface Output {

        /** Sends one record; false: it is lost. */
        boolean send(byte[] data, int offset, int length, long nowNanos);

        /** What may leave now behind media; where nothing bounds it, everything. */
        default long roomBytes(long nowNanos) {
            return Long.MAX_VALUE;
        }
    }

    private final Loop loop;
    private final DataListener listener;
    private final Output output;
    private final Consumer<Throwable> onDefect;
    private final SctpAssociation association;
    private boolean departing;

    /** A packet came and may want an answer. */
    private boolean answers;

    private boolean closed;
    private long reportedBytes;

    /**
     * @param evenIds whether channels opened here have even ids: the DTLS client's have
     * @param onDefect ends the transport; called on its loop
     */
    public DataPath(
            Loop loop,
            SctpConfig config,
            RemoteSctp remote,
            boolean evenIds,
            RandomGenerator random,
            DataListener listener,
            Output output,
            Consumer<Throwable> onDefect) {
        this.loop = loop;
        this.listener = listener;
        this.output = output;
        this.onDefect = onDefect;
        association =
                new SctpAssociation(config, remote, evenIds, random, loop.data().sctp(), listener);
        loop.data().opened();
    }

    /** Payload that waits to be sent or acknowledged. */
    public long bufferedBytes() {
        return association.bufferedBytes();
    }

    /** Messages that wait to be sent or acknowledged. */
    public int bufferedMessages() {
        return association.bufferedMessages();
    }

    /** Opens a channel; null: there are too many, or the association has ended. */
    public @Nullable DataChannel open(ChannelOptions options, long nowNanos) {
        wake();
        return association.open(options, nowNanos);
    }

    /** Takes a channel that the other side has opened under the same id without saying so; null: it cannot be. */
    public @Nullable DataChannel know(int id, ChannelOptions options) {
        return association.openNegotiated(id, options);
    }

    /** Takes a message for one of its channels; it leaves at the end of the loop's turn. */
    public SendResult send(DataChannel channel, DataMessage message, long nowNanos) {
        wake();
        return channel.send(message, nowNanos);
    }

    /** So much of what came is not worked off: see {@link SctpAssociation#owe}. */
    public void owe(long bytes) {
        association.owe(bytes);
        wake();
    }

    /** There is something to send, or to tell, at the end of this turn. */
    public void wake() {
        if (!departing && !closed) {
            departing = true;
            loop.afterMedia().add(this);
        }
    }

    /** DTLS stands. */
    public void connect(long nowNanos) {
        association.connect(nowNanos);
        wake();
    }

    void onPathChanged(long nowNanos) {
        association.onPathChanged(nowNanos);
        wake();
    }

    /** The application data of one record; what answers it leaves with {@link #onDatagramEnd}. */
    public void onPacket(byte[] data, int offset, int length, long nowNanos) {
        if (closed) {
            return;
        }
        association.onPacket(data, offset, length, nowNanos);
        answers = true;
        wake();
    }

    /** All records of a datagram were taken: it is answered once, however many they were. */
    public void onDatagramEnd(long nowNanos) {
        if (answers && !closed) {
            answers = false;
            // Acknowledgments are due every second packet, not once a turn.
            send(false, Integer.MAX_VALUE, nowNanos);
        }
    }

    /** Time has passed. */
    public void onTick(long nowNanos) {
        if (nowNanos >= association.nextTimeoutNanos()) {
            association.onTimer(nowNanos);
            wake();
        }
        if (association.bufferedBytes() > 0) {
            // There may have been no room for it.
            wake();
        }
    }

    @Override
    public void depart() {
        try {
            if (closed) {
                return;
            }
            listener.onDataTurnEnd();
            long nowNanos = loop.nowNanos();
            if (send(true, PACKETS_PER_TURN, nowNanos) == PACKETS_PER_TURN) {
                // What media has come meanwhile goes first: a mere task would run before any is
                // looked for.
                Future<?> _ = loop.schedule(this::goOn, 0);
            }
            report(association.bufferedBytes() + association.heldBytes());
        } catch (RuntimeException | Error e) {
            // Not from within: others depart too.
            loop.execute(() -> onDefect.accept(e));
        } finally {
            // Only now: nobody waits anew while others depart.
            departing = false;
        }
    }

    private void goOn() {
        wake();
        loop.endTurn();
    }

    @Override
    public boolean isPatient(long nowNanos) {
        return false;
    }

    /** Returns how many packets were sent. */
    private int send(boolean withData, int most, long nowNanos) {
        byte[] packet = loop.scratch().sctp();
        long roomBytes = withData ? output.roomBytes(nowNanos) : 0;
        int packets = 0;
        while (packets < most) {
            int length = association.poll(packet, 0, roomBytes > 0, nowNanos);
            if (length == 0) {
                break;
            }
            packets++;
            roomBytes -= length;
            if (!output.send(packet, 0, length, nowNanos)) {
                // As good as lost on the way: it is sent again.
                break;
            }
        }
        return packets;
    }

    private void report(long bytes) {
        loop.data().buffered(bytes - reportedBytes);
        reportedBytes = bytes;
    }

    /** Ends the association at once, and says so. */
    public void close() {
        if (closed) {
            return;
        }
        association.abort();
        send(false, 1, loop.nowNanos());
        closed = true;
        report(0);
        loop.data().closed();
    }
}
