package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Vp9Test {
    private final PayloadReader reader = new PayloadReader(Codec.VP9);

    @ParameterizedTest
    @CsvSource({
        "0c 00, true, true, true", // B E
        "08 00, true, true, false", // B
        "04 00, false, false, true", // E: a later packet of a keyframe
        "4c 00, false, true, true", // P
        "28 10 00 00, true, true, false", // the lowest spatial layer
        "28 02 00 00, false, true, false", // the next spatial layer of the same picture
    })
    void shouldTellKeyframesByTheFirstPacketOfTheLowestLayer(
            String digits, boolean keyframe, boolean start, boolean end) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.valid()).isTrue();
        assertThat(info.keyframe()).isEqualTo(keyframe);
        assertThat(info.frameStart()).isEqualTo(start);
        assertThat(info.frameEnd()).isEqualTo(end);
    }

    @Test
    void shouldReadLayersInNonFlexibleMode() {
        // I P L B; M, 15 bits; TID 3, U, SID 2, D; TL0PICIDX
        PayloadInfo info = reader.read("e8 92 34 75 c8 00");
        assertThat(info.valid()).isTrue();
        assertThat(info.descriptorBytes()).isEqualTo(5);
        assertThat(info.pictureId()).isEqualTo(0x1234);
        assertThat(info.temporalLayer()).isEqualTo(3);
        assertThat(info.switchingUpAfter()).isTrue();
        assertThat(info.switchingUp()).isFalse();
        assertThat(info.independent()).isFalse();
        assertThat(info.spatialLayer()).isEqualTo(2);
        assertThat(info.tl0PicIdx()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "e8 92 34 75 c8 00, e8 d6 78 75 09", // a long number
        "e8 12 75 c8 00, e8 78 75 09", // a short number
        "a8 12 75 c8 02, a8 78 75 09", // a keyframe
        "f8 92 34 75 02 00, f8 d6 78 75 02", // flexible: no TL0PICIDX
        "28 10 05 00, 28 10 09", // no picture number
        "8a 12 18 0140 00b4 01 00 00, 8a 78 18 0140 00b4 01 00", // a structure
    })
    void shouldWriteItsDescriptorWithOtherNumbers(String digits, String expected) {
        assertThat(reader.rewritten(digits, 0x5678, 9, 0)).isEqualTo(expected.replace(" ", ""));
    }

    @Test
    void shouldTellTheSizeOfTheHighestLayer() {
        PayloadInfo info = reader.read("0a 30 0140 00b4 0280 0168 00");
        assertThat(info.width()).isEqualTo(640);
        assertThat(info.height()).isEqualTo(360);
        assertThat(reader.read("0c 00").height()).isZero();
    }

    @Test
    void shouldTellInEachPacketWhatNeedsNoEarlierPicture() {
        assertThat(reader.read("24 00 00 00").independent()).isTrue();
        assertThat(reader.read("64 00 00 00").independent()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "f8 05 20 02 00, 4", // one reference
        "f8 05 20 03 05 06 00, 6", // three references, the most there can be
        "b8 05 20 00, 3", // flexible, but not predicted: no references
    })
    void shouldReadFlexibleMode(String digits, int bytes) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.valid()).isTrue();
        assertThat(info.descriptorBytes()).isEqualTo(bytes);
        assertThat(info.pictureId()).isEqualTo(5);
        assertThat(info.temporalLayer()).isEqualTo(1);
        assertThat(info.tl0PicIdx()).isEqualTo(PayloadInfo.ABSENT);
    }

    @ParameterizedTest
    @CsvSource({
        "0a 00 00, 2", // an empty structure
        "0a 30 0140 00b4 0280 0168 00, 10", // two spatial layers with their sizes
        "0a 08 02 04 01 28 01 02 00, 8", // two pictures, of one and two references
        "0a 18 0140 00b4 01 00 00, 8", // both
        "0a 08 00 00, 3", // a group of none
    })
    void shouldStepOverTheScalabilityStructure(String digits, int bytes) {
        PayloadInfo info = reader.read(digits);
        assertThat(info.valid()).isTrue();
        assertThat(info.descriptorBytes()).isEqualTo(bytes);
        assertThat(info.keyframe()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "08",
                "88 80",
                "88 80 01",
                "28 00",
                "28 00 00",
                "38 00",
                "f8 05 20 01 01 01 00", // a fourth reference
                "f8 05 20 01",
                "0a 10",
                "0a 10 0140 00",
                "0a 10 0140 00b4",
                "0a 08",
                "0a 08 01",
                "0a 08 ff 00 00 00",
            })
    void shouldRefuseWhatIsCutOff(String digits) {
        assertThat(reader.read(digits).valid()).isFalse();
    }
}
