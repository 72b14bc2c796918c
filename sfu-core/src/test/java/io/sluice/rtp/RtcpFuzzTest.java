package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stands in a compound, the walk ends and stays within it, and each message that we can
 * write reads as the same message again.
 */
final class RtcpFuzzTest {
    private static final int ROOM_BYTES = 8_192;
    private static final int STATUSES_MAX = 0xffff;

    /** Reference times have 24 bits. */
    private static final long TICKS_MASK =
            (1L << 24) * TransportWideDecoder.TICKS_PER_REFERENCE - 1;

    private final RtcpReader reader = new RtcpReader();
    private final RtcpReader again = new RtcpReader();
    private final RtcpWriter writer = new RtcpWriter();

    static List<byte[]> compounds() {
        ReportBlock block = new ReportBlock(7, 12, -3, 70_000, 8, 9, 10);
        long lost = RtcpWriter.NOT_RECEIVED;
        long[] arrivals = {lost, 1_000, 1_001, lost, 1_300, 900, lost, lost, 40_000};
        long[] run = new long[200];
        Arrays.fill(run, 512);
        return List.of(
                written(out -> {
                    out.senderReport(1, 2, 3, 4, 5);
                    out.reportBlock(block);
                    out.cname(1, "name");
                }),
                written(out -> {
                    out.receiverReport(1);
                    out.reportBlock(block);
                    out.reportBlock(block);
                    out.bye(1);
                }),
                written(out -> {
                    out.nack(1, 2, new long[] {1, 2, 17, 18, 400, 65_535}, 0, 6);
                    out.pictureLoss(1, 2);
                    out.fullIntraRequest(1, 2, 3);
                }),
                written(out -> out.transportWide(1, 2, 3, 4, arrivals, arrivals.length)),
                written(out -> out.transportWide(1, 2, 3, 65_530, run, run.length)),
                Hex.packet(
                                "8bcd000a 00000001 aaaa0001 fffe0004 82000000 a400e000"
                                        + "aaaa0002 00070003 80010000 9ffd0000 000a0000")
                        .toArray(ValueLayout.JAVA_BYTE),
                Hex.packet(
                                "8fce0006 00000001 00000000 52454d42 02030405 00000007 00000008"
                                        + "80cf0001 00000001")
                        .toArray(ValueLayout.JAVA_BYTE));
    }

    private static byte[] written(Consumer<RtcpWriter> messages) {
        MemorySegment room = Hex.room(ROOM_BYTES);
        RtcpWriter writer = new RtcpWriter();
        writer.begin(room, 0, ROOM_BYTES);
        messages.accept(writer);
        return room.asSlice(0, writer.lengthBytes()).toArray(ValueLayout.JAVA_BYTE);
    }

    @MethodSource("compounds")
    @FuzzTest
    void rtcp(byte[] bytes) {
        reader.wrap(MemorySegment.ofArray(bytes), 0, bytes.length);
        List<RtcpMessage> messages = new ArrayList<>();
        for (RtcpMessage message = reader.next(); message != null; message = reader.next()) {
            messages.add(message);
        }
        assertThat(reader.next()).isNull();
        assertThat(messages).hasSizeLessThanOrEqualTo(RtcpReader.MESSAGES_MAX);
        assertThat(messages).hasSize(reader.messages());
        assertThat(reader.skipped()).isBetween(0, RtcpReader.PACKETS_MAX);
        // Each message has bytes of its own; the shortest is a pair of a NACK.
        assertThat(4 * messages.size()).isLessThanOrEqualTo(bytes.length);
        messages.forEach(message -> writeAgain(message, bytes.length));
    }

