package io.sluice.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RtcpTest {

    @Test
    void shouldReadBackACompoundPacket() {
        RtcpOut.Block block = new RtcpOut.Block(7, 12, -3, 0x1_2345, 6, 8, 9);
        byte[] packet =
                new RtcpOut()
                        .senderReport(1, 0x0123_4567_89AB_CDEFL, 2, 3, 4, List.of(block))
                        .receiverReport(5, List.of(block, block))
                        .cname(1, "someone")
                        .pictureLoss(1, 77)
                        .nack(1, 88, List.of(10L, 11L, 26L, 27L, 65_535L))
                        .bye(1)
                        .toArray();
        assertThat(RtcpIn.read(packet).orElseThrow())
                .containsExactly(
                        new RtcpIn.SenderReport(1, 0x0123_4567_89AB_CDEFL, 2, 3, 4),
                        new RtcpIn.Report(1, block),
                        new RtcpIn.Report(5, block),
                        new RtcpIn.Report(5, block),
                        new RtcpIn.Cname(1, "someone"),
                        new RtcpIn.PictureLoss(77),
                        new RtcpIn.Nack(88, List.of(10, 11, 26, 27, 65_535)),
                        new RtcpIn.Bye(1));
        for (int length = 1; length < packet.length; length++) {
            byte[] cut = Arrays.copyOf(packet, length);
            assertThat(RtcpIn.read(cut).map(List::size).orElse(0))
                    .as("%d bytes", length)
                    .isLessThan(8);
        }
    }

    /** Written by hand after draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1. */
    @Test
    void shouldReadTransportWideFeedback() {
        String header = "8fcd0009" + "00000001" + "00000002" + "0010" + "0019" + "00000300";
        String runOfFiveSmall = "2005";
        String fourteenBits = "b001"; // 11 0000 0000 0001, of one bit each
        String sevenPairs = "e540"; // 10 01 01 01 00 00 00, of two bits each; six are left
        String deltas = "04".repeat(5) + "04".repeat(3) + "0400" + "04".repeat(3);
        byte[] packet =
                HexFormat.of()
                        .parseHex(
                                header
                                        + runOfFiveSmall
                                        + fourteenBits
                                        + sevenPairs
                                        + deltas
                                        + "00");
        RtcpIn.TransportFeedback feedback =
                (RtcpIn.TransportFeedback) RtcpIn.read(packet).orElseThrow().getFirst();
        assertThat(feedback.firstSequence()).isEqualTo(16);
        assertThat(feedback.count()).isEqualTo(25);
        assertThat(feedback.received())
                .containsExactly(
                        true, true, true, true, true, // the run
                        true, true, false, false, false, false, false, //
                        false, false, false, false, false, false, true, // the bits
                        true, true, true, true, false, false); // the pairs
    }

    @Test
    void shouldConvertTimesOfDay() {
        long wallNanos = 1_700_000_000_123_456_789L;
        long ntp = RtcpOut.ntp(wallNanos);
        assertThat(ntp >>> 32).isEqualTo(1_700_000_000L + 2_208_988_800L);
        assertThat(Math.abs(RtcpOut.wallNanos(ntp) - wallNanos)).isLessThanOrEqualTo(1);
    }
}
