package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportWideTest {
    private static final long LOST = RtcpWriter.NOT_RECEIVED;

    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();

    private RtcpMessage.TransportWide readBack(MemorySegment memory) {
        reader.wrap(memory, 0, writer.lengthBytes());
        var message = Objects.requireNonNull((RtcpMessage.TransportWide) reader.next());
        assertThat(reader.next()).isNull();
        assertThat(reader.malformed()).isFalse();
        return message;
    }

    private String written(long[] ticks) {
        MemorySegment memory = Hex.room(1500);
        writer.begin(memory, 0, 1500);
        assertThat(writer.transportWide(1, 2, 3, 0x1_0004L, ticks, ticks.length))
                .isEqualTo(ticks.length);
        return Hex.digits(memory, writer.lengthBytes()).substring(24);
    }

    @Test
    void shouldWriteARunOfSmallDeltas() {
        long[] ticks = {256, 257, 258, 260};
        assertThat(written(ticks))
                .isEqualTo("0004" + "0004" + "000001" + "03" + "2004" + "00010102" + "0000");
    }

    @Test
    void shouldWriteOneBitSymbolsForSomeLosses() {
        long[] ticks = {0, LOST, 1, 2};
        assertThat(written(ticks))
                .isEqualTo("0004" + "0004" + "000000" + "03" + "ac00" + "000101" + "000000");
    }

    @Test
    void shouldWriteTwoBitSymbolsForLargeDeltas() {
        long[] ticks = {0, LOST, 300, 299};
        assertThat(written(ticks))
                .isEqualTo("0004" + "0004" + "000000" + "03" + "d280" + "00012cffff" + "00");
    }

    @Test
    void shouldWriteNothingWhereNothingWasReceived() {
        MemorySegment memory = Hex.room(1500);
        writer.begin(memory, 0, 1500);
        assertThat(writer.transportWide(1, 2, 3, 4, new long[] {LOST, LOST}, 2)).isZero();
        assertThat(writer.transportWide(1, 2, 3, 4, new long[0], 0)).isZero();
        assertThat(writer.lengthBytes()).isZero();
    }

    @Test
    void shouldEndWhereNoDeltaReachesTheNextArrival() {
        MemorySegment memory = Hex.room(1500);
        writer.begin(memory, 0, 1500);
        long[] ticks = {0, 32_767, 32_767 + 32_768};
        assertThat(writer.transportWide(1, 2, 3, 4, ticks, 3)).isEqualTo(2);
        assertThat(readBack(memory).arrivals().arrivalNanos(1)).isEqualTo(32_767 * 250_000L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldCarryAnyArrivalsOverAsManyMessagesAsItTakes(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            long[] ticks = arrivals(random);
            int room = 24 + random.nextInt(random.nextBoolean() ? 40 : 1400);
            MemorySegment memory = Hex.room(room);
            int base = random.nextInt(65_536);
            int done = 0;
            while (done < ticks.length) {
                long[] rest = Arrays.copyOfRange(ticks, done, ticks.length);
                writer.begin(memory, 0, room);
                int statuses = writer.transportWide(1, 2, done, base + done, rest, rest.length);
                if (statuses == 0) {
                    assertThat(rest).containsOnly(LOST);
                    break;
                }
                assertMessage(readBack(memory), base + done, rest, statuses);
                done += statuses;
            }
        }
    }

    private static long[] arrivals(Random random) {
        long[] ticks = new long[1 + random.nextInt(RtcpWriter.STATUSES_MAX)];
        long now = random.nextLong(1L << 20);
        boolean lossy = random.nextBoolean();
        int largest = random.nextBoolean() ? 20 : 2000;
        for (int i = 0; i < ticks.length; i++) {
            boolean lost = random.nextInt(lossy ? 3 : 50) == 0;
            now = Math.max(0, now + random.nextInt(random.nextInt(10) == 0 ? largest : 5) - 1);
            ticks[i] = lost ? LOST : now;
        }
        return ticks;
    }

    private static void assertMessage(
            RtcpMessage.TransportWide message, int base, long[] ticks, int statuses) {
        assertThat(message.baseSequence()).isEqualTo(base & 0xffff);
        assertThat(message.statuses()).isEqualTo(statuses);
        Arrivals arrivals = message.arrivals();
        int index = 0;
        for (int i = 0; i < statuses; i++) {
            if (ticks[i] != LOST) {
                assertThat(arrivals.sequence(index)).isEqualTo((base + i) & 0xffff);
                assertThat(arrivals.arrivalNanos(index)).isEqualTo(ticks[i] * 250_000L);
                index++;
            }
        }
        assertThat(arrivals.size()).isEqualTo(index);
    }
}
