package io.sluice.sctp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The other side of an association, which says whatever a test wants, chunk by chunk. */
final class RawPeer {
    static final int TAG = 0x01020304;

    /** The first TSN it sends, and its first request number. */
    static final int TSN = 0xffff_fff0;

    final Side victim;
    long now = SimulatedPath.SECOND;
    int victimTag;

    /** The victim's first TSN. */
    int victimTsn;

    private final PacketWriter writer =
            new PacketWriter(RemoteSctp.DEFAULT_PORT, RemoteSctp.DEFAULT_PORT);
    private final byte[] out = new byte[4_000];

    RawPeer(Side victim) {
        this.victim = victim;
    }

    RawPeer() {
        this(new Side(SctpConfig.defaults(), false, 1));
    }

    RawPeer connected() {
        return connected(1 << 20);
    }

    RawPeer connected(int windowBytes) {
        echo(cookie(TAG, TSN, windowBytes));
        drain();
        return this;
    }

    static byte[] init(int tag, int tsn, int windowBytes) {
        return InitChunk.ours(tag, tsn, windowBytes, new byte[0], new byte[0])
                .encode(ChunkType.INIT);
    }

    /** Asks, and returns the cookie that comes back. */
    byte[] cookie(int tag, int tsn, int windowBytes) {
        drain();
        sendTo(0, init(tag, tsn, windowBytes));
        byte[] packet = drain().getLast();
        InitChunk answer = Objects.requireNonNull(InitChunk.read(packet, 16, packet.length - 16));
        victimTag = answer.tag();
        victimTsn = answer.initialTsn();
        return answer.cookie();
    }

    void echo(byte[] cookie) {
        send(chunk(ChunkType.COOKIE_ECHO, 0, cookie));
    }

    void send(byte[]... chunks) {
        sendTo(victimTag, chunks);
    }

    void sendTo(int tag, byte[]... chunks) {
        writer.begin(out, 0, tag);
        for (byte[] chunk : chunks) {
            writer.chunk(chunk);
        }
        victim.association.onPacket(out, 0, writer.finish(), now);
    }

    /** The packets that the victim has ready. */
    List<byte[]> drain() {
        List<byte[]> packets = new ArrayList<>();
        byte[] buffer = new byte[SctpAssociation.MAX_PACKET_BYTES];
        for (int length = victim.association.poll(buffer, 0, true, now);
                length > 0;
                length = victim.association.poll(buffer, 0, true, now)) {
            packets.add(Arrays.copyOf(buffer, length));
        }
        return packets;
    }

    /** The first chunk of a type among the packets that the victim has ready; null: there is none. */
    byte @Nullable [] drainFor(int type) {
        for (byte[] packet : drain()) {
            ChunkReader chunks = new ChunkReader();
            chunks.wrap(packet, 12, packet.length - 12);
            while (chunks.next()) {
                if (chunks.type() == type) {
                    return Arrays.copyOfRange(
                            packet, chunks.start(), chunks.start() + chunks.chunkBytes());
                }
            }
        }
        return null;
    }

    static byte[] chunk(int type, int flags, byte[] value) {
        byte[] chunk = Answers.chunk(type, value, 0, value.length);
        chunk[1] = (byte) flags;
        return chunk;
    }

    /** DATA; TSNs count from the first one. */
    static byte[] data(int tsn, int flags, int stream, int sequence, int protocol, byte[] bytes) {
        byte[] value = new byte[12 + bytes.length];
        Wire.put32(value, 0, TSN + tsn);
        Wire.put16(value, 4, stream);
        Wire.put16(value, 6, sequence);
        Wire.put32(value, 8, protocol);
        System.arraycopy(bytes, 0, value, 12, bytes.length);
        return chunk(ChunkType.DATA, flags, value);
    }

    /** A whole message. */
    static byte[] message(int tsn, int stream, int sequence, int protocol, byte[] bytes) {
        return data(
                tsn, Fragment.FLAG_FIRST | Fragment.FLAG_LAST, stream, sequence, protocol, bytes);
    }

    static byte[] open(int tsn, int stream) {
        return message(
                tsn,
                stream,
                0,
                DataProtocol.CONTROL,
                OpenMessage.open(ChannelOptions.reliable("c" + stream)));
    }

    /** A SACK; TSNs count from the victim's first one; gaps are pairs relative to it. */
    byte[] sack(int tsn, int windowBytes, int... gaps) {
        byte[] value = new byte[12 + 2 * gaps.length];
        Wire.put32(value, 0, victimTsn + tsn);
        Wire.put32(value, 4, windowBytes);
        Wire.put16(value, 8, gaps.length / 2);
        for (int i = 0; i < gaps.length; i++) {
            Wire.put16(value, 12 + 2 * i, gaps[i]);
        }
        return chunk(ChunkType.SACK, 0, value);
    }

    /** A FORWARD-TSN; streams and sequences in pairs. */
    static byte[] forward(int tsn, int... streams) {
        byte[] value = new byte[4 + 2 * streams.length];
        Wire.put32(value, 0, TSN + tsn);
        for (int i = 0; i < streams.length; i++) {
            Wire.put16(value, 4 + 2 * i, streams[i]);
        }
        return chunk(ChunkType.FORWARD_TSN, 0, value);
    }

    /** An outgoing reset request for all streams; {@code lastTsn} is the last one sent before it. */
    static byte[] reset(int number, int lastTsn) {
        byte[] value = new byte[16];
        Wire.put16(value, 0, 13);
        Wire.put16(value, 2, 16);
        Wire.put32(value, 4, number);
        Wire.put32(value, 12, lastTsn);
        return chunk(ChunkType.RE_CONFIG, 0, value);
    }

    /** The result in the victim's answer to a reset. */
    int result() {
        byte[] response = drainFor(ChunkType.RE_CONFIG);
        return Wire.i32(Objects.requireNonNull(response, "no answer"), 12);
    }
}
