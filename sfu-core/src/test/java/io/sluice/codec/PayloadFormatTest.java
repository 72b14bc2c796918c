package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.Hex;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PayloadFormatTest {

    @Test
    void shouldBeginWithAnyPacketOfOpus() {
        PayloadReader reader = new PayloadReader(Codec.OPUS);
        PayloadInfo info = reader.read("78");
        assertThat(info.valid()).isTrue();
        assertThat(info.keyframe()).isTrue();
        assertThat(info.frameStart()).isTrue();
        assertThat(info.frameEnd()).isTrue();
        assertThat(info.descriptorBytes()).isZero();
        assertThat(reader.read("").valid()).isFalse();
        assertThat(info.keyframe()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldForgetThePayloadBefore(Codec codec) {
        PayloadInfo info = new PayloadInfo();
        PayloadFormat.of(Codec.VP8).read(Hex.packet("90f09234abb100"), 0, 7, true, info);
        PayloadFormat.of(codec).read(Hex.packet(""), 0, 0, true, info);
        assertThat(info).usingRecursiveComparison().ignoringFields("frameEnd").isEqualTo(cleared());
    }

    private static PayloadInfo cleared() {
        PayloadInfo info = new PayloadInfo();
        info.clear();
        return info;
    }

    /** Memory is exactly as long as the payload: a read past its end would throw. */
    @ParameterizedTest
    @EnumSource(Codec.class)
    void shouldSurviveRandomBytes(Codec codec) {
        PayloadFormat format = PayloadFormat.of(codec);
        PayloadInfo info = new PayloadInfo();
        Random random = new Random(codec.ordinal());
        for (int round = 0; round < 30_000; round++) {
            byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            format.read(Hex.packet(bytes), 0, bytes.length, random.nextBoolean(), info);
            if (info.valid()) {
                assertThat(info.descriptorBytes()).isBetween(0, bytes.length - 1);
                assertThat(info.temporalLayer()).isBetween(0, 7);
                assertThat(info.spatialLayer()).isBetween(0, 7);
            }
        }
    }
}
