package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes, readers stay within the packet (its memory is exactly as long) and end. */
class RandomBytesTest {
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldSurviveRandomRtp(long seed) {
        Random random = new Random(seed);
        RtpPacket packet = new RtpPacket();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length >= 16 && random.nextInt(4) != 0) {
                bytes[0] = (byte) (0x80 | random.nextInt(4) << 4);
                bytes[12] = (byte) (random.nextBoolean() ? 0xbe : 0x10);
                bytes[13] = (byte) (random.nextBoolean() ? 0xde : 0x00);
                bytes[14] = 0;
                bytes[15] = (byte) random.nextInt(16);
            }
            if (packet.wrap(Hex.packet(bytes), 0, bytes.length)) {
                assertThat(packet.payloadBytes()).isNotNegative();
                assertThat(packet.headerBytes() + packet.payloadBytes() + packet.paddingBytes())
                        .isEqualTo(bytes.length);
                for (int i = 0; i < packet.elements(); i++) {
                    packet.textEquals(packet.elementId(i), "0");
                    packet.transportWideSequence(packet.elementId(i));
                    packet.audioLevel(packet.elementId(i));
                    assertThat(packet.elementOffset(i) + packet.elementBytes(i))
                            .isLessThanOrEqualTo(packet.payloadOffset());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldSurviveRandomRtcp(long seed) {
        Random random = new Random(seed);
        RtcpReader reader = new RtcpReader();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (random.nextInt(8) != 0) {
                plausibleHeaders(bytes, random);
            }
            MemorySegment memory = Hex.packet(bytes);
            reader.wrap(memory, 0, bytes.length);
            int messages = 0;
            while (reader.next() != null) {
                messages++;
            }
            assertThat(messages).isLessThanOrEqualTo(bytes.length / 4);
        }
    }

    /** Headers where the lengths lead, so that bodies are reached. */
    private static void plausibleHeaders(byte[] bytes, Random random) {
        int at = 0;
        while (at + 4 <= bytes.length) {
            int words = random.nextInt(12);
            bytes[at] = (byte) (0x80 | (random.nextInt(8) == 0 ? 15 : random.nextInt(5)));
            bytes[at + 1] = (byte) (200 + random.nextInt(8));
            bytes[at + 2] = 0;
            bytes[at + 3] = (byte) words;
            at += 4 * (words + 1);
        }
    }
}
