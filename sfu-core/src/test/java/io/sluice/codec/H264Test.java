package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class H264Test {
    private final PayloadReader reader = new PayloadReader(Codec.H264);

    @ParameterizedTest
    @CsvSource({
        "65 88 84, true, true", // IDR, first slice
        "65 40 84, false, false", // IDR, a later slice
        "67 42 e0, true, true", // SPS
        "68 ce 3c, false, false", // PPS
        "41 9a 00, false, true", // slice, the first
        "41 4a 00, false, false", // slice, a later one
        "06 05 01, false, true", // SEI
        "09 f0, false, true", // access unit delimiter
        "65, false, false", // nothing but a header
        "78 0004 67 42e01f 0003 68 ce3c, true, true", // STAP-A of SPS and PPS
        "78 0003 68 ce3c 0003 65 8884, true, true", // STAP-A with an IDR behind
        "78 0002 41 9a, false, true", // STAP-A of a slice
        "7c 85 88, true, true", // FU-A, begin of an IDR
        "7c 85 40, false, false", // FU-A, begin of an IDR's later slice
        "7c 87 42, true, true", // FU-A, begin of an SPS
        "7c 05 88, false, false", // FU-A, middle
        "7c 45 88, false, false", // FU-A, end
        "7c 81 9a, false, true", // FU-A, begin of a slice
    })
    void shouldTellKeyframesAndFrames(String digits, boolean keyframe, boolean start) {
        PayloadInfo info = reader.read(digits, true);
        assertThat(info.valid()).isTrue();
        assertThat(info.keyframe()).isEqualTo(keyframe);
        assertThat(info.frameStart()).isEqualTo(start);
        assertThat(info.frameEnd()).isTrue();
        assertThat(info.descriptorBytes()).isZero();
        assertThat(reader.read(digits, false).frameEnd()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "65 88 84, true", // IDR
        "7c 85 88, true", // FU-A, begin of an IDR
        "78 0003 68 ce3c 0003 65 8884, true", // STAP-A of PPS and IDR
        "78 0003 67 42e0 0003 65 8884, false", // STAP-A of SPS and IDR
        "67 42 e0, false", // SPS
        "65 40 84, false", // a later slice, with which nobody begins
    })
    void shouldTellAPictureThatComesWithoutItsParameterSets(String digits, boolean needs) {
        assertThat(reader.read(digits).needsParameterSets()).isEqualTo(needs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "60 00", // type 0
                "79 0000 0003 67 42e0", // STAP-B
                "7d 85 88", // FU-B
                "7f 00", // type 31
                "78", // STAP-A of nothing
                "78 00",
                "78 0000", // a unit of nothing
                "78 0004 67 42e0", // longer than the packet
                "78 0003 67 42e0 00", // something behind
                "7c 85", // FU-A without a fragment
            })
    void shouldRefuseWhatIsMalformed(String digits) {
        assertThat(reader.read(digits).valid()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "67 42c01f da0280f640, 640, 480", // constrained baseline
        "67 42c00d da05067e74, 320, 180", // cropped
        "67 64001f acd9 4050 05bb 0110 0000 0300 1000 0003 03c0 f183 1960, 1280, 720", // high
        "78 0009 67 42c00d da05067e74 0002 68ce, 320, 180", // in a STAP-A
        "67 42c01f da02, 0, 0", // cut off
        "67 42c01f 00 00 00 00 00 00, 0, 0", // a number that never ends
    })
    void shouldTellTheSizeOfAParameterSet(String digits, int width, int height) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.width()).isEqualTo(width);
        assertThat(info.height()).isEqualTo(height);
    }
}
