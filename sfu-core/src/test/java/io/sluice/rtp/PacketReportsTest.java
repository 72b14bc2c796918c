package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8888, by packets that were written down by hand from the figures of its section 3.1. */
final class PacketReportsTest {
    private static final long SECOND = 1_000_000_000;

    private final RtcpReader reader = new RtcpReader();

    /** The body behind the sender's SSRC, as lines of "ssrc sequence milliseconds", or "lost" for the last. */
    private List<String> read(String body) {
        MemorySegment packet = packet(body);
        reader.wrap(packet, 0, (int) packet.byteSize());
        var message = Objects.requireNonNull((RtcpMessage.CongestionFeedback) reader.next());
        assertThat(reader.next()).isNull();
        assertThat(reader.malformed()).isFalse();
        assertThat(message.senderSsrc()).isEqualTo(0x01020304);
        PacketReports reports = message.reports();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < reports.size(); i++) {
            String arrival =
                    reports.isReceived(i)
                            ? Long.toString(reports.arrivalNanos(i) / 1_000_000)
                            : "lost";
            lines.add("%x %d %s".formatted(reports.ssrc(i), reports.sequence(i), arrival));
        }
        return lines;
    }

    private static MemorySegment packet(String body) {
        int words = body.replace(" ", "").length() / 8;
        return Hex.packet("8bcd %04x 01020304".formatted(1 + words) + body);
    }

    @Test
    void shouldReadEachPacketOfEachStreamWithItsTimeOfArrival() {
        // Offsets of 0.5 s, 1 s and 0 s from a report at 10 s; congestion marks do not matter.
        assertThat(
                        read(
                                "aaaa0001 fffe 0004 8200 0000 a400 e000"
                                        + "aaaa0002 0007 0003 8001 0000 9ffd 0000"
                                        + "000a0000"))
                .containsExactly(
                        "aaaa0001 65534 9500",
                        "aaaa0001 65535 lost",
                        "aaaa0001 0 9000",
                        "aaaa0001 1 10000",
                        "aaaa0002 7 9999",
                        "aaaa0002 8 lost",
                        "aaaa0002 9 2002");
    }

    @Test
    void shouldReadWhatReportsOnNothing() {
        assertThat(read("00000002")).isEmpty();
        assertThat(read("aaaa0001 0009 0000 00000002")).isEmpty();
    }

    @Test
    void shouldIgnoreWhatIsSaidOfThatWhichWasNotReceived() {
        assertThat(read("aaaa0001 0009 0002 7fff 2200 00010000"))
                .containsExactly("aaaa0001 9 lost", "aaaa0001 10 lost");
    }

    @Test
    void shouldTakeWhatArrivedAfterTheReportForItsTimeAndLeaveOutWhatIsTooOld() {
        assertThat(read("aaaa0001 0009 0002 9fff 9ffe 00030000"))
                .containsExactly("aaaa0001 9 3000");
    }

    @Test
    void shouldCountTimesAcrossTheEndOfThirtyTwoBits() {
        read("aaaa0001 0009 0001 8400 0000 00000000");
        reader.wrap(packet("aaaa0001 0009 0001 8400 0000 00000000"), 0, 24);
        assertThat(reader.advance()).isTrue();
        assertThat(reader.packetReports().arrivalNanos(0))
                .isEqualTo(PacketReports.ARRIVALS_WRAP_NANOS - SECOND);
    }

    @ParameterizedTest
    @CsvSource({
        "half of a stream's beginning, 8bcd0003 01020304 aaaa0001 00000000",
        "more reports than there are, 8bcd0005 01020304 aaaa0001 00020004 80008000 00000001",
        "reports where the time is, 8bcd0004 01020304 aaaa0001 00020002 80008000",
        "no zeros up to the word, 8bcd0004 01020304 aaaa0001 00020001 80000000",
        "no end of reports, 8bcd0005 01020304 aaaa0001 0002ffff 80008000 00000001",
        "no time, 8bcd0001 01020304",
    })
    void shouldRefuseWhatDoesNotHoldWhatItAnnounces(String why, String packet) {
        MemorySegment memory = Hex.packet(packet);
        reader.wrap(memory, 0, (int) memory.byteSize());
        assertThat(reader.advance()).as(why).isFalse();
        assertThat(reader.malformed()).as(why).isTrue();
    }
}
