package io.sluice.bench;

import io.sluice.bench.load.LoadException;
import io.sluice.bench.load.LoadShape;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * A load as it is kept in {@code benchmarks/loads}, so that figures of different days can be compared.
 *
 * @param name of its file, without the ending
 * @param climbs whether it is put on with as many rooms as the server carries without loss
 */
record BenchLoad(String name, LoadShape shape, int warmUpSeconds, int seconds, boolean climbs) {
    private static final int QUICK_VIEWERS = 5;

    static BenchLoad read(Path root, String name) throws IOException {
        Path file = root.resolve("benchmarks/loads").resolve(name + ".properties");
        if (!Files.exists(file)) {
            throw LoadException.usage("there is no load " + name + ": " + file);
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        LoadShape shape =
                new LoadShape(
                                number(properties, "rooms"),
                                number(properties, "publishers"),
                                number(properties, "subscribers"),
                                number(properties, "video-bits-per-second"))
                        .with(
                                number(properties, "encodings", 1),
                                number(properties, "wishes-per-second", 0));
        return new BenchLoad(
                name,
                shape,
                number(properties, "warm-up-seconds"),
                number(properties, "seconds"),
                Boolean.parseBoolean(properties.getProperty("climbs")));
    }

    /** The same load in as many rooms more. */
    BenchLoad times(int rooms) {
        LoadShape more = shape.inRooms(shape.rooms() * rooms);
        return new BenchLoad(name, more, warmUpSeconds, seconds, false);
    }

    /** The same with another shape. */
    BenchLoad with(LoadShape changed) {
        return new BenchLoad(name, changed, warmUpSeconds, seconds, climbs);
    }

    /** A shadow of it: a room of a few, with no time to warm up. Its figures are not to be compared. */
    BenchLoad quick() {
        LoadShape few =
                new LoadShape(
                                1,
                                1,
                                Math.min(shape.subscribers() + shape.publishers(), QUICK_VIEWERS),
                                shape.videoBitsPerSecond())
                        .with(shape.encodings(), shape.wishesPerSecond());
        return new BenchLoad(name, few, 0, 1, false);
    }

    private static int number(Properties properties, String key, int otherwise) {
        return properties.containsKey(key) ? number(properties, key) : otherwise;
    }

    private static int number(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("the load does not say " + key);
        }
        return Integer.parseInt(value.trim());
    }
}
