package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever chunks a packet holds, the association stays within it and within its limits. The first
 * byte of an input says in which state it comes; what the packet needs beside its chunks is right.
 */
final class SctpFuzzTest {
    private static final int STATES = 4;

    static List<byte[]> packets() {
        byte[] text = {'h', 'i'};
        return List.of(
                packet(0, RawPeer.init(7, 7, 100_000)),
                packet(1, RawPeer.open(0, 0), RawPeer.message(1, 0, 1, 51, text)),
                packet(
                        1,
                        RawPeer.data(0, Fragment.FLAG_FIRST, 0, 0, 53, text),
                        RawPeer.data(2, Fragment.FLAG_LAST, 0, 0, 53, text),
                        RawPeer.data(1, 0, 0, 0, 53, text)),
                packet(1, RawPeer.forward(3, 0, 1, 2, 0), Answers.shutdown(0)),
                packet(2, new RawPeer().sack(0, 100_000, 2, 3)),
                packet(
                        2,
                        RawPeer.chunk(
                                ChunkType.RE_CONFIG,
                                0,
                                new byte[] {
                                    0, 13, 0, 18, -1, -1, -1, -16, 0, 0, 0, 0, -1, -1, -1, -17, 0,
                                    0, 0, 0, 0, 16, 0, 12, 0, 0, 0, 1, 0, 0, 0, 1
                                })),
                packet(3, Answers.chunk(ChunkType.SHUTDOWN_ACK, 0)),
                packet(3, RawPeer.chunk(ChunkType.HEARTBEAT, 0, new byte[20]), Answers.abort(12)));
    }

    private static byte[] packet(int state, byte[]... chunks) {
        byte[] packet = {(byte) state};
        for (byte[] chunk : chunks) {
            int at = packet.length;
            packet = Arrays.copyOf(packet, at + Wire.padded(chunk.length));
            System.arraycopy(chunk, 0, packet, at, chunk.length);
        }
        return packet;
    }

    @MethodSource("packets")
    @FuzzTest
    void sctp(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > 1_400) {
            return;
        }
        RawPeer peer = new RawPeer();
        SctpAssociation association = peer.victim.association;
        switch (Wire.u8(bytes, 0) % STATES) {
            case 0 -> association.connect(peer.now);
            case 1 -> peer.connected();
            case 2 -> {
                peer.connected();
                DataChannel channel =
                        peer.victim.open(new ChannelOptions("fuzz", "", true, 0, -1), peer.now);
                channel.send(TestMessages.numbered(1, 5_000), peer.now);
                channel.close();
                peer.drain();
            }
            default -> {
                peer.connected();
                association.shutdown(peer.now);
                peer.drain();
            }
        }
        byte[] chunks = Arrays.copyOfRange(bytes, 1, bytes.length);
        peer.sendTo(peer.victimTag, chunks);
        peer.drain();
        // And once more, as everything is then a duplicate; and as the first packet of all.
        peer.sendTo(peer.victimTag, chunks);
        peer.sendTo(0, chunks);
        for (byte[] packet : peer.drain()) {
            assertThat(new ChunkReader().wrap(packet, 12, packet.length - 12)).isTrue();
        }
        SctpConfig config = SctpConfig.defaults();
        assertThat(association.heldBytes())
                .isBetween(0L, config.receiveWindowBytes() + 3L * config.maxMessageBytes());
        assertThat(association.bufferedBytes()).isBetween(0L, 10_000L);
        for (int i = 0; i < 50 && association.nextTimeoutNanos() != SctpAssociation.NEVER; i++) {
            peer.now = Math.max(peer.now, association.nextTimeoutNanos());
            association.onTimer(peer.now);
            peer.drain();
        }
        if (peer.victim.end != null) {
            assertThat(association.nextTimeoutNanos()).isEqualTo(SctpAssociation.NEVER);
            assertThat(association.channelCount()).isZero();
        }
    }
}
