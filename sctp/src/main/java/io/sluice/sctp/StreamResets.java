package io.sluice.sctp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * How channels end: each side tells the other that it sends no more on a stream (RFC 6525, RFC 8831
 * 6.7).
 *
 * <p>Owned by the loop of its association.
 */
final class StreamResets {
    static final long NEVER = Long.MAX_VALUE;

    /** So many streams in one request: an eighth of a packet, and the next request follows soon. */
    private static final int MAX_STREAMS = 64;

    /** RFC 6525 3.1: what a chunk can hold at most. */
    private static final int MAX_PARAMETERS = 2;

    private static final int OUTGOING_REQUEST = 13;
    private static final int INCOMING_REQUEST = 14;
    private static final int RESPONSE = 16;
    private static final int ADD_OUTGOING_REQUEST = 17;
    private static final int REQUEST_BYTES = 12;
    private static final int NUMBER_BYTES = 4;

    private static final int NOTHING_TO_DO = 0;
    private static final int PERFORMED = 1;
    private static final int DENIED = 2;
    private static final int BUSY = 4;
    private static final int BAD_NUMBER = 5;
    private static final int IN_PROGRESS = 6;

    private static final byte[] NONE = {};

    private final Channels channels;
    private final RetransmissionTimeout timeout;
    private final SctpCounters counters;
    private final List<DataChannel> closing = new ArrayList<>();

    /** Streams that the other side opened and that are no channels. */
    private final BitSet refused = new BitSet();

    private final List<DataChannel> asked = new ArrayList<>();

    /** The request that is not answered yet. */
    private byte[] request = NONE;

    private boolean requestDue;
    private long requestAtNanos = NEVER;
    private int requestNumber;
    private int remoteNumber;
    private int remoteResult = NOTHING_TO_DO;

    /** The value of a request that came before what it speaks of. */
    private byte[] early = NONE;

    private boolean connected;

    StreamResets(
            Channels channels,
            int initialTsn,
            RetransmissionTimeout timeout,
            SctpCounters counters) {
        this.channels = channels;
        this.timeout = timeout;
        this.counters = counters;
        requestNumber = initialTsn;
    }

    /**
     * @param supported whether the other side can do this at all
     */
    void onConnected(int remoteTsn, boolean supported) {
        remoteNumber = remoteTsn;
        connected = supported;
    }

    /** The channel ends when all of it is sent and the other side agrees; false: it ends now. */
    boolean close(DataChannel channel) {
        if (connected) {
            closing.add(channel);
        }
        return connected;
    }

    void refuse(int stream) {
        if (connected) {
            refused.set(stream);
        }
    }

    /** Whether our request for a channel is on the way. */
    boolean isAsked(DataChannel channel) {
        return asked.contains(channel);
    }

    // ------------------------------------------------------------------ our requests

    /** Writes our request if it is time. */
    void write(PacketWriter writer, Outbound outbound, long nowNanos) {
        if (request.length == 0) {
            compose(outbound);
        }
        if (requestDue && Wire.padded(request.length) <= writer.room()) {
            writer.chunk(request);
            requestDue = false;
            requestAtNanos = nowNanos + timeout.nanos();
        }
    }

    private void compose(Outbound outbound) {
        if (closing.isEmpty() && refused.isEmpty()) {
            return;
        }
        int[] streams = new int[MAX_STREAMS];
        int count = 0;
        for (int i = 0; i < closing.size() && count < MAX_STREAMS; i++) {
            DataChannel channel = closing.get(i);
            if (outbound.hasSentAll(channel)) {
                asked.add(channel);
                streams[count++] = channel.id();
            }
        }
        closing.removeAll(asked);
        while (count < MAX_STREAMS && !refused.isEmpty()) {
            int stream = refused.nextSetBit(0);
            refused.clear(stream);
            streams[count++] = stream;
        }
        if (count == 0) {
            return;
        }
        byte[] value = new byte[ParameterReader.HEADER_BYTES + REQUEST_BYTES + 2 * count];
        Wire.put16(value, 0, OUTGOING_REQUEST);
        Wire.put16(value, 2, value.length);
        Wire.put32(value, 4, requestNumber);
        Wire.put32(value, 8, remoteNumber - 1);
        Wire.put32(value, 12, outbound.lastTsn());
        for (int i = 0; i < count; i++) {
            Wire.put16(value, 16 + 2 * i, streams[i]);
        }
        request = Answers.chunk(ChunkType.RE_CONFIG, value, 0, value.length);
        requestDue = true;
    }

    long nextTimeoutNanos() {
        return requestAtNanos;
    }

    /** Returns whether the other side has been silent for too long. */
    boolean onTimer(long nowNanos) {
        if (nowNanos < requestAtNanos) {
            return false;
        }
        requestAtNanos = NEVER;
        requestDue = true;
        timeout.backOff();
        return true;
    }

