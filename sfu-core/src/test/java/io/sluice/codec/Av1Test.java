package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Av1Test {
    private final PayloadReader reader = new PayloadReader(Codec.AV1);

    @ParameterizedTest
    @CsvSource({
        "28 02 08 00 30 10, true, true", // W 2, N: sequence header, then a frame
        "18 08 00, true, true", // W 1, N: a sequence header alone
        "08 02 08 00 02 30 10, true, true", // W 0: every element has its length
        "20 02 08 00 30 10, false, true", // a sequence header repeated, without N
        "18 30 10, false, true", // N without a sequence header
        "10 30 10, false, true", // a frame
        "10 18 10, false, true", // a frame header
        "10 20 10, false, false", // a tile group
        "90 08 00, false, false", // Z: what looks like a header is a fragment
        "98 08 00, false, false", // Z with N is a contradiction
        "a0 01 ff 30 10, false, true", // Z, then a frame
        "50 30 10, false, true", // Y: goes on in the next packet
        "20 00 30 10, false, true", // an empty element
    })
    void shouldTellKeyframesBySequenceHeaders(String digits, boolean keyframe, boolean start) {
        PayloadInfo info = reader.read(digits, true);
        assertThat(info.valid()).isTrue();
        assertThat(info.keyframe()).isEqualTo(keyframe);
        assertThat(info.frameStart()).isEqualTo(start);
        assertThat(info.frameEnd()).isTrue();
        assertThat(info.descriptorBytes()).isEqualTo(1);
    }

    @Test
    void shouldReadLayersFromTheExtensionOfTheObu() {
        PayloadInfo info = reader.read("10 34 50 00");
        assertThat(info.temporalLayer()).isEqualTo(2);
        assertThat(info.spatialLayer()).isEqualTo(2);
    }

    @Test
    void shouldReadLengthsOfSeveralBytes() {
        assertThat(reader.read("28 8200 08 00 30").keyframe()).isTrue();
        assertThat(reader.read("28 8200 08 00 30").valid()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "18",
                "28 02 08", // the element is longer than the packet
                "28 02 08 00", // the second element is missing
                "28 80", // the length is cut off
                "00 80808080808080808001 30", // the length is too long
                "00 ffffffffffffff7f 30", // the length is huge
                "00 02 08 00 01", // W 0: the last one is missing
            })
    void shouldRefuseWhatIsMalformed(String digits) {
        assertThat(reader.read(digits).valid()).isFalse();
    }
}
