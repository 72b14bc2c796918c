package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RtpHeaderWriterTest {
    private final RtpHeaderWriter writer = new RtpHeaderWriter();

    private void begin(MemorySegment memory, int limit) {
        writer.begin(memory, 0, limit, true, 96, 0x5_1234L, 0x1_89abcdefL, 0xdeadbeef);
    }

    @Test
    void shouldWriteAHeaderWithoutExtensions() {
        MemorySegment memory = Hex.room(12);
        begin(memory, 12);
        assertThat(writer.end()).isEqualTo(12);
        assertThat(Hex.digits(memory, 12)).isEqualTo("80e0123489abcdefdeadbeef");
    }

    @Test
    void shouldWriteTheOneByteForm() {
        MemorySegment memory = Hex.room(24);
        begin(memory, 24);
        writer.add(3, 0xabcd, 2);
        writer.add(14, Hex.packet("00 11 22"), 1, 2);
        assertThat(writer.end()).isEqualTo(24);
        assertThat(Hex.digits(memory, 24))
                .isEqualTo("90e0123489abcdefdeadbeef" + "bede0002" + "31abcd" + "e11122" + "0000");
    }

    @Test
    void shouldWriteTheTwoByteFormForALargeId() {
        MemorySegment memory = Hex.room(24);
        begin(memory, 24);
        writer.add(1, 0x55, 1);
        writer.add(16, 0xabcd, 2);
        assertThat(writer.end()).isEqualTo(24);
        assertThat(Hex.digits(memory, 24))
                .isEqualTo("90e0123489abcdefdeadbeef" + "10000002" + "010155" + "1002abcd" + "00");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 255})
    void shouldWriteTheTwoByteFormForALengthThatNeedsIt(int bytes) {
        MemorySegment memory = Hex.room(400);
        begin(memory, 400);
        writer.add(2, Hex.room(255), 0, bytes);
        int headerBytes = writer.end();
        RtpPacket packet = new RtpPacket();
        assertThat(packet.wrap(memory, 0, headerBytes)).isTrue();
        assertThat(Wire.u16(memory, 12)).isEqualTo(0x1000);
        assertThat(packet.find(2)).isEqualTo(bytes);
    }

    @Test
    void shouldSayWhenThereIsNoRoom() {
        MemorySegment memory = Hex.room(19);
        begin(memory, 11);
        assertThat(writer.end()).isEqualTo(RtpHeaderWriter.NO_ROOM);
        begin(memory, 19);
        writer.add(1, 1, 1);
        assertThat(writer.end()).isEqualTo(RtpHeaderWriter.NO_ROOM);
    }

    @Test
    void shouldLeaveOutElementsBeyondItsLimit() {
        MemorySegment memory = Hex.room(400);
        begin(memory, 400);
        for (int i = 0; i < 40; i++) {
            writer.add(1 + i % 14, i, 1);
        }
        assertThat(writer.end()).isEqualTo(12 + 4 + 2 * RtpHeaderWriter.ELEMENTS_MAX);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldBeReadBack(long seed) {
        Random random = new Random(seed);
        MemorySegment source = Hex.room(255);
        MemorySegment memory = Hex.room(2000);
        RtpPacket packet = new RtpPacket();
        for (int round = 0; round < 500; round++) {
            begin(memory, 2000);
            int elements = random.nextInt(8);
            int[] ids = new int[elements];
            int[] lengths = new int[elements];
            for (int i = 0; i < elements; i++) {
                ids[i] = 1 + i + (random.nextInt(10) == 0 ? 100 : 0);
                lengths[i] = random.nextInt(10) == 0 ? random.nextInt(256) : 1 + random.nextInt(8);
                Wire.put8(source, 0, random.nextInt());
                writer.add(ids[i], source, 0, lengths[i]);
            }
            assertThat(packet.wrap(memory, 0, writer.end())).isTrue();
            assertThat(packet.elements()).isEqualTo(elements);
            for (int i = 0; i < elements; i++) {
                assertThat(packet.find(ids[i])).isEqualTo(lengths[i]);
            }
        }
    }
}
