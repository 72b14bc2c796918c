package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RtpPacketTest {
    private static final String FIXED = "60 1234 89abcdef deadbeef";

    private final RtpPacket packet = new RtpPacket();

    private boolean wrap(String digits) {
        MemorySegment memory = Hex.packet(digits);
        return packet.wrap(memory, 0, (int) memory.byteSize());
    }

    @Test
    void shouldReadTheFixedHeader() {
        assertThat(wrap("80 e0 1234 89abcdef deadbeef 010203")).isTrue();
        assertThat(packet.marker()).isTrue();
        assertThat(packet.payloadType()).isEqualTo(96);
        assertThat(packet.sequence()).isEqualTo(0x1234);
        assertThat(packet.timestamp()).isEqualTo(0x89abcdef);
        assertThat(packet.ssrc()).isEqualTo(0xdeadbeef);
        assertThat(packet.headerBytes()).isEqualTo(12);
        assertThat(packet.payloadOffset()).isEqualTo(12);
        assertThat(packet.payloadBytes()).isEqualTo(3);
        assertThat(packet.find(1)).isEqualTo(RtpPacket.ABSENT);
    }

    @Test
    void shouldStayWithinItsPartOfTheMemory() {
        MemorySegment memory = Hex.packet("ffffffff 80" + FIXED + "0102 ffffffff");
        assertThat(packet.wrap(memory, 4, 14)).isTrue();
        assertThat(packet.payloadOffset()).isEqualTo(16);
        assertThat(packet.payloadBytes()).isEqualTo(2);
    }

    @Test
    void shouldSkipContributingSources() {
        assertThat(wrap("82" + FIXED + "00000001 00000002 aa")).isTrue();
        assertThat(packet.headerBytes()).isEqualTo(20);
        assertThat(packet.payloadBytes()).isEqualTo(1);
    }

    @Test
    void shouldStripPadding() {
        assertThat(wrap("a0" + FIXED + "aabb 000003")).isTrue();
        assertThat(packet.payloadBytes()).isEqualTo(2);
        assertThat(packet.paddingBytes()).isEqualTo(3);
    }

    @Test
    void shouldAcceptPaddingOnly() {
        assertThat(wrap("a0" + FIXED + "00000004")).isTrue();
        assertThat(packet.payloadBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // empty
                "80" + "60 1234 89abcdef deadbe", // eleven bytes
                "40" + FIXED, // version 1
                "81" + FIXED, // a CSRC that is not there
                "90" + FIXED, // X without a block
                "90" + FIXED + "bede00", // half a block header
                "90" + FIXED + "bede0001 100000", // block longer than the packet
                "a0" + FIXED, // padding without a count
                "a0" + FIXED + "0000", // count 0
                "a0" + FIXED + "0003", // count above the payload
                "b0" + FIXED + "bede0001 10000004", // count inside the extension block
            })
    void shouldRefuseWhatIsMalformed(String digits) {
        assertThat(wrap(digits)).isFalse();
    }

    @Test
    void shouldFindElementsOfTheOneByteForm() {
        // id 3 "ab", a padding byte, id 5 one byte, then padding
        assertThat(wrap("90" + FIXED + "bede0002 31 6162 00 50 7f 0000 cc")).isTrue();
        assertThat(packet.find(3)).isEqualTo(2);
        assertThat(packet.foundOffset()).isEqualTo(17);
        assertThat(packet.find(5)).isEqualTo(1);
        assertThat(packet.foundOffset()).isEqualTo(21);
        assertThat(packet.find(0)).isEqualTo(RtpPacket.ABSENT);
        assertThat(packet.elements()).isEqualTo(2);
        assertThat(packet.elementId(1)).isEqualTo(5);
        assertThat(packet.elementOffset(1)).isEqualTo(21);
        assertThat(packet.elementBytes(0)).isEqualTo(2);
        assertThat(packet.payloadBytes()).isEqualTo(1);
    }

    @Test
    void shouldFindElementsOfTheTwoByteForm() {
        // id 200 without data, id 15 of two bytes, padding
        assertThat(wrap("90" + FIXED + "1003 0002 c800 0f02 abcd 0000")).isTrue();
        assertThat(packet.find(200)).isZero();
        assertThat(packet.find(15)).isEqualTo(2);
        assertThat(packet.transportWideSequence(15)).isEqualTo(0xabcd);
    }

    @ParameterizedTest
    @CsvSource({
        "bede0002 10aa f0bb 20cc 0000, 1", // id 15 ends the block
        "bede0001 10aa 27bb, 1", // longer than the block
        "bede0001 10aa 0100, 1", // id 0 with a length
        "10000001 0101 aa 02, 1", // no length byte
        "10000001 0100 02ff, 1", // longer than the block
        "abcd0001 10aa 20bb, 0", // neither form
        "bede0000, 0",
    })
    void shouldIgnoreElementsBehindADefect(String block, int elements) {
        assertThat(wrap("90" + FIXED + block)).isTrue();
        assertThat(packet.elements()).isEqualTo(elements);
        assertThat(packet.find(2)).isEqualTo(RtpPacket.ABSENT);
    }

    @Test
    void shouldSeeABoundedNumberOfElements() {
        assertThat(wrap("90" + FIXED + "bede0010" + "10aa".repeat(32))).isTrue();
        assertThat(packet.elements()).isEqualTo(RtpPacket.ELEMENTS_MAX);
        assertThat(wrap("90" + FIXED + "bede0020" + "10aa".repeat(64))).isTrue();
        assertThat(packet.elements()).isEqualTo(RtpPacket.ELEMENTS_MAX);
    }

    @Test
    void shouldReadWhatForwardingAsksFor() {
        assertThat(wrap("90" + FIXED + "bede0003 10 85 21 ffff 32 68692d 000000")).isTrue();
        assertThat(packet.audioLevel(1)).isEqualTo(5);
        assertThat(packet.transportWideSequence(2)).isEqualTo(0xffff);
        assertThat(packet.transportWideSequence(1)).isEqualTo(RtpPacket.ABSENT);
        assertThat(packet.audioLevel(9)).isEqualTo(RtpPacket.ABSENT);
        assertThat(packet.textEquals(3, "hi-")).isTrue();
        assertThat(packet.textEquals(3, "hi")).isFalse();
        assertThat(packet.textEquals(3, "hi_")).isFalse();
        assertThat(packet.textEquals(9, "")).isFalse();
    }

    @Test
    void shouldForgetThePacketBefore() {
        assertThat(wrap("b0" + FIXED + "bede0001 10aa0000 01")).isTrue();
        assertThat(wrap("80" + FIXED)).isTrue();
        assertThat(packet.elements()).isZero();
        assertThat(packet.paddingBytes()).isZero();
    }
}
