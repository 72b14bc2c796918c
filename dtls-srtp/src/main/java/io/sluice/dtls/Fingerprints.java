package io.sluice.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The certificates that a session description allows (RFC 8122 5).
 *
 * <p>Only the strongest hash function named counts, so that a weaker one beside it opens no way in.
 * SHA-1 and older are not accepted at all. Immutable.
 */
final class Fingerprints {

    /** Strongest first. */
    private enum Hash {
        SHA_512("sha-512", "SHA-512"),
        SHA_384("sha-384", "SHA-384"),
        SHA_256("sha-256", "SHA-256");

        final String sdpName;
        final String javaName;

        Hash(String sdpName, String javaName) {
            this.sdpName = sdpName;
            this.javaName = javaName;
        }

        byte[] digest(byte[] certificate) {
            try {
                return MessageDigest.getInstance(javaName).digest(certificate);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + javaName, e);
            }
        }
    }

    private final Hash hash;
    private final List<byte[]> digests;

    private Fingerprints(Hash hash, List<byte[]> digests) {
        this.hash = hash;
        this.digests = digests;
    }

    /**
     * Reads values of {@code a=fingerprint} attributes; those it cannot use are passed over.
     *
     * @param values such as {@code sha-256 6B:8B:...}
     */
    static Fingerprints parse(List<String> values) {
        for (Hash hash : Hash.values()) {
            List<byte[]> digests = new ArrayList<>();
            for (String value : values) {
                byte[] digest = parse(hash, value);
                if (digest.length > 0) {
                    digests.add(digest);
                }
            }
            if (!digests.isEmpty()) {
                return new Fingerprints(hash, digests);
            }
        }
        return new Fingerprints(Hash.SHA_256, List.of());
    }

    /** The value of {@code a=fingerprint} for a certificate. */
    static String sha256(byte[] certificate) {
        return Hash.SHA_256.sdpName
                + " "
                + HexFormat.ofDelimiter(":")
                        .withUpperCase()
                        .formatHex(Hash.SHA_256.digest(certificate));
    }

    boolean isEmpty() {
        return digests.isEmpty();
    }

    /** Whether the certificate, in DER, is one of those that were announced. */
    boolean matches(byte[] certificate) {
        byte[] actual = hash.digest(certificate);
        boolean matches = false;
        for (byte[] digest : digests) {
            matches |= MessageDigest.isEqual(digest, actual);
        }
        return matches;
    }

    /** An empty array: another hash function, or malformed. */
    private static byte[] parse(Hash hash, String value) {
        String[] words = value.strip().split("\\s+");
        if (words.length != 2 || !words[0].toLowerCase(Locale.ROOT).equals(hash.sdpName)) {
            return new byte[0];
        }
        try {
            return HexFormat.ofDelimiter(":").parseHex(words[1]);
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }
}
