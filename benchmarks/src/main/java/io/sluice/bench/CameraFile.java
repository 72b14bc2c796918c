package io.sluice.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a camera sees, as a file of raw pictures (YUV4MPEG2) that Chromium shows over and over: a
 * pattern that passes by, and grain, so that an encoder needs all the bits that it may use.
 */
final class CameraFile {
    static final int WIDTH = 640;
    static final int HEIGHT = 360;

    private static final int FRAMES = 30;
    private static final int SEED = 1;

    /** The pattern passes by once: the last picture comes before the first. */
    private static final int STEP = WIDTH / FRAMES;

    private static final int GRAIN = 12;
    private static final byte GREY = (byte) 128;

    private CameraFile() {}

    static void write(Path file, int framesPerSecond) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            ascii(
                    out,
                    "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n"
                            .formatted(WIDTH, HEIGHT, framesPerSecond));
            byte[] luma = new byte[WIDTH * HEIGHT];
            byte[] colors = new byte[WIDTH * HEIGHT / 2];
            Arrays.fill(colors, GREY);
            for (int frame = 0; frame < FRAMES; frame++) {
                for (int y = 0; y < HEIGHT; y++) {
                    for (int x = 0; x < WIDTH; x++) {
                        int grain = random.nextInt(-GRAIN, GRAIN + 1);
                        luma[y * WIDTH + x] = (byte) (pattern(x + frame * STEP, y) + grain);
                    }
                }
                ascii(out, "FRAME\n");
                out.write(luma);
                out.write(colors);
            }
        }
    }

    /** From 48 to 208. */
    private static int pattern(int x, int y) {
        double across = Math.sin(2 * Math.PI * 5 * x / WIDTH);
        double down = Math.sin(2 * Math.PI * 3 * y / HEIGHT);
        return (int) (128 + 50 * across * down + 30 * Math.sin(2 * Math.PI * 40 * x / WIDTH));
    }

    private static void ascii(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
