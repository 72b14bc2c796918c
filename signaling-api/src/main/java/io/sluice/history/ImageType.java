package io.sluice.history;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The kinds of images that are taken, known by their bytes and by nothing else. */
public enum ImageType {
    JPEG("image/jpeg", "jpg"),
    PNG("image/png", "png"),
    WEBP("image/webp", "webp");

    /** No camera and no screen is larger; a browser would have to make room for all of it. */
    private static final int MAX_SIDE = 8_192;

    private final String mediaType;
    private final String ending;

    ImageType(String mediaType, String ending) {
        this.mediaType = mediaType;
        this.ending = ending;
    }

    /** An image's type and size, as its head says. */
    public record Head(ImageType type, int width, int height) {}

    public String mediaType() {
        return mediaType;
    }

    String ending() {
        return ending;
    }

    static Optional<ImageType> ofEnding(String ending) {
        for (ImageType type : values()) {
            if (type.ending.equals(ending)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Reads the head of an image; empty if it is none of these, or has no sensible size. */
    public static Optional<Head> read(byte[] image) {
        ByteBuffer bytes = ByteBuffer.wrap(image);
        Optional<Head> head =
                switch (image.length < 16 ? 0 : bytes.getInt(0)) {
                    case 0x89504E47 -> png(bytes);
                    case 0x52494646 -> webp(bytes);
                    default -> isJpeg(bytes) ? jpeg(bytes) : Optional.empty();
                };
        return head.filter(found -> isSide(found.width()) && isSide(found.height()));
    }

    private static boolean isSide(int pixels) {
        return pixels >= 1 && pixels <= MAX_SIDE;
    }

    private static String ascii(ByteBuffer bytes, int offset, int length) {
        byte[] text = new byte[length];
        bytes.get(offset, text);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** PNG (Third Edition) 5.2 and 11.2.1: a signature, and IHDR first. */
    private static Optional<Head> png(ByteBuffer bytes) {
        boolean isPng =
                bytes.limit() >= 33
                        && bytes.getInt(4) == 0x0D0A1A0A
                        && ascii(bytes, 12, 4).equals("IHDR");
        return isPng
                ? Optional.of(new Head(PNG, bytes.getInt(16), bytes.getInt(20)))
                : Optional.empty();
    }

    /** RFC 9649 2.4 to 2.7: a RIFF of its whole length, whose first chunk has the size. */
    private static Optional<Head> webp(ByteBuffer bytes) {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.limit() < 30
                || !ascii(bytes, 8, 4).equals("WEBP")
                || Integer.toUnsignedLong(bytes.getInt(4)) + 8 > bytes.limit()) {
            return Optional.empty();
        }
        return switch (ascii(bytes, 12, 4)) {
            case "VP8 " ->
                    Optional.of(
                            new Head(
                                    WEBP,
                                    bytes.getShort(26) & 0x3FFF,
                                    bytes.getShort(28) & 0x3FFF));
            case "VP8L" -> {
                int bits = bytes.getInt(21);
                yield Optional.of(
                        new Head(WEBP, (bits & 0x3FFF) + 1, ((bits >>> 14) & 0x3FFF) + 1));
            }
            case "VP8X" ->
                    Optional.of(
                            new Head(
                                    WEBP,
                                    (bytes.getInt(24) & 0xFFFFFF) + 1,
                                    (bytes.getInt(26) >>> 8) + 1));
            default -> Optional.empty();
        };
    }

    private static boolean isJpeg(ByteBuffer bytes) {
        return bytes.limit() > 3
                && (bytes.getShort(0) & 0xFFFF) == 0xFFD8
                && (bytes.get(2) & 0xFF) == 0xFF;
    }

    /** ITU-T T.81 B.1 and B.2.2: segments, of which the frame header has the size. */
    private static Optional<Head> jpeg(ByteBuffer bytes) {
        int at = 2;
        while (at + 9 <= bytes.limit()) {
            int marker = bytes.getShort(at) & 0xFFFF;
            if (marker == 0xFFFF) {
                at++;
                continue;
            }
            if (marker < 0xFFC0 || marker == 0xFFD9 || marker == 0xFFDA) {
                return Optional.empty();
            }
            int length = bytes.getShort(at + 2) & 0xFFFF;
            if (isFrameHeader(marker)) {
                return Optional.of(
                        new Head(
                                JPEG,
                                bytes.getShort(at + 7) & 0xFFFF,
                                bytes.getShort(at + 5) & 0xFFFF));
            }
            if (length < 2) {
                return Optional.empty();
            }
            at += 2 + length;
        }
        return Optional.empty();
    }

    /** SOF0 to SOF15, among which are DHT, JPG and DAC. */
    private static boolean isFrameHeader(int marker) {
        return marker >= 0xFFC0
                && marker <= 0xFFCF
                && marker != 0xFFC4
                && marker != 0xFFC8
                && marker != 0xFFCC;
    }
}
