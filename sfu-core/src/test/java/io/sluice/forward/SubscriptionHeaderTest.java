package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.Wire;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a header, it is the one that the general writer writes. */
final class SubscriptionHeaderTest {
    private static final int ROOM_BYTES = 256;
    private static final int PAYLOAD_TYPE = 107;
    private static final int RTX_PAYLOAD_TYPE = 108;
    private static final int SSRC = 0xF1223344;
    private static final int RTX_SSRC = 0x55667788;
    private static final long SEQUENCE = 0x1_FFF0;
    private static final int TIMESTAMP = 0x89ABCDEF;
    private static final int TRANSPORT_SEQUENCE = 0xFEDC;
    private static final int SOURCE_ORIENTATION = 6;
    private static final int VIEWER_ORIENTATION = 11;
    private static final int TURNED = 3;

    private final MemorySegment memory = Arena.ofAuto().allocate(2 * ROOM_BYTES);
    private final RtpPacket packet = new RtpPacket();
    private final PayloadInfo info = new PayloadInfo();

    /** A publisher's packet; it says how it is turned if {@code orientation} is not 0. */
    private void packet(boolean marker, int orientation) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        MemorySegment source = Arena.ofAuto().allocate(ROOM_BYTES);
        writer.begin(source, 0, ROOM_BYTES, marker, 96, 7, 8, 9);
        writer.add(1, '4', 1);
        if (orientation != 0) {
            writer.add(SOURCE_ORIENTATION, orientation, 1);
        }
        assertThat(packet.wrap(source, 0, writer.end() + 10)).isTrue();
    }

    private static SubscriptionHeader header(String mid, int midId, int transportId) {
        Map<HeaderExtension, Integer> ids = new HashMap<>();
        ids.put(HeaderExtension.VIDEO_ORIENTATION, VIEWER_ORIENTATION);
        if (midId != 0) {
            ids.put(HeaderExtension.MID, midId);
        }
        if (transportId != 0) {
            ids.put(HeaderExtension.TRANSPORT_WIDE_SEQUENCE, transportId);
        }
        return header(mid, ids);
    }

    private static SubscriptionHeader header(String mid, Map<HeaderExtension, Integer> ids) {
        return new SubscriptionHeader(
                new SubscriptionFormat(
                        mid, PAYLOAD_TYPE, RTX_PAYLOAD_TYPE, SSRC, RTX_SSRC, ExtensionMap.of(ids)),
                ExtensionMap.of(Map.of(HeaderExtension.VIDEO_ORIENTATION, SOURCE_ORIENTATION)),
                new RtpHeaderWriter());
    }

    private byte[] media(SubscriptionHeader header, boolean padded) {
        memory.fill((byte) 0x5a);
        int number = header.numbersTransport() ? TRANSPORT_SEQUENCE : -1;
        return bytes(
                header.writeMedia(
                        memory,
                        3,
                        packet,
                        info,
                        Rewrite.NOTHING,
                        padded,
                        SEQUENCE,
                        TIMESTAMP,
                        number));
    }

    private byte[] bytes(int headerBytes) {
        return memory.asSlice(3, headerBytes).toArray(ValueLayout.JAVA_BYTE);
    }

    private byte[] expected(
            String mid, int midId, int transportId, int type, int ssrc, int orientation) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        MemorySegment out = Arena.ofAuto().allocate(ROOM_BYTES);
        writer.begin(out, 0, ROOM_BYTES, packet.marker(), type, SEQUENCE, TIMESTAMP, ssrc);
        if (midId != 0) {
            writer.add(midId, Arena.ofAuto().allocateFrom(mid), 0, mid.length());
        }
        if (transportId != 0) {
            writer.add(transportId, TRANSPORT_SEQUENCE, 2);
        }
        if (orientation != 0) {
            writer.add(VIEWER_ORIENTATION, orientation, 1);
        }
        return out.asSlice(0, writer.end()).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void shouldTellTheTimeOfSendingWhereItNumbersNothing() {
        packet(false, 0);
        Map<HeaderExtension, Integer> both =
                Map.of(
                        HeaderExtension.MID,
                        1,
                        HeaderExtension.ABS_SEND_TIME,
                        2,
                        HeaderExtension.TRANSPORT_WIDE_SEQUENCE,
                        3);
        assertThat(header("0", both).timesDepartures()).isFalse();
        for (String mid : List.of("0", "a-long-one")) {
            SubscriptionHeader header =
                    header(mid, Map.of(HeaderExtension.MID, 1, HeaderExtension.ABS_SEND_TIME, 2));
            assertThat(header.timesDepartures()).isTrue();
            assertThat(header.numbersTransport()).isFalse();
            int time = SubscriptionHeader.departureTime(65_500_000_000L);

            int bytes =
                    header.writeMedia(memory, 3, packet, info, Rewrite.NOTHING, false, 1, 2, time);

            RtpPacket sent = new RtpPacket();
            assertThat(sent.wrap(memory, 3, bytes)).isTrue();
            assertThat(sent.find(2)).isEqualTo(3);
            // 1.5 of 64 seconds, with 18 bits behind the point.
            assertThat(Wire.u24(memory, sent.foundOffset())).isEqualTo(3 << 17);
            assertThat(sent.textEquals(1, mid)).isTrue();
        }
    }

    @Test
    void shouldTellTimesBeforeTheClocksZero() {
        assertThat(SubscriptionHeader.departureTime(-500_000_000L)).isEqualTo(127 << 17);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 3",
        "12, 1, 3",
        "abc, 14, 1",
        "abcd, 14, 1",
        "sixteen-letters., 2, 3",
        "0, 15, 3",
        "0, 1, 15",
        "0, 200, 255",
        "0, 1, 0",
        "abc, 1, 0",
        "abcdefg, 1, 0",
        "abcdefgh, 1, 0",
        "0, 0, 3",
        "0, 0, 0",
        "'', 1, 3"
    })
    void shouldWriteWhatTheGeneralWriterWrites(String mid, int midId, int transportId) {
        for (int orientation : new int[] {0, TURNED}) {
            for (boolean marker : new boolean[] {false, true}) {
                packet(marker, orientation);
                SubscriptionHeader header = header(mid, midId, transportId);

                assertThat(media(header, false))
                        .isEqualTo(
                                expected(mid, midId, transportId, PAYLOAD_TYPE, SSRC, orientation));
                int number = header.numbersTransport() ? TRANSPORT_SEQUENCE : -1;
                assertThat(
                                bytes(
                                        header.writeRetransmission(
                                                memory,
                                                3,
                                                packet,
                                                info,
                                                Rewrite.NOTHING,
                                                SEQUENCE,
                                                TIMESTAMP,
                                                number)))
                        .isEqualTo(
                                expected(
                                        mid,
                                        midId,
                                        transportId,
                                        RTX_PAYLOAD_TYPE,
                                        RTX_SSRC,
                                        orientation));
            }
        }
    }

    /** Whatever form the publisher's header has, and whatever the viewer's. */
    @ParameterizedTest
    @CsvSource({
        "AUDIO_LEVEL, 1",
        "VIDEO_ORIENTATION, 1",
        "PLAYOUT_DELAY, 3",
        "ABS_CAPTURE_TIME, 8",
        "ABS_CAPTURE_TIME, 16",
        "DEPENDENCY_DESCRIPTOR, 3",
        "DEPENDENCY_DESCRIPTOR, 90",
    })
    void shouldPassWhatIsBetweenPublisherAndViewer(HeaderExtension extension, int bytes) {
        byte[] said = new byte[bytes];
        Arrays.fill(said, (byte) 0x77);
        said[0] = 1;
        for (int sourceId : new int[] {6, 14, 15, 100}) {
            for (int viewerId : new int[] {2, 14, 15, 200}) {
                for (int midId : new int[] {0, 1, 30}) {
                    packet(extension, sourceId, said);
                    SubscriptionHeader header =
                            passing(extension, sourceId, Map.of(extension, viewerId), midId);

                    RtpPacket sent = sent(header);

                    assertThat(sent.find(viewerId)).isEqualTo(bytes);
                    assertThat(
                                    sent.memory()
                                            .asSlice(sent.foundOffset(), bytes)
                                            .toArray(ValueLayout.JAVA_BYTE))
                            .isEqualTo(said);
                    assertThat(midId == 0 || sent.textEquals(midId, "0")).isTrue();
                }
            }
        }
    }

    /** Names, numbers and layers are between us and the publisher, or us and the viewer. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "MID",
                "RID",
                "REPAIRED_RID",
                "TRANSPORT_WIDE_SEQUENCE",
                "ABS_SEND_TIME",
                "VIDEO_LAYERS_ALLOCATION"
            })
    void shouldNotPassWhatIsBetweenPublisherAndUs(HeaderExtension extension) {
        packet(extension, 6, new byte[] {0x77, 0x77, 0x77});
        RtpPacket sent = sent(passing(extension, 6, Map.of(extension, 7), 0));
        int bytes = sent.find(7);
        for (int i = 0; i < Math.max(0, bytes); i++) {
            assertThat(Wire.u8(sent.memory(), sent.foundOffset() + i)).isNotEqualTo(0x77);
        }
    }

    private static SubscriptionHeader passing(
            HeaderExtension extension,
            int sourceId,
            Map<HeaderExtension, Integer> viewerIds,
            int midId) {
        Map<HeaderExtension, Integer> ids = new HashMap<>(viewerIds);
        if (midId != 0) {
            ids.put(HeaderExtension.MID, midId);
        }
        return new SubscriptionHeader(
                new SubscriptionFormat(
                        "0", PAYLOAD_TYPE, RTX_PAYLOAD_TYPE, SSRC, RTX_SSRC, ExtensionMap.of(ids)),
                ExtensionMap.of(Map.of(extension, sourceId)),
                new RtpHeaderWriter());
    }

    private void packet(HeaderExtension extension, int id, byte[] said) {
        RtpHeaderWriter writer = new RtpHeaderWriter();
        MemorySegment source = Arena.ofAuto().allocate(ROOM_BYTES);
        writer.begin(source, 0, ROOM_BYTES, false, 96, 7, 8, 9);
        writer.add(extension == HeaderExtension.MID ? 9 : 1, '4', 1);
        writer.add(id, MemorySegment.ofArray(said), 0, said.length);
        assertThat(packet.wrap(source, 0, writer.end() + 10)).isTrue();
    }

    private RtpPacket sent(SubscriptionHeader header) {
        RtpPacket sent = new RtpPacket();
        int bytes =
                header.writeMedia(
                        memory,
                        3,
                        packet,
                        info,
                        Rewrite.NOTHING,
                        false,
                        SEQUENCE,
                        TIMESTAMP,
                        TRANSPORT_SEQUENCE);
        assertThat(sent.wrap(memory, 3, bytes)).isTrue();
        return sent;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, TURNED})
    void shouldSayThatPaddingFollows(int orientation) {
        packet(true, orientation);
        SubscriptionHeader header = header("0", 1, 3);
        byte[] plain = media(header, false);

        byte[] padded = media(header, true);

        assertThat(padded[0]).isEqualTo((byte) (plain[0] | 0x20));
        assertThat(Arrays.copyOfRange(padded, 1, padded.length))
                .isEqualTo(Arrays.copyOfRange(plain, 1, plain.length));
    }

    @Test
    void shouldWriteNothingBeforeItsPlace() {
        packet(false, 0);
        media(header("0", 1, 3), false);
        assertThat(memory.asSlice(0, 3).toArray(ValueLayout.JAVA_BYTE))
                .isEqualTo(new byte[] {0x5a, 0x5a, 0x5a});
    }
}
