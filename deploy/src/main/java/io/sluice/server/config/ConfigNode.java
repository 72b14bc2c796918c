package io.sluice.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of the settings as it was written, with where it stands. Not changed once it is read. */
public sealed interface ConfigNode {
    /** A file and line, a variable of the environment, or an option. */
    String origin();

    /** A single value. */
    record Text(String text, String origin) implements ConfigNode {}

    /** A list. */
    record Items(List<ConfigNode> items, String origin) implements ConfigNode {
        public Items {
            items = List.copyOf(items);
        }
    }

    /**
     * Keys with their values, in the order in which they stand.
     *
     * @param keyOrigins where each key stands, which may be above its value
     */
    record Section(Map<String, ConfigNode> values, Map<String, String> keyOrigins, String origin)
            implements ConfigNode {
        static final Section EMPTY = new Section(Map.of(), Map.of(), "the defaults");

        String keyOrigin(String key) {
            return keyOrigins.getOrDefault(key, origin);
        }

        /** With a value at a path, whatever stood there; sections on the way are made. */
        Section with(List<String> path, ConfigNode value) {
            String key = path.getFirst();
            ConfigNode placed = value;
            if (path.size() > 1) {
                Section below =
                        values.get(key) instanceof Section section
                                ? section
                                : new Section(Map.of(), Map.of(), value.origin());
                placed = below.with(path.subList(1, path.size()), value);
            }
            Map<String, ConfigNode> changed = new LinkedHashMap<>(values);
            Map<String, String> origins = new LinkedHashMap<>(keyOrigins);
            changed.put(key, placed);
            origins.put(key, value.origin());
            return new Section(changed, origins, origin);
        }
    }
}
