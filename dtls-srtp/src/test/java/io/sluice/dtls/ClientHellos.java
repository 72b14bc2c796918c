package io.sluice.dtls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** First flights recorded from browsers: DTLS 1.3 with 1.2, X25519MLKEM768, in two datagrams. */
final class ClientHellos {

    private ClientHellos() {}

    static List<byte[]> datagrams(String browser) {
        String name = "dtls-clienthello-" + browser + ".hex";
        try (InputStream in = ClientHellos.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new AssertionError("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> HexFormat.of().parseHex(line.strip()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
