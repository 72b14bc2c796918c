package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Vp8Test {
    private final PayloadReader reader = new PayloadReader(Codec.VP8);

    @ParameterizedTest
    @CsvSource({
        "10 00, true, true", // S, partition 0, P bit 0
        "10 01, false, true", // an interframe
        "00 00, false, false", // not the beginning
        "11 00, false, false", // the beginning of partition 1
        "30 00, true, true", // N does not matter
        "50 00, true, true", // nor does R
    })
    void shouldTellKeyframesByTheFirstPacket(String digits, boolean keyframe, boolean start) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.valid()).isTrue();
        assertThat(info.keyframe()).isEqualTo(keyframe);
        assertThat(info.frameStart()).isEqualTo(start);
        assertThat(info.frameEnd()).isFalse();
        assertThat(info.descriptorBytes()).isEqualTo(1);
        assertThat(info.pictureId()).isEqualTo(PayloadInfo.ABSENT);
        assertThat(info.tl0PicIdx()).isEqualTo(PayloadInfo.ABSENT);
        assertThat(info.keyIdx()).isEqualTo(PayloadInfo.ABSENT);
    }

    @Test
    void shouldReadAllFields() {
        // X S; I L T K; M, 15 bits; TL0PICIDX; TID 2, Y, KEYIDX 17
        PayloadInfo info = reader.read("90 f0 92 34 ab b1 00", true);
        assertThat(info.valid()).isTrue();
        assertThat(info.descriptorBytes()).isEqualTo(6);
        assertThat(info.pictureId()).isEqualTo(0x1234);
        assertThat(info.tl0PicIdx()).isEqualTo(0xab);
        assertThat(info.temporalLayer()).isEqualTo(2);
        assertThat(info.switchingUp()).isTrue();
        assertThat(info.keyIdx()).isEqualTo(17);
        assertThat(info.frameEnd()).isTrue();
        assertThat(info.keyframe()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "90 80 7f 00, 3, 127, -1, 0, -1", // a short picture id
        "90 40 05 00, 3, -1, 5, 0, -1", // TL0PICIDX alone
        "90 20 40 00, 3, -1, -1, 1, -1", // T alone: KEYIDX is to be ignored
        "90 10 c3 00, 3, -1, -1, 0, 3", // K alone: TID is to be ignored
        "90 00 00, 2, -1, -1, 0, -1", // nothing
    })
    void shouldReadFieldsThatStandAlone(
            String digits, int bytes, int picture, int tl0, int temporal, int key) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.valid()).isTrue();
        assertThat(info.descriptorBytes()).isEqualTo(bytes);
        assertThat(info.pictureId()).isEqualTo(picture);
        assertThat(info.tl0PicIdx()).isEqualTo(tl0);
        assertThat(info.temporalLayer()).isEqualTo(temporal);
        assertThat(info.keyIdx()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "90",
                "90 80",
                "90 80 80",
                "90 80 80 01",
                "90 c0 01",
                "90 f0 80 01 02"
            })
    void shouldRefuseWhatIsCutOff(String digits) {
        assertThat(reader.read(digits).valid()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "90 f0 92 34 ab b1 00, 90f0d67809a3", // everything, a long number
        "90 80 7f 00, 908078", // a short number
        "90 40 05 00, 904009", // TL0PICIDX alone
        "90 10 c5 00, 9010c3", // KEYIDX alone: the bits beside it stay
        "90 20 c5 00, 9020c5", // no KEYIDX
        "10 00, 10",
    })
    void shouldWriteItsDescriptorWithOtherNumbers(String digits, String expected) {
        assertThat(reader.rewritten(digits, 0x5678, 9, 3)).isEqualTo(expected);
    }

    @Test
    void shouldTellTheSizeOfAKeyframe() {
        PayloadInfo info = reader.read("10 000000 9d012a 8002 6841");
        assertThat(info.width()).isEqualTo(640);
        assertThat(info.height()).isEqualTo(360);
        assertThat(info.independent()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10 010000 9d012a 8002 6841", // no keyframe
                "10 000000 9d012b 8002 6841", // encrypted: no start code
                "10 000000 9d012a 8002 68", // cut off
            })
    void shouldNotTellASizeThatIsNotThere(String digits) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.valid()).isTrue();
        assertThat(info.height()).isZero();
    }
}
