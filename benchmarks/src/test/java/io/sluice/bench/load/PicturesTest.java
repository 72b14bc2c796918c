package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.rtp.RtcpMessage;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Real pictures in packets: what a receiver puts together again is what was encoded. */
final class PicturesTest {
    /** X, I, and a picture id of 15 bits (RFC 7741 4.2). */
    private static final int DESCRIPTOR_BYTES = 4;

    private static final long FRAME_NANOS = 1_000_000_000L / LoadShape.FRAMES_PER_SECOND;

    private final List<byte[]> shown = new ArrayList<>();
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();

    private final PacketSender receiver =
            new PacketSender() {
                @Override
                public int nextTransportSequence() {
                    return 0;
                }

                @Override
                public void sendRtp(
                        MemorySegment memory, long from, int headerBytes, int payloadBytes) {
                    byte[] packet =
                            memory.asSlice(from, headerBytes + payloadBytes)
                                    .toArray(ValueLayout.JAVA_BYTE);
                    boolean isFirst = (packet[headerBytes] & 0x10) != 0;
                    assertThat(isFirst).isEqualTo(frame.size() == 0);
                    assertThat(payloadBytes).isLessThanOrEqualTo(1150);
                    int skipped = headerBytes + DESCRIPTOR_BYTES;
                    frame.write(packet, skipped, packet.length - skipped);
                    // The marker: the frame's last.
                    if ((packet[1] & 0x80) != 0) {
                        shown.add(frame.toByteArray());
                        frame.reset();
                    }
                }

                @Override
                public void sendRtx(
                        MemorySegment memory,
                        long from,
                        int headerBytes,
                        int payloadBytes,
                        int payloadType,
                        int ssrc,
                        int sequence) {
                    throw new AssertionError("nobody has asked for it again");
                }
            };

    private static byte[] encoded(int bytes, boolean keyframe) {
        byte[] frame = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(frame);
        frame[0] = (byte) (keyframe ? 0x10 : 0x11);
        return frame;
    }

    @Test
    void shouldShowThemOverAndOverAndFromTheFirstWhenAKeyframeIsWanted() {
        byte[] key = encoded(20_000, true);
        byte[] second = encoded(1_146, false);
        byte[] third = encoded(1_147, false);
        PublishedStream stream =
                new PublishedStream(
                        receiver, new LoadCounters(), 1, 1_000_000, 0, 0, new SplittableRandom(1));
        stream.show(new Pictures(List.of(key, second, third)));

        for (int i = 0; i < 5; i++) {
            stream.onTick(i * FRAME_NANOS);
        }
        stream.onFeedback(new RtcpMessage.PictureLoss(7, stream.ssrc()));
        stream.onTick(5 * FRAME_NANOS);

        assertThat(shown).containsExactly(key, second, third, key, second, key);
    }

    @Test
    void shouldBeginWithAKeyframe() {
        List<byte[]> without = List.of(encoded(100, false));
        assertThatThrownBy(() -> new Pictures(without)).hasMessageContaining("keyframe");
        assertThatThrownBy(() -> new Pictures(List.of())).hasMessageContaining("keyframe");
    }
}
