package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stands in a payload, its format reads nothing else and says nothing impossible. The first
 * byte chooses the codec and the marker.
 */
final class PayloadFuzzTest {
    private static final int MARKER = 0x80;
    private static final Codec[] CODECS = Codec.values();

    private final PayloadInfo info = new PayloadInfo();

    static List<byte[]> payloads() {
        return Stream.of(
                        // With all fields of the descriptor, and a keyframe.
                        payload(Codec.VP8, "90f0 8123 45 67 00 1122"),
                        payload(Codec.VP8, "10 01 1122"),
                        payload(Codec.VP9, "8a 8123 18 0140 00b4 11"),
                        payload(Codec.VP9, "bc 8123 10 05 1122"),
                        payload(Codec.VP9, "ec 12 30 03 02 1122"),
                        payload(Codec.VP9, "8a 01 18 01 0400 1122"),
                        payload(Codec.AV1, "08 020a00 0332 1122"),
                        payload(Codec.AV1, "20 0236 28 36 48 11"),
                        payload(Codec.H264, "67 42e01f"),
                        payload(Codec.H264, "78 0004 6742e01f 0002 68ce 0002 65b8"),
                        payload(Codec.H264, "7c 85 b8 1122"),
                        payload(Codec.H265, "4201 01 1122"),
                        payload(Codec.H265, "6001 0003 4401c0 0003 2601af"),
                        payload(Codec.H265, "6201 93 af 11"),
                        payload(Codec.OPUS, "78 1122"))
                .toList();
    }

    private static byte[] payload(Codec codec, String digits) {
        byte[] payload = HexFormat.of().parseHex("00" + digits.replace(" ", ""));
        payload[0] = (byte) (MARKER | codec.ordinal());
        return payload;
    }

    @MethodSource("payloads")
    @FuzzTest
    void payload(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        Codec codec = CODECS[(bytes[0] & ~MARKER & 0xff) % CODECS.length];
        boolean marker = (bytes[0] & MARKER) != 0;
        // The payload is the end of the memory: a read past it throws.
        int length = bytes.length - 1;
        PayloadFormat.of(codec).read(MemorySegment.ofArray(bytes), 1, length, marker, info);
        if (!info.valid()) {
            return;
        }
        assertThat(info.descriptorBytes()).isBetween(0, length);
        assertThat(info.temporalLayer()).isBetween(0, 7);
        assertThat(info.spatialLayer()).isBetween(0, 7);
        assertThat(info.pictureId()).isBetween(PayloadInfo.ABSENT, 0x7fff);
        assertThat(info.tl0PicIdx()).isBetween(PayloadInfo.ABSENT, 0xff);
        assertThat(info.keyIdx()).isBetween(PayloadInfo.ABSENT, 0x1f);
        assertThat(info.keyframe() && !info.frameStart()).isFalse();
    }
}
