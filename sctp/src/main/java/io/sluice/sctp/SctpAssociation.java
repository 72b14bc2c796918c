package io.sluice.sctp;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One SCTP association on top of DTLS (RFC 8261, RFC 9260), with its data channels.
 *
 * <p>Owned by the loop of its transport: every method is called there, and so is the listener. After
 * any call {@link #poll} is asked for packets until it has none, and {@link #nextTimeoutNanos} for the
 * next {@link #onTimer}. Memory is bounded by {@link SctpConfig}, whatever the other side does.
 *
 * <p>After each packet that comes, not after a batch of them: acknowledgments are due every second
 * packet, and one that is lost must not be the only one of a batch.
 */
public final class SctpAssociation {
    public static final long NEVER = Long.MAX_VALUE;

    /** What {@link #poll} may write. */
    public static final int MAX_PACKET_BYTES = PacketWriter.MAX_PACKET_BYTES;

    private static final int LOCAL_PORT = RemoteSctp.DEFAULT_PORT;

    private final SctpCounters counters;
    private final ChunkReader chunks = new ChunkReader();
    private final PacketWriter writer;
    private final Channels channels;
    private final StateMachine machine;
    private final Arrivals arrivals;

    /**
     * @param evenIds whether channels opened here have even ids: the DTLS client's have (RFC 8832 6)
     * @param random tags and sequence numbers must not be guessed: a secure one
     */
    public SctpAssociation(
            SctpConfig config,
            RemoteSctp remote,
            boolean evenIds,
            RandomGenerator random,
            SctpCounters counters,
            SctpListener listener) {
        this.counters = counters;
        int limit = config.maxMessageBytes();
        int most =
                remote.maxMessageBytes() == 0 ? limit : Math.min(limit, remote.maxMessageBytes());
        writer = new PacketWriter(LOCAL_PORT, remote.port());
        channels = new Channels(this, config, evenIds, counters, listener);
        machine = new StateMachine(config, most, random, channels, counters, listener);
        arrivals = new Arrivals(machine, counters);
    }

    Outbound outbound() {
        return machine.flow().outbound;
    }

    SendBuffer buffer() {
        return outbound().buffer;
    }

    StreamResets resets() {
        return machine.flow().resets;
    }

    /** Asks for the association. The other side may do so at the same time, or instead. */
    public void connect(long nowNanos) {
        machine.connect(nowNanos);
    }

    /**
     * Opens a channel; messages may be sent at once, before the association stands too.
     *
     * @return null if there are too many channels, or the association has ended
     * @throws IllegalArgumentException if a name is too long
     */
    public @Nullable DataChannel open(ChannelOptions options, long nowNanos) {
        return machine.state().endsOrEnded() ? null : channels.open(options, nowNanos);
    }

    /**
     * Opens a channel that the other side opens with the same id, as agreed elsewhere.
     *
     * @return null if the id is taken or too large, there are too many, or the association has ended
     */
    public @Nullable DataChannel openNegotiated(int id, ChannelOptions options) {
        return machine.state().endsOrEnded() ? null : channels.openNegotiated(id, options);
    }

    /** The open channel of an id, or null. */
    public @Nullable DataChannel channel(int id) {
        return id >= 0 && id < ChannelTable.MAX_IDS ? channels.find(id) : null;
    }

    /** Channels that are not closed. */
    public int channelCount() {
        return channels.size();
    }

    /** Whether messages flow. */
    public boolean isConnected() {
        return machine.state().isConnected();
    }

    /** Payload bytes that wait here to be sent or acknowledged, of all channels. */
    public long bufferedBytes() {
        return buffer().bytes();
    }

    /** Messages that wait here to be sent or acknowledged, of all channels. */
    public int bufferedMessages() {
        return buffer().messages();
    }

    /** Payload bytes that came and wait for others that are missing. */
    public long heldBytes() {
        Inbound inbound = machine.flow().inbound();
        return inbound == null ? 0 : inbound.heldBytes();
    }

    /**
     * Says how much of what was delivered is not worked off yet: the other side may send so much less.
     * What it sends nevertheless is dropped, and not acknowledged.
     */
    public void owe(long bytes) {
        Inbound inbound = machine.flow().inbound();
        if (inbound != null) {
            inbound.owe(bytes);
        }
    }

    /**
     * When the message was given to be sent that has waited longest for its acknowledgment: what tells
     * a slow receiver. {@link #NEVER} if none waits.
     */
    public long waitingSinceNanos() {
        return outbound().waitingSinceNanos();
    }

    /** The path is another one: what waited for an answer on the old one is sent again at once. */
    public void onPathChanged(long nowNanos) {
        machine.onPathChanged(nowNanos);
    }

    /** Ends the association once all that was given to be sent is acknowledged. */
    public void shutdown(long nowNanos) {
        machine.shutdown(nowNanos);
    }

    /** Ends the association at once; the packet that says so is still to be polled. */
    public void abort() {
        machine.abort();
    }

    SendResult send(DataChannel channel, DataMessage message, long nowNanos) {
        if (machine.state().endsOrEnded()
                || (channel.state != DataChannel.State.OPEN
                        && channel.state != DataChannel.State.OPENING)) {
            return SendResult.CLOSED;
        }
        return buffer().add(channel, message, nowNanos);
    }

    void close(DataChannel channel) {
        channels.close(channel);
    }

    void abandon(DataChannel channel) {
        buffer().discard(channel);
        channels.close(channel);
    }

    /** Takes one packet: the application data of one DTLS record. The bytes are the caller's again. */
    public void onPacket(byte[] buffer, int offset, int length, long nowNanos) {
        counters.count(SctpCount.PACKETS_IN);
        int header = PacketWriter.HEADER_BYTES;
        if (length < header + ChunkReader.HEADER_BYTES) {
            counters.drop(SctpDrop.MALFORMED);
        } else if (!writer.checksumFits(buffer, offset, length)
                || Wire.u16(buffer, offset + 2) != LOCAL_PORT) {
            counters.drop(SctpDrop.BAD_CHECKSUM);
        } else if (!chunks.wrap(buffer, offset + header, length - header)) {
            counters.drop(SctpDrop.MALFORMED);
        } else {
            arrivals.onChunks(chunks, Wire.i32(buffer, offset + 4), nowNanos);
        }
    }

    /** When {@link #onTimer} is due; {@link #NEVER} if there is nothing to wait for. */
    public long nextTimeoutNanos() {
        return machine.nextTimeoutNanos();
    }

    /** Time has passed; early calls do no harm. */
    public void onTimer(long nowNanos) {
        machine.onTimer(nowNanos);
    }

    /**
     * Writes the next packet: the application data of one DTLS record.
     *
     * @param buffer has room for {@link #MAX_PACKET_BYTES} from the offset on
     * @param withData false: messages wait, and only what keeps the association alive may go
     * @return its length; 0: there is none now
     */
    public int poll(byte[] buffer, int offset, boolean withData, long nowNanos) {
        Answers answers = machine.answers();
        Answers.Answer first = answers.first();
        if (first != null && first.alone()) {
            writer.begin(buffer, offset, first.tag());
            writer.chunk(first.chunk());
            answers.removeFirst();
            return finish();
        }
        writer.begin(buffer, offset, machine.remoteTag());
        while (first != null
                && !first.alone()
                && Wire.padded(first.chunk().length) <= writer.room()) {
            writer.chunk(first.chunk());
            answers.removeFirst();
            first = answers.first();
        }
        AssociationState state = machine.state();
        if (state.isConnected()) {
            machine.flow().write(writer, state.sendsData(), withData, nowNanos);
        }
        return writer.isEmpty() ? 0 : finish();
    }

    private int finish() {
        counters.count(SctpCount.PACKETS_OUT);
        return writer.finish();
    }
}