    private void onResponse(int number, int result) {
        if (request.length == 0 || number != requestNumber) {
            counters.drop(SctpDrop.UNEXPECTED);
            return;
        }
        if (result == IN_PROGRESS || result == BUSY) {
            // The timer that runs asks again.
            return;
        }
        // Whatever the result, the other side has nothing more to say to it.
        request = NONE;
        requestDue = false;
        requestAtNanos = NEVER;
        requestNumber++;
        List<DataChannel> done = List.copyOf(asked);
        asked.clear();
        done.forEach(channels::onLocalReset);
    }

    // ------------------------------------------------------------------ the other side's requests

    /** Takes the value of a RE-CONFIG chunk; answers go to {@code answers}. */
    void onReconfig(
            byte[] buffer, int at, int length, Inbound inbound, Answers answers, int remoteTag) {
        ParameterReader parameters = new ParameterReader(buffer, at, length);
        for (int i = 0; parameters.next(); i++) {
            if (i == MAX_PARAMETERS) {
                counters.drop(SctpDrop.MALFORMED);
                return;
            }
            int value = parameters.value();
            int size = parameters.valueBytes();
            if (size < NUMBER_BYTES) {
                counters.drop(SctpDrop.MALFORMED);
                return;
            }
            int number = Wire.i32(buffer, value);
            if (parameters.type() == RESPONSE) {
                onResponse(number, size < 2 * NUMBER_BYTES ? DENIED : Wire.i32(buffer, value + 4));
                continue;
            }
            int result = result(parameters.type(), number, buffer, value, size, inbound);
            respond(number, result, answers, remoteTag);
        }
        if (parameters.malformed()) {
            counters.drop(SctpDrop.MALFORMED);
        }
    }

    private static void respond(int number, int result, Answers answers, int remoteTag) {
        byte[] response = new byte[ParameterReader.HEADER_BYTES + 2 * NUMBER_BYTES];
        Wire.put16(response, 0, RESPONSE);
        Wire.put16(response, 2, response.length);
        Wire.put32(response, 4, number);
        Wire.put32(response, 8, result);
        answers.add(
                Answers.chunk(ChunkType.RE_CONFIG, response, 0, response.length), remoteTag, false);
    }

    /**
     * Data has come: carries out a request that waited for it. The other side would ask again, but
     * after seconds.
     */
    void onArrived(Inbound inbound, Answers answers, int remoteTag) {
        if (early.length == 0 || !inbound.hasAll(Wire.i32(early, 8))) {
            return;
        }
        byte[] value = early;
        int number = Wire.i32(value, 0);
        int result = result(OUTGOING_REQUEST, number, value, 0, value.length, inbound);
        respond(number, result, answers, remoteTag);
    }

    private int result(int type, int number, byte[] buffer, int at, int size, Inbound inbound) {
        if (number == remoteNumber - 1) {
            // Our answer was lost.
            return remoteResult;
        }
        if (number != remoteNumber) {
            return BAD_NUMBER;
        }
        int result =
                switch (type) {
                    case OUTGOING_REQUEST -> resetIncoming(buffer, at, size, inbound);
                    case INCOMING_REQUEST -> closeAsked(buffer, at, size);
                    // Firefox begins with 256 streams; we take all that there can be.
                    case ADD_OUTGOING_REQUEST -> PERFORMED;
                    default -> DENIED;
                };
        if (result == IN_PROGRESS) {
            early = Arrays.copyOfRange(buffer, at, at + size);
        } else {
            early = NONE;
            remoteNumber++;
            remoteResult = result;
        }
        return result;
    }

    /** RFC 6525 5.2.2: only once all that was sent before has come. */
    private int resetIncoming(byte[] buffer, int at, int size, Inbound inbound) {
        if (size < REQUEST_BYTES) {
            return DENIED;
        }
        if (!inbound.hasAll(Wire.i32(buffer, at + 8))) {
            return IN_PROGRESS;
        }
        if (size < REQUEST_BYTES + 2) {
            inbound.resetAllStreams();
            channels.all().forEach(channel -> channels.onRemoteReset(channel.id()));
            return PERFORMED;
        }
        for (int i = at + REQUEST_BYTES; i + 2 <= at + size; i += 2) {
            int stream = Wire.u16(buffer, i);
            inbound.resetStream(stream);
            channels.onRemoteReset(stream);
        }
        return PERFORMED;
    }

    /** RFC 6525 5.2.3: asked to end our direction, we do so as if we had wanted it. */
    private int closeAsked(byte[] buffer, int at, int size) {
        for (int i = at + NUMBER_BYTES; i + 2 <= at + size; i += 2) {
            int stream = Wire.u16(buffer, i);
            DataChannel channel = stream < ChannelTable.MAX_IDS ? channels.find(stream) : null;
            if (channel != null) {
                channels.close(channel);
            }
        }
        return NOTHING_TO_DO;
    }
}