    private void writeAgain(RtcpMessage message, int compoundBytes) {
        MemorySegment room = MemorySegment.ofArray(new byte[ROOM_BYTES]);
        writer.begin(room, 0, ROOM_BYTES);
        switch (message) {
            case RtcpMessage.SenderReport report -> {
                writer.senderReport(
                        report.ssrc(),
                        report.ntp(),
                        report.rtpTimestamp(),
                        report.packets(),
                        report.octets());
                report.blocks().forEach(block -> assertThat(writer.reportBlock(block)).isTrue());
                assertThat(first(room)).isEqualTo(report);
            }
            case RtcpMessage.ReceiverReport report -> {
                writer.receiverReport(report.ssrc());
                report.blocks().forEach(block -> assertThat(writer.reportBlock(block)).isTrue());
                assertThat(first(room)).isEqualTo(report);
            }
            case RtcpMessage.SourceDescription(int ssrc, String cname) -> {
                assertThat(cname).hasSizeLessThanOrEqualTo(RtcpWriter.CNAME_MAX);
                if (!cname.isEmpty()) {
                    writer.cname(ssrc, cname);
                    assertThat(first(room)).isEqualTo(message);
                }
            }
            case RtcpMessage.Bye(List<Integer> ssrcs) -> {
                assertThat(ssrcs).hasSizeBetween(1, 31);
                writer.bye(ssrcs.getFirst());
                assertThat(first(room)).isEqualTo(new RtcpMessage.Bye(List.of(ssrcs.getFirst())));
            }
            case RtcpMessage.Nack nack -> {
                long[] sequences = sequences(nack);
                writer.nack(nack.senderSsrc(), nack.mediaSsrc(), sequences, 0, sequences.length);
                assertThat(first(room)).isEqualTo(nack);
            }
            case RtcpMessage.PictureLoss(int sender, int media) -> {
                writer.pictureLoss(sender, media);
                assertThat(first(room)).isEqualTo(message);
            }
            case RtcpMessage.FullIntraRequest(int sender, int media, int number) -> {
                writer.fullIntraRequest(sender, media, number);
                assertThat(first(room)).isEqualTo(message);
            }
            case RtcpMessage.Remb remb -> {
                assertThat(remb.bitsPerSecond()).isNotNegative();
                assertThat(4 * remb.ssrcs().size()).isLessThan(compoundBytes);
            }
            case RtcpMessage.TransportWide feedback -> writeAgain(feedback, compoundBytes);
            case RtcpMessage.CongestionFeedback(_, PacketReports reports) -> {
                assertThat(2 * reports.size()).isLessThan(compoundBytes);
                for (int i = 0; i < reports.size(); i++) {
                    assertThat(reports.sequence(i)).isBetween(0, 0xffff);
                    assertThat(!reports.isReceived(i) || reports.arrivalNanos(i) >= 0).isTrue();
                }
            }
        }
    }

    private static long[] sequences(RtcpMessage.Nack nack) {
        long[] sequences = new long[1 + Integer.bitCount(nack.bitmap())];
        int count = 0;
        sequences[count++] = nack.first();
        for (int bit = 0; bit < 16; bit++) {
            if ((nack.bitmap() & 1 << bit) != 0) {
                sequences[count++] = nack.first() + bit + 1L;
            }
        }
        return sequences;
    }

    private void writeAgain(RtcpMessage.TransportWide feedback, int compoundBytes) {
        Arrivals arrivals = feedback.arrivals();
        assertThat(feedback.statuses()).isBetween(0, STATUSES_MAX);
        assertThat(arrivals.size()).isLessThanOrEqualTo(feedback.statuses());
        // Each arrival has a delta of its own.
        assertThat(arrivals.size()).isLessThan(compoundBytes);
        if (arrivals.size() == 0 || feedback.statuses() > RtcpWriter.STATUSES_MAX) {
            return;
        }
        long[] ticks = new long[feedback.statuses()];
        Arrays.fill(ticks, RtcpWriter.NOT_RECEIVED);
        for (int i = 0; i < arrivals.size(); i++) {
            int status = arrivals.sequence(i) - feedback.baseSequence() & 0xffff;
            assertThat(status).isLessThan(ticks.length);
            ticks[status] = arrivals.arrivalNanos(i) / Arrivals.TICK_NANOS;
        }
        MemorySegment room = MemorySegment.ofArray(new byte[ROOM_BYTES]);
        writer.begin(room, 0, ROOM_BYTES);
        int written =
                writer.transportWide(
                        feedback.senderSsrc(),
                        feedback.mediaSsrc(),
                        feedback.feedbackCount(),
                        feedback.baseSequence(),
                        ticks,
                        ticks.length);
        // A delta reaches as far in what we write as in what we read; only the first one counts
        // from a time of our choice.
        assertThat(written).isEqualTo(ticks.length);
        if (first(room) instanceof RtcpMessage.TransportWide same) {
            assertThat(same.statuses()).isEqualTo(feedback.statuses());
            assertThat(same.feedbackCount()).isEqualTo(feedback.feedbackCount());
            assertSame(same.arrivals(), arrivals);
        } else {
            throw new AssertionError("not read again");
        }
    }

    private static void assertSame(Arrivals actual, Arrivals expected) {
        assertThat(actual.size()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.sequence(i)).isEqualTo(expected.sequence(i));
            assertThat(actual.arrivalNanos(i) / Arrivals.TICK_NANOS & TICKS_MASK)
                    .isEqualTo(expected.arrivalNanos(i) / Arrivals.TICK_NANOS & TICKS_MASK);
        }
    }

    private @Nullable RtcpMessage first(MemorySegment room) {
        again.wrap(room, 0, writer.lengthBytes());
        RtcpMessage message = again.next();
        assertThat(again.next()).isNull();
        assertThat(again.malformed()).isFalse();
        return message;
    }
}
