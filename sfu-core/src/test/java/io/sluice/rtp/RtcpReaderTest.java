package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RtcpReaderTest {
    private static final String EMPTY_REPORT = "80c90001 00000001";

    private final RtcpReader reader = new RtcpReader();

    private List<RtcpMessage> read(String digits) {
        MemorySegment memory = Hex.packet(digits);
        reader.wrap(memory, 0, (int) memory.byteSize());
        List<RtcpMessage> messages = new ArrayList<>();
        for (RtcpMessage m = reader.next(); m != null; m = reader.next()) {
            messages.add(m);
        }
        assertThat(reader.messages()).isEqualTo(messages.size());
        return messages;
    }

    @Test
    void shouldReadACompoundOfReports() {
        var block = new ReportBlock(0x11, 0x80, -2, 0x00010005, 90, 0x12345678, 0x10000);
        assertThat(
                        read(
                                """
                                81c8000c 0000abcd 0123456789abcdef 00000bb8 00000064 00002710
                                00000011 80fffffe 00010005 0000005a 12345678 00010000
                                81c90007 0000abce
                                00000011 80fffffe 00010005 0000005a 12345678 00010000
                                """))
                .containsExactly(
                        new RtcpMessage.SenderReport(
                                0xabcd, 0x0123456789abcdefL, 3000, 100, 10_000, List.of(block)),
                        new RtcpMessage.ReceiverReport(0xabce, List.of(block)));
        assertThat(reader.malformed()).isFalse();
    }

    @Test
    void shouldReadSourceDescriptions() {
        // Two chunks: CNAME "abc" and NOTE "x"; then one that ends exactly at a word.
        assertThat(
                        read(
                                """
                                82ca0008 00000001 0103616263 070178 00000000
                                00000002 01046162 63640000 00000000
                                """))
                .startsWith(
                        new RtcpMessage.SourceDescription(1, "abc"),
                        new RtcpMessage.SourceDescription(2, "abcd"));
    }

    @Test
    void shouldReadFeedback() {
        assertThat(
                        read(
                                """
                                81cd0004 00000001 00000002 ffff0003 00648000
                                81ce0002 00000001 00000002
                                84ce0004 00000001 00000000 00000003 07000000
                                82cb0003 00000005 00000006 00000000
                                """))
                .containsExactly(
                        new RtcpMessage.Nack(1, 2, 0xffff, 3),
                        new RtcpMessage.Nack(1, 2, 100, 0x8000),
                        new RtcpMessage.PictureLoss(1, 2),
                        new RtcpMessage.FullIntraRequest(1, 3, 7),
                        new RtcpMessage.Bye(List.of(5, 6)));
        assertThat(reader.malformed()).isFalse();
    }

    @Test
    void shouldReadTheEstimateOfTheReceiver() {
        // exponent 3, mantissa 0x2ffff
        assertThat(read("8fce0005 00000001 00000000 52454d42 010effff 00000009"))
                .containsExactly(new RtcpMessage.Remb(1, 0x2ffffL << 3, List.of(9)));
        assertThat(read("8fce0005 00000001 00000000 52454d42 01ffffff 00000009"))
                .containsExactly(new RtcpMessage.Remb(1, Long.MAX_VALUE, List.of(9)));
        assertThat(read("8fce0004 00000001 00000000 52454d42 00fc0000"))
                .containsExactly(new RtcpMessage.Remb(1, 0, List.of()));
    }

    @Test
    void shouldReadTransportWideFeedback() {
        // Base 0xfffe, 17 statuses: two-bit vector (small, lost, large, 4 x lost), run of 10 small.
        var message =
                (RtcpMessage.TransportWide)
                        read("""
                        8fcd0009 00000001 00000002
                        fffe0011 00000205 d200 200a
                        04 fffc 01020304050607080900 000000
                        """)
                                .getFirst();
        assertThat(message.feedbackCount()).isEqualTo(5);
        assertThat(message.baseSequence()).isEqualTo(0xfffe);
        assertThat(message.statuses()).isEqualTo(17);
        Arrivals arrivals = message.arrivals();
        assertThat(arrivals.size()).isEqualTo(12);
        assertThat(arrivals.sequence(0)).isEqualTo(0xfffe);
        assertThat(arrivals.arrivalNanos(0)).isEqualTo(2 * 64_000_000L + 1_000_000L);
        assertThat(arrivals.sequence(1)).isZero();
        assertThat(arrivals.arrivalNanos(1)).isEqualTo(2 * 64_000_000L);
        assertThat(arrivals.sequence(2)).isEqualTo(5);
        assertThat(arrivals.arrivalNanos(2)).isEqualTo(2 * 64_000_000L + 250_000);
    }

    @Test
    void shouldPassOverWhatItDoesNotKnow() {
        // APP, XR, TMMBR, SLI, an unnamed application message, a BYE of nobody.
        assertThat(
                        read(
                                """
                                80cc0002 00000001 41424344
                                80cf0001 00000001
                                83cd0004 00000001 00000000 00000002 00000000
                                82ce0003 00000001 00000002 00000000
                                8fce0003 00000001 00000002 41424344
                                80cb0000
                                """
                                        + EMPTY_REPORT))
                .containsExactly(new RtcpMessage.ReceiverReport(1, List.of()));
        assertThat(reader.skipped()).isEqualTo(6);
        assertThat(reader.malformed()).isFalse();
    }

    @Test
    void shouldStripPaddingOfTheLastPacket() {
        assertThat(read(EMPTY_REPORT + "a1cd0004 00000001 00000002 00070000 00000004"))
                .containsExactly(
                        new RtcpMessage.ReceiverReport(1, List.of()),
                        new RtcpMessage.Nack(1, 2, 7, 0));
        assertThat(reader.malformed()).isFalse();
    }

    /** As Chromium 156 sends it; libwebrtc may put it before others in a compound. */
    @Test
    void shouldReadTransportWideFeedbackThatIsPaddedByOneByte() {
        String feedback = "afcd0006 a46503b9 483355a7 0000 0005 0134c7 00 2005 ae250d0000 01";
        List<RtcpMessage> messages = read(feedback + EMPTY_REPORT);

        assertThat(messages).hasSize(2);
        assertThat(messages.getFirst())
                .isInstanceOfSatisfying(
                        RtcpMessage.TransportWide.class,
                        message -> assertThat(message.arrivals().size()).isEqualTo(5));
        assertThat(reader.malformed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "80c900, 0",
        "80c90002 00000001, 0", // longer than the datagram
        "40c90001 00000001, 0", // version
        "80600001 00000001, 0", // an RTP payload type
        "80c90000 80c90001 00000001, 0", // no room for the SSRC
        "82c90007 00000001 00000011 80fffffe 00010005 0000005a 12345678 00010000, 0", // two blocks
        "80c80001 00000001, 0",
        "81cd0001 00000001, 0", // feedback without a media source
        "82cb0001 00000005, 0", // two sources announced
        "81ca0001 00000001, 0", // no items
        "82ca0002 00000001 00000000, 1", // the second chunk is missing
        "81ca0002 00000001 01ff6162, 0", // the item is longer than the packet
        "8fce0004 00000001 00000000 52454d42 020effff, 0", // two sources announced
        "8fcd0003 00000001 00000002 00000001, 0", // no room for the fixed part
        "8fcd0004 00000001 00000002 00000001 00000000, 0", // no chunk
        "8fcd0005 00000001 00000002 00000003 00000000 20032000, 0", // third delta missing
        "8fcd0005 00000001 00000002 00000001 00000000 60010000, 0", // reserved symbol
        "a0c90001 00000001 80c90001 00000001, 0", // padding before the end
        "a0c90001 00000000, 0", // padding of nothing
        "a0c90001 00000008, 0", // padding of more than there is
        "a0c90001 00000003, 0", // padding of no whole words
        "80c90001 00000001 80, 1", // half a header behind
    })
    void shouldStopAtWhatIsMalformed(String digits, int before) {
        assertThat(read(digits)).hasSize(before);
        assertThat(reader.malformed()).isTrue();
        assertThat(reader.next()).isNull();
    }

    @Test
    void shouldReadABoundedNumberOfPackets() {
        assertThat(read(EMPTY_REPORT.repeat(RtcpReader.PACKETS_MAX))).hasSize(64);
        assertThat(reader.malformed()).isFalse();
        assertThat(read(EMPTY_REPORT.repeat(RtcpReader.PACKETS_MAX + 1))).hasSize(64);
        assertThat(reader.malformed()).isTrue();
    }

    @Test
    void shouldReadABoundedNumberOfMessages() {
        String header = "81cd%04x 00000001 00000002";
        String pairs = "00010000".repeat(RtcpReader.MESSAGES_MAX);
        assertThat(read(header.formatted(2 + RtcpReader.MESSAGES_MAX) + pairs)).hasSize(512);
        assertThat(reader.malformed()).isFalse();
        assertThat(read(header.formatted(3 + RtcpReader.MESSAGES_MAX) + pairs + "00010000"))
                .hasSize(512);
        assertThat(reader.malformed()).isTrue();
    }

    @Test
    void shouldNotLoopOverEmptyRuns() {
        // 65535 statuses announced, chunks of length 0 only.
        assertThat(read("8fcd0006 00000001 00000002 0000ffff 00000000 00000000 00000000"))
                .isEmpty();
        assertThat(reader.malformed()).isTrue();
    }
}
