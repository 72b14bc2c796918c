package io.sluice.server.config;

import io.sluice.server.config.ConfigException.Finding;
import io.sluice.server.config.ConfigNode.Items;
import io.sluice.server.config.ConfigNode.Section;
import io.sluice.server.config.ConfigNode.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is written, one layer over the other: a file, the environment, and options. What is put later wins. Used by
 * one thread.
 *
 * @param <R> the record of all settings
 */
public final class ConfigLayers<R extends Record> {
    private final R defaults;
    private final Set<String> hidden;
    private final List<ConfigKey> keys;
    private Section written = Section.EMPTY;

    /**
     * With nothing written.
     *
     * @param hidden components that are not for writing, as {@code Record.component}
     */
    public ConfigLayers(R defaults, Set<String> hidden) {
        this.defaults = defaults;
        this.hidden = Set.copyOf(hidden);
        keys = ConfigKey.of(defaults, hidden);
    }

    /** Every key that there is. */
    public List<ConfigKey> keys() {
        return keys;
    }

    /**
     * Takes a file in.
     *
     * @throws ConfigException if it cannot be read, or is not YAML
     */
    public void file(Path file) {
        written = YamlFile.read(file);
    }

    /** Takes what could stand in a file in, by a name of its own. */
    public void text(String name, String yaml) {
        written = YamlFile.read(name, yaml);
    }

    /** Takes each key's variable in. A key with a variable of its own kind is left to the caller. */
    public void environment(Map<String, String> environment, Set<String> except) {
        for (ConfigKey key : keys) {
            String variable = key.variable();
            if (except.contains(variable)) {
                continue;
            }
            Optional.ofNullable(environment.get(variable))
                    .ifPresent(value -> put(key.path(), new Text(value, variable)));
            if (key.secret()) {
                String path = key.path() + "File";
                String ofFile = ConfigKey.variable(path);
                Optional.ofNullable(environment.get(ofFile))
                        .ifPresent(value -> put(path, new Text(value, ofFile)));
            }
        }
    }

    /** Puts one value. */
    public void put(String path, String value, String origin) {
        put(path, new Text(value, origin));
    }

    /** Puts a list. */
    public void put(String path, List<String> values, String origin) {
        List<ConfigNode> items = new ArrayList<>();
        values.forEach(value -> items.add(new Text(value, origin)));
        put(path, new Items(items, origin));
    }

    /** Puts one entry of names with values; the name may have dots in it. */
    public void putEntry(String path, String name, String value, String origin) {
        List<String> segments = new ArrayList<>(List.of(path.split("\\.", -1)));
        segments.add(name);
        written = written.with(segments, new Text(value, origin));
    }

    private void put(String path, ConfigNode value) {
        written = written.with(List.of(path.split("\\.", -1)), value);
    }

    /** Whether something is written for a key, or below it. */
    public boolean has(String path) {
        ConfigNode node = written;
        for (String segment : path.split("\\.", -1)) {
            if (!(node instanceof Section section)
                    || !(section.values().get(segment) instanceof ConfigNode below)) {
                return false;
            }
            node = below;
        }
        return true;
    }

    /** Where a key is written, to say that it is wrong; the key's name if it is not. */
    public String origin(String path) {
        ConfigNode node = written;
        String origin = path;
        for (String segment : path.split("\\.", -1)) {
            if (!(node instanceof Section section)
                    || !(section.values().get(segment) instanceof ConfigNode below)) {
                return origin;
            }
            origin = section.keyOrigin(segment);
            node = below;
        }
        return origin;
    }

    /** A finding about a key, where that is written. */
    public Finding finding(String path, String text) {
        return new Finding(origin(path), path + ": " + text);
    }

    /** The keys whose values are not the same in both. */
    public List<String> changes(R before, R after) {
        List<String> changed = new ArrayList<>();
        collect(before, after, "", changed);
        return changed;
    }

    private void collect(Record before, Record after, String path, List<String> changed) {
        @Nullable Object[] olds = RecordReader.values(before);
        @Nullable Object[] news = RecordReader.values(after);
        for (KeyShape shape : KeyShape.of(before.getClass(), hidden)) {
            Object old = olds[shape.index()];
            Object now = news[shape.index()];
            if (shape.kind() == KeyShape.Kind.SECTION
                    && old instanceof Record one
                    && now instanceof Record other) {
                collect(one, other, path + shape.name() + ".", changed);
            } else if (!Objects.equals(old, now)) {
                changed.add(path + shape.name());
            }
        }
    }

    /**
     * The settings.
     *
     * @throws ConfigException with all that is wrong
     */
    public R read() {
        RecordReader reader = new RecordReader(hidden);
        Record read = reader.read(defaults, written, "");
        if (!reader.findings().isEmpty()) {
            throw new ConfigException(reader.findings());
        }
        @SuppressWarnings("unchecked") // The reader gives the class that it is given.
        R settings = (R) read;
        return settings;
    }
}
