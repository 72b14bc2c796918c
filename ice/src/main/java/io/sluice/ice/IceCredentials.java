package io.sluice.ice;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The short-term credentials of one side (RFC 8445 5.3).
 *
 * @param ufrag 4 to 256 ice-chars
 * @param password 22 to 256 ice-chars
 */
public record IceCredentials(String ufrag, String password) {
    private static final String CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567";

    /** 130 bits; the RFC asks for 128. */
    private static final int PASSWORD_CHARACTERS = 26;

    public IceCredentials {
        Objects.requireNonNull(ufrag, "ufrag");
        Objects.requireNonNull(password, "password");
        if (ufrag.isEmpty() || ufrag.length() > 256) {
            throw new IllegalArgumentException("a ufrag has 4 to 256 characters");
        }
        if (password.isEmpty() || password.length() > 256) {
            throw new IllegalArgumentException("an ICE password has 22 to 256 characters");
        }
    }

    static IceCredentials generate(RandomGenerator random) {
        return new IceCredentials(
                characters(random, StunMessage.UFRAG_BYTES),
                characters(random, PASSWORD_CHARACTERS));
    }

    private static String characters(RandomGenerator random, int count) {
        StringBuilder text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }

    /** Without the password, so that no log shows it. */
    @Override
    public String toString() {
        return "IceCredentials[ufrag=" + ufrag + "]";
    }
}
