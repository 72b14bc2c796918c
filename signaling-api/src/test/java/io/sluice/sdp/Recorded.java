package io.sluice.sdp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Descriptions that real clients wrote: {@code <client><version>-offer-<what>}, or answer. */
final class Recorded {
    private Recorded() {}

    static String sdp(String name) {
        try {
            return Files.readString(directory().resolve(name + ".sdp"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SessionDescription parsed(String name) {
        return SessionDescription.parse(sdp(name));
    }

    static List<String> all() {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sdp"))
                    .map(name -> name.substring(0, name.length() - ".sdp".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> offers() {
        return all().stream().filter(name -> name.contains("-offer-")).toList();
    }

    private static Path directory() {
        try {
            URI uri = Objects.requireNonNull(Recorded.class.getResource("recorded.txt")).toURI();
            return Objects.requireNonNull(Path.of(uri).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
