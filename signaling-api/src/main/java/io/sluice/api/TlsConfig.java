package io.sluice.api;

import java.time.Duration;

/**
 * Encryption of HTTP and WebSocket.
 *
 * @param certificateFile PEM: the server's certificate first, then those between it and the root, as Let's Encrypt's
 *     {@code fullchain.pem}. Empty: no encryption, for a proxy in front or for localhost
 * @param keyFile PEM: its private key in PKCS#8, as Let's Encrypt's {@code privkey.pem}
 * @param lookInterval how often the files are looked at: a new certificate is taken for new connections, and those
 *     that are open go on. They are renewed weeks before they end: 10 s is soon enough, and costs nothing
 */
public record TlsConfig(String certificateFile, String keyFile, Duration lookInterval) {
    public TlsConfig {
        Settings.requirePositive("lookInterval", lookInterval);
        if (certificateFile.isEmpty() != keyFile.isEmpty()) {
            throw new IllegalArgumentException(
                    "certificateFile and keyFile are given together, or neither.");
        }
    }

    /** Plain HTTP. */
    public static TlsConfig none() {
        return new TlsConfig("", "", Duration.ofSeconds(10));
    }

    public boolean isOn() {
        return !certificateFile.isEmpty();
    }
}
