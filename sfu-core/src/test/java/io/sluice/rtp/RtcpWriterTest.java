package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RtcpWriterTest {
    private static final ReportBlock BLOCK =
            new ReportBlock(0x11, 255, -0x800000, 0xffffffff, 90, 0x12345678, -1);

    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private final MemorySegment memory = Hex.room(1500);

    private List<RtcpMessage> written() {
        reader.wrap(memory, 0, writer.lengthBytes());
        List<RtcpMessage> messages = new ArrayList<>();
        for (RtcpMessage m = reader.next(); m != null; m = reader.next()) {
            messages.add(m);
        }
        assertThat(reader.malformed()).isFalse();
        return messages;
    }

    @Test
    void shouldWriteACompoundThatIsReadBack() {
        writer.begin(memory, 0, 1500);
        assertThat(writer.senderReport(1, 0x0123456789abcdefL, 3000, 100, 10_000)).isTrue();
        assertThat(writer.reportBlock(BLOCK)).isTrue();
        assertThat(writer.reportBlock(BLOCK)).isTrue();
        assertThat(writer.cname(1, "sluice")).isTrue();
        assertThat(writer.reportBlock(BLOCK)).isFalse();
        assertThat(writer.pictureLoss(1, 2)).isTrue();
        assertThat(writer.fullIntraRequest(1, 2, 200)).isTrue();
        assertThat(writer.bye(3)).isTrue();
        assertThat(written())
                .containsExactly(
                        new RtcpMessage.SenderReport(
                                1, 0x0123456789abcdefL, 3000, 100, 10_000, List.of(BLOCK, BLOCK)),
                        new RtcpMessage.SourceDescription(1, "sluice"),
                        new RtcpMessage.PictureLoss(1, 2),
                        new RtcpMessage.FullIntraRequest(1, 2, 200),
                        new RtcpMessage.Bye(List.of(3)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 262_143, 262_144, 2_500_000, 100_000_000, 1L << 40, Long.MAX_VALUE})
    void shouldWriteARateRoundedDownToItsMantissa(long bitsPerSecond) {
        writer.begin(memory, 0, 1500);
        assertThat(writer.remb(1, bitsPerSecond, 2)).isTrue();

        RtcpMessage.Remb remb = (RtcpMessage.Remb) written().getFirst();

        assertThat(remb.ssrcs()).containsExactly(2);
        assertThat(remb.bitsPerSecond()).isLessThanOrEqualTo(bitsPerSecond);
        assertThat(bitsPerSecond - remb.bitsPerSecond())
                .isLessThanOrEqualTo(remb.bitsPerSecond() >> 17);
    }

    @Test
    void shouldWriteAtMostThirtyOneBlocks() {
        writer.begin(memory, 0, 1500);
        writer.receiverReport(7);
        for (int i = 0; i < 31; i++) {
            assertThat(writer.reportBlock(BLOCK)).isTrue();
        }
        assertThat(writer.reportBlock(BLOCK)).isFalse();
        assertThat(((RtcpMessage.ReceiverReport) written().getFirst()).blocks()).hasSize(31);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 255})
    void shouldEndEveryCnameWithAZeroAtAWord(int letters) {
        String cname = "x".repeat(letters);
        writer.begin(memory, 0, 1500);
        writer.cname(9, cname);
        assertThat(writer.lengthBytes() % 4).isZero();
        assertThat(Wire.u8(memory, 10 + letters)).isZero();
        assertThat(written()).containsExactly(new RtcpMessage.SourceDescription(9, cname));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256})
    void shouldRefuseACnameThatNoItemCanHold(int letters) {
        writer.begin(memory, 0, 1500);
        assertThatThrownBy(() -> writer.cname(9, "x".repeat(letters)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNotBeginWhatDoesNotFit() {
        for (int room = 0; room < 28; room++) {
            MemorySegment exact = Hex.room(room);
            writer.begin(exact, 0, room);
            assertThat(writer.senderReport(1, 2, 3, 4, 5)).isFalse();
            if (room < 8) {
                assertThat(writer.receiverReport(1)).isFalse();
                assertThat(writer.bye(1)).isFalse();
            }
            if (room < 12) {
                assertThat(writer.pictureLoss(1, 2)).isFalse();
            }
            if (room < 20) {
                assertThat(writer.fullIntraRequest(1, 2, 3)).isFalse();
            }
            if (room < 16) {
                assertThat(writer.nack(1, 2, new long[] {1}, 0, 1)).isZero();
                assertThat(writer.cname(1, "abc")).isFalse();
            }
            assertThat(writer.transportWide(1, 2, 3, 4, new long[] {5}, 1))
                    .isEqualTo(room < 24 ? 0 : 1);
        }
    }

    @Test
    void shouldPackLostNumbersIntoPairs() {
        writer.begin(memory, 0, 1500);
        long[] lost = {65_535, 65_536, 65_551, 65_552, 65_600};
        assertThat(writer.nack(1, 2, lost, 0, 5)).isEqualTo(5);
        assertThat(written())
                .containsExactly(
                        new RtcpMessage.Nack(1, 2, 65_535, 0x8001),
                        new RtcpMessage.Nack(1, 2, 16, 0),
                        new RtcpMessage.Nack(1, 2, 64, 0));
    }

    @Test
    void shouldWriteTheRestOfANackIntoAnotherPacket() {
        long[] lost = {0, 100, 200, 300, 400};
        writer.begin(memory, 0, 20);
        assertThat(writer.nack(1, 2, lost, 0, 5)).isEqualTo(2);
        assertThat(writer.lengthBytes()).isEqualTo(20);
        writer.begin(memory, 0, 1500);
        assertThat(writer.nack(1, 2, lost, 2, 5)).isEqualTo(5);
        assertThat(written()).hasSize(3).startsWith(new RtcpMessage.Nack(1, 2, 200, 0));
        assertThat(writer.nack(1, 2, lost, 5, 5)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNameExactlyTheLostNumbers(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            TreeSet<Long> lost = new TreeSet<>();
            long base = random.nextLong(1L << 20);
            for (int i = 0; i < 60; i++) {
                lost.add(base + random.nextInt(400));
            }
            long[] sequences = lost.stream().mapToLong(Long::longValue).toArray();
            writer.begin(memory, 0, 1500);
            assertThat(writer.nack(1, 2, sequences, 0, sequences.length))
                    .isEqualTo(sequences.length);
            List<Integer> asked = new ArrayList<>();
            for (RtcpMessage message : written()) {
                var nack = (RtcpMessage.Nack) message;
                asked.add(nack.first());
                for (int bit = 0; bit < 16; bit++) {
                    if ((nack.bitmap() >>> bit & 1) != 0) {
                        asked.add((nack.first() + 1 + bit) & 0xffff);
                    }
                }
            }
            assertThat(asked)
                    .containsExactlyElementsOf(lost.stream().map(s -> (int) (s & 0xffff)).toList());
        }
    }
}
