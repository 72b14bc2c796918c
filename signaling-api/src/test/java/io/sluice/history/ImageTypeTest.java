package io.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageTypeTest {
    private static byte[] image(String hex) {
        return Arrays.copyOf(HexFormat.of().parseHex(hex.replace(" ", "")), 64);
    }

    @ParameterizedTest
    @CsvSource({
        "FFD8 FFE0 0010 4A46494600010100000100010000 FFC0 0011 08 01E0 0280 03, JPEG, 640, 480",
        "FFD8 FFFF FFE1 0004 0000 FFC2 0011 08 0001 0002 03, JPEG, 2, 1",
        "89504E47 0D0A1A0A 0000000D 49484452 00000500 000002D0 0806000000, PNG, 1280, 720",
        "52494646 38000000 57454250 56503820 2C000000 500100 9D012A 8002 E001, WEBP, 640, 480",
        "52494646 38000000 57454250 5650384C 2C000000 2F 7FC27700, WEBP, 640, 480",
        "52494646 38000000 57454250 56503858 0A000000 00000000 7F0200 DF0100, WEBP, 640, 480"
    })
    void shouldKnowImagesByTheirBytes(String hex, ImageType type, int width, int height) {
        assertThat(ImageType.read(image(hex))).contains(new ImageType.Head(type, width, height));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3C68746D6C3E3C7363726970743E616C6572742831293C2F7363726970743E",
                "47494638396101000100",
                "3C73766720786D6C6E733D22687474703A2F2F7777772E77332E6F72672F323030302F737667223E",
                "FFD8 FFD9",
                "FFD8 FFE0 0000 FFC0 0011 08 01E0 0280",
                "FFD8 FFDA 0011 08 01E0 0280 03",
                "FFD8 FFC0 0011 08 0000 0280 03",
                "89504E47 0D0A1A0A 0000000D 49484452 00010000 00010000",
                "89504E47 0D0A1A0A 0000000D 49444154 00000500 000002D0",
                "52494646 FFFFFF7F 57454250 56503820 2C000000 500100 9D012A 8002 E001",
                "52494646 38000000 57415645 666D7420"
            })
    void shouldTakeNothingElseForOne(String hex) {
        assertThat(ImageType.read(image(hex))).isEmpty();
        assertThat(ImageType.read(HexFormat.of().parseHex(hex.replace(" ", "")))).isEmpty();
    }

    @Test
    void shouldReadWhateverIsSentWithoutFailing() {
        long seed = 10;
        Random random = new Random(seed);
        byte[][] heads = {
            image("FFD8 FFE0 0010 4A46"),
            image("89504E47 0D0A1A0A 0000000D 49484452"),
            image("52494646 38000000 57454250 56503858")
        };
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(heads[i % 3], random.nextInt(80));
            for (int j = 0; j < bytes.length / 8; j++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ImageType.read(bytes)
                    .ifPresent(head ->
                            assertThat(head.width() * head.height())
                                    .as("seed %s", seed)
                                    .isPositive());
        }
    }
}
