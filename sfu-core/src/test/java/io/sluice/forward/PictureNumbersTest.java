package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.Hex;
import org.junit.jupiter.api.Test;

final class PictureNumbersTest {
    private final PictureNumbers numbers = new PictureNumbers(true);

    /** A VP8 packet with all its numbers, in seven or fifteen bits. */
    private static PayloadInfo vp8(int pictureId, int tl0, int key, boolean isLong) {
        String id = isLong ? "%04x".formatted(0x8000 | pictureId) : "%02x".formatted(pictureId);
        String digits = "90f0%s%02x%02x00".formatted(id, tl0, key);
        PayloadInfo info = new PayloadInfo();
        PayloadFormat.of(Codec.VP8).read(Hex.packet(digits), 0, digits.length() / 2, false, info);
        assertThat(info.valid()).isTrue();
        return info;
    }

    private static PayloadInfo vp8(int pictureId, int tl0, int key) {
        return vp8(pictureId, tl0, key, true);
    }

    @Test
    void shouldChangeNothingInTheFirstRun() {
        numbers.begin(vp8(0x7fff, 7, 3));
        assertThat(numbers.rewrite(vp8(0x7fff, 7, 3))).isEqualTo(Rewrite.NOTHING);
        assertThat(numbers.rewrite(vp8(0, 8, 3))).isEqualTo(Rewrite.NOTHING);
    }

    @Test
    void shouldFollowOnWithTheNextRun() {
        numbers.begin(vp8(0x7ffe, 255, 31));
        numbers.rewrite(vp8(0x7fff, 255, 31));
        numbers.begin(vp8(100, 5, 6));
        assertThat(numbers.rewrite(vp8(100, 5, 6))).isEqualTo(Rewrite.picture(0, 0, 0));
        assertThat(numbers.rewrite(vp8(101, 6, 6))).isEqualTo(Rewrite.picture(1, 1, 0));
    }

    @Test
    void shouldCloseTheHolesOfPicturesThatAreLeftOut() {
        numbers.begin(vp8(100, 5, 6));
        numbers.rewrite(vp8(100, 5, 6));
        numbers.skip(vp8(101, 5, 6));
        numbers.skip(vp8(101, 5, 6));
        assertThat(numbers.rewrite(vp8(102, 5, 6))).isEqualTo(Rewrite.picture(101, 5, 6));
        // What comes late of the picture before has the number that it had.
        assertThat(numbers.rewrite(vp8(100, 5, 6))).isEqualTo(Rewrite.picture(100, 5, 6));
        assertThat(numbers.rewrite(vp8(103, 6, 6))).isEqualTo(Rewrite.picture(102, 6, 6));
    }

    @Test
    void shouldLeaveHolesWherePicturesReferByDistance() {
        PictureNumbers vp9 = new PictureNumbers(false);
        vp9.begin(vp8(100, 5, 6));
        vp9.rewrite(vp8(100, 5, 6));
        vp9.skip(vp8(101, 5, 6));
        assertThat(vp9.rewrite(vp8(102, 5, 6))).isEqualTo(Rewrite.NOTHING);
    }

    @Test
    void shouldFollowShortNumbersThatWrap() {
        numbers.begin(vp8(126, 5, 6, false));
        numbers.rewrite(vp8(126, 5, 6, false));
        numbers.skip(vp8(127, 5, 6, false));
        assertThat(Rewrite.pictureId(numbers.rewrite(vp8(0, 5, 6, false))) & 0x7f).isEqualTo(127);
        assertThat(Rewrite.pictureId(numbers.rewrite(vp8(1, 5, 6, false))) & 0x7f).isZero();
    }
}
