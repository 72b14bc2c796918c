package io.sluice.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One key of the settings, for the manual and for variables of the environment.
 *
 * @param path with dots, as {@code http.port}
 * @param words what may be written
 * @param defaultText how the default is written
 * @param source what it is in the code
 * @param section in the code, what it is a part of; null at the top
 * @param secret whether it may stand in a file of its own, named by the key with File behind it
 */
public record ConfigKey(
        String path,
        String words,
        String defaultText,
        Component source,
        @Nullable Component section,
        boolean secret) {
    private static final String PREFIX = "SLUICE_";

    /** A record's component; the record's javadoc says why its default is what it is. */
    public record Component(Class<?> record, String name) {}

    /** All keys below a record. */
    static List<ConfigKey> of(Record defaults, Set<String> hidden) {
        List<ConfigKey> keys = new ArrayList<>();
        collect(defaults, hidden, "", null, keys);
        return List.copyOf(keys);
    }

    private static void collect(
            Record defaults,
            Set<String> hidden,
            String path,
            @Nullable Component section,
            List<ConfigKey> keys) {
        @Nullable Object[] values = RecordReader.values(defaults);
        for (KeyShape shape : KeyShape.of(defaults.getClass(), hidden)) {
            Object value = values[shape.index()];
            Component source = new Component(defaults.getClass(), shape.component().getName());
            if (shape.kind() == KeyShape.Kind.SECTION) {
                if (value instanceof Record below) {
                    collect(below, hidden, path + shape.name() + ".", source, keys);
                }
                continue;
            }
            keys.add(
                    new ConfigKey(
                            path + shape.name(),
                            shape.words(),
                            ValueFormat.write(shape.fromComponent(value), shape.isSize()),
                            source,
                            section,
                            shape.isSecret()));
        }
    }

    /** The variable of the environment that stands for it. */
    public String variable() {
        return variable(path);
    }

    /** Whether a variable of the environment is this key's, or names its file. */
    public boolean isVariable(String name) {
        return name.equals(variable()) || (secret && name.equals(variable(path + "File")));
    }

    static String variable(String path) {
        return PREFIX
                + path.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
    }
}
