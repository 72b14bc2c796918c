package io.sluice.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.PacketRecord.Direction;
import io.sluice.rtp.PacketRecord.Excerpt;
import io.sluice.rtp.PacketRecord.Kind;
import io.sluice.rtp.PacketRecord.Packet;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PcapFileTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final long NOW_NANOS = 9_000_000_000L;

    private static final Packet RECEIVED =
            new Packet(
                    NOW_NANOS - 1_000_000_000L,
                    Direction.RECEIVED,
                    Kind.RTP,
                    1_100,
                    0x80e0_0102_0304_0506L,
                    0x0708_090a);

    private static final Packet SHORT =
            new Packet(NOW_NANOS, Direction.SENT, Kind.DTLS, 2, 0x1516_0000_0000_0000L, 0);

    @Test
    void shouldBeWhatLibpcapReads() {
        byte[] file = PcapFile.of(List.of(new Excerpt(List.of(RECEIVED, SHORT), NOW_NANOS)), NOW);

        ByteBuffer read = ByteBuffer.wrap(file);
        assertThat(file).hasSize(24 + 16 + 28 + 12 + 16 + 28 + 2);
        assertThat(read.getInt(0)).isEqualTo(0xa1b23c4d);
        assertThat(read.getInt(20)).as("raw IP").isEqualTo(101);
        assertThat(read.getInt(24)).isEqualTo((int) NOW.getEpochSecond() - 1);
        assertThat(read.getInt(32)).as("kept").isEqualTo(28 + 12);
        assertThat(read.getInt(36)).as("on the way").isEqualTo(28 + 1_100);
        // Reckoned by hand (RFC 1071).
        assertThat(HexFormat.of().formatHex(file, 40, 60))
                .isEqualTo("4500046800000000" + "4011f281" + "c0000201" + "c0000202");
        assertThat(HexFormat.of().formatHex(file, 60, 80))
                .isEqualTo("13881388" + "0454" + "0000" + "80e00102030405060708090a");
        assertThat(HexFormat.of().formatHex(file, 96 + 12, 96 + 20))
                .as("the other way")
                .isEqualTo("c0000202" + "c0000201");
        assertThat(HexFormat.of().formatHex(file, 124, 126)).isEqualTo("1516");
    }

    @Test
    void shouldGiveEachConnectionAPort() {
        Excerpt excerpt = new Excerpt(List.of(SHORT), NOW_NANOS);

        byte[] file = PcapFile.of(List.of(excerpt, excerpt), NOW);

        assertThat(ByteBuffer.wrap(file).getShort(24 + 16 + 20)).isEqualTo((short) 5_000);
        assertThat(ByteBuffer.wrap(file).getShort(24 + 46 + 16 + 20)).isEqualTo((short) 5_001);
    }
}
