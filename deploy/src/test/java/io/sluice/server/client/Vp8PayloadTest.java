package io.sluice.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class Vp8PayloadTest {

    private static @Nullable Vp8Payload read(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return Vp8Payload.read(bytes, 0, bytes.length);
    }

    @Test
    void shouldReadBackWhatWasWritten() {
        byte[] bytes = new byte[64];
        int key = Vp8Payload.write(bytes, 3, 0x7FFE, true, true, 0);
        assertThat(Vp8Payload.read(bytes, 3, 50))
                .isEqualTo(new Vp8Payload(0x7FFE, true, true, 3 + key));
        int inter = Vp8Payload.write(bytes, 0, 5, true, false, 0);
        assertThat(Vp8Payload.read(bytes, 0, 50)).isEqualTo(new Vp8Payload(5, true, false, inter));
        int later = Vp8Payload.write(bytes, 0, 5, false, true, 0);
        assertThat(later).isEqualTo(4);
        assertThat(Vp8Payload.read(bytes, 0, 50)).isEqualTo(new Vp8Payload(5, false, false, 4));
    }

    /** Written by hand after the drawings in RFC 7741 4.2 and RFC 6386 9.1. */
    @Test
    void shouldReadEachFormOfTheDescriptor() {
        assertThat(read("10 10 00 00 9d012a 4001 b400 ff".replace(" ", "")))
                .as("the shortest, a keyframe")
                .isEqualTo(new Vp8Payload(-1, true, true, 11));
        assertThat(read("90 80 7f 11 00 00 ff".replace(" ", "")))
                .as("7 bits of picture id, no keyframe")
                .isEqualTo(new Vp8Payload(0x7F, true, false, 6));
        assertThat(read("80 f0 8123 07 60 ff".replace(" ", "")))
                .as("all fields, not the start of a frame")
                .isEqualTo(new Vp8Payload(0x123, false, false, 6));
    }

    @Test
    void shouldRefuseWhatEndsTooEarly() {
        assertThat(read("90")).isNull();
        assertThat(read("908080")).isNull();
        assertThat(read("9000100000" + "9d012a")).as("half a keyframe header").isNull();
        assertThat(read("9000100000" + "9d012b4001b400")).as("a wrong start code").isNull();
    }
}
