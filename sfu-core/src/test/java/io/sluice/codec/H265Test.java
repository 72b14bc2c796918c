package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class H265Test {
    private final PayloadReader reader = new PayloadReader(Codec.H265);

    @ParameterizedTest
    @CsvSource({
        "2601 af, true, true, true", // IDR_W_RADL, first slice
        "2601 2f, false, false, false", // IDR_W_RADL, a later slice
        "2a01 af, true, true, true", // CRA
        "4001 0c, true, true, false", // VPS
        "4201 01, true, true, false", // SPS
        "4401 c0, true, true, false", // PPS
        "0201 d0, false, true, false", // TRAIL_R, first slice
        "0201 50, false, false, false", // TRAIL_R, a later slice
        "4601 50, false, true, false", // access unit delimiter
        "4e01 05, false, true, false", // SEI before the picture
        "6001 0003 4201 01 0003 4401 c0, true, true, false", // aggregate of parameter sets
        "6001 0003 4401 c0 0003 2601 af, true, true, false", // with the picture behind
        "6201 93 af 11, true, true, true", // fragment, begin of an IDR
        "6201 13 af 11, false, false, false", // fragment, middle
        "6201 53 af 11, false, false, false", // fragment, end
        "6201 81 d0 11, false, true, false", // fragment, begin of TRAIL_R
    })
    void shouldTellKeyframesAndFrames(
            String digits, boolean keyframe, boolean start, boolean bare) {
        PayloadInfo info = reader.read(digits, true);
        assertThat(info.valid()).isTrue();
        assertThat(info.keyframe()).isEqualTo(keyframe);
        assertThat(info.frameStart()).isEqualTo(start);
        assertThat(info.needsParameterSets()).isEqualTo(bare);
        assertThat(info.frameEnd()).isTrue();
        assertThat(info.descriptorBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0201 d0, 0, false", // TRAIL_R
        "0203 d0, 2, false",
        "0402 d0, 1, true", // TSA_N
        "0a02 d0, 1, true", // STSA_R
        "6203 85 d0 11, 2, true", // begin of a fragment of STSA_R
        "6203 05 d0 11, 2, true", // its middle
    })
    void shouldTellTemporalLayers(String digits, int layer, boolean switchingUp) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.temporalLayer()).isEqualTo(layer);
        assertThat(info.switchingUp()).isEqualTo(switchingUp);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2601",
                "2600 af", // no temporal layer
                "6401 00", // PACI
                "6001 00",
                "6001 0000",
                "6001 0004 4201 01", // longer than the packet
                "6001 0003 4201 01 00", // something behind
                "6201 93", // a fragment of nothing
            })
    void shouldRefuseWhatIsMalformed(String digits) {
        assertThat(reader.read(digits).valid()).isFalse();
    }
}
