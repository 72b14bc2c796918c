package io.sluice.sdp;

import java.util.List;

/** Reads the small parts that lines are made of. */
final class SdpFields {
    /** Mids and rids travel in packets: longer ones than UUIDs are nobody's. */
    private static final int MAX_TOKEN_LENGTH = 64;

    private SdpFields() {}

    /** Words between single or repeated spaces. */
    static List<String> words(String value) {
        String stripped = value.strip();
        return stripped.isEmpty() ? List.of() : List.of(stripped.split(" +"));
    }

    /** A number from 0 to {@code max}; {@code what} names it in the message. */
    static long number(int line, String word, long max, String what) {
        // Eighteen digits always fit a long.
        boolean valid = !word.isEmpty() && word.length() <= 18;
        long number = 0;
        for (int i = 0; valid && i < word.length(); i++) {
            int digit = word.charAt(i) - '0';
            valid = digit >= 0 && digit <= 9;
            number = number * 10 + digit;
        }
        if (!valid || number > max) {
            throw SdpException.atLine(line, what + " is a number from 0 to " + max);
        }
        return number;
    }

    static int payloadNumber(int line, String word) {
        return (int) number(line, word, 127, "a payload type");
    }

    static int ssrc(int line, String word) {
        return (int) number(line, word, 0xffff_ffffL, "an SSRC");
    }

    /** A token as RFC 8866 9 spells it, not longer than {@link #MAX_TOKEN_LENGTH}. */
    static String token(int line, String word, String what) {
        if (word.isEmpty() || word.length() > MAX_TOKEN_LENGTH) {
            throw SdpException.atLine(line, what + " has 1 to " + MAX_TOKEN_LENGTH + " characters");
        }
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]".indexOf(c) >= 0) {
                throw SdpException.atLine(
                        line, what + " is a token: letters, digits and -._~ among others");
            }
        }
        return word;
    }

    /** Visible ASCII between two lengths (RFC 8839 5.4). */
    static String iceString(int line, String value, int min, String what) {
        boolean valid = value.length() >= min && value.length() <= 256;
        for (int i = 0; valid && i < value.length(); i++) {
            valid = value.charAt(i) > ' ' && value.charAt(i) < 0x7f;
        }
        if (!valid) {
            throw SdpException.atLine(line, what + " has " + min + " to 256 ASCII characters");
        }
        return value;
    }

    /** The hash function's name and hexadecimal bytes between colons (RFC 8122 5). */
    static String fingerprint(int line, String value) {
        if (!value.matches("[A-Za-z0-9-]{1,16} [0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}")) {
            throw SdpException.atLine(
                    line, "a fingerprint looks like sha-256 4A:AD:B9:... (RFC 8122 5)");
        }
        return value;
    }

    static String setup(int line, String value) {
        return switch (value) {
            case "active", "passive", "actpass", "holdconn" -> value;
            default ->
                    throw SdpException.atLine(
                            line, "setup is active, passive, actpass or holdconn (RFC 4145 4)");
        };
    }
}
