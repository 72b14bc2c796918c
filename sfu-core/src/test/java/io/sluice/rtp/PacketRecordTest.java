package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.PacketRecord.Direction;
import io.sluice.rtp.PacketRecord.Kind;
import io.sluice.rtp.PacketRecord.Packet;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PacketRecordTest {
    private final PacketRecord record = new PacketRecord();

    /** Something, and a packet of fourteen bytes. */
    private final MemorySegment memory =
            MemorySegment.ofArray(
                    new byte[] {
                        99, 99, (byte) 0x80, 96, 1, 2, 3, 4, 5, 6, (byte) 0xff, 8, 9, 10, 42, 42
                    });

    private List<Packet> packets() {
        return record.excerpt(0).packets();
    }

    @Test
    void shouldKeepHeadersAndNoContent() {
        record.received(Kind.RTP, memory, 2, 14, 5);
        record.time(7);
        record.sent(Kind.DTLS, memory, 2, 1_500);

        assertThat(packets())
                .containsExactly(
                        new Packet(
                                5,
                                Direction.RECEIVED,
                                Kind.RTP,
                                14,
                                0x8060_0102_0304_0506L,
                                0xff08_090a),
                        new Packet(
                                7,
                                Direction.SENT,
                                Kind.DTLS,
                                1_500,
                                0x8060_0102_0304_0506L,
                                0xff08_090a));
        assertThat(record.excerpt(9).nowNanos()).isEqualTo(9);
    }

    @Test
    void shouldNotReadBehindAShortPacket() {
        record.received(Kind.RTCP, memory, 14, 2, 1);
        record.received(Kind.RTCP, memory, 8, 8, 2);
        record.received(Kind.RTP, memory, 16, 0, 3);

        assertThat(packets().get(0).head()).isEqualTo(0x2a2a_0000_0000_0000L);
        assertThat(packets().get(0).more()).isZero();
        assertThat(packets().get(1).head()).isEqualTo(0x0506_ff08_090a_2a2aL);
        assertThat(packets().get(2).head()).isZero();
    }

    @Test
    void shouldForgetTheOldestFirst() {
        for (int i = 0; i < PacketRecord.PACKETS_MAX + 3; i++) {
            record.received(Kind.RTP, memory, 2, 14, i);
        }

        assertThat(packets()).hasSize(PacketRecord.PACKETS_MAX);
        assertThat(packets().getFirst().nanos()).isEqualTo(3);
        assertThat(packets().getLast().nanos()).isEqualTo(PacketRecord.PACKETS_MAX + 2);
    }
}
