package io.sluice.server.config;

import io.sluice.server.config.ConfigException.Finding;
import io.sluice.server.config.ConfigNode.Items;
import io.sluice.server.config.ConfigNode.Section;
import io.sluice.server.config.ConfigNode.Text;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts what is written over the defaults of records. All that is wrong is found, not only the first. Used by
 * one thread.
 */
final class RecordReader {
    /** Of secrets: a file that is larger is another one. */
    private static final int MAX_FILE_BYTES = 64 * 1024;

    private static final String FILE = "File";

    private final Set<String> hidden;
    private final List<Finding> findings = new ArrayList<>();

    /** With components that are not for writing, as {@code Record.component}. */
    RecordReader(Set<String> hidden) {
        this.hidden = Set.copyOf(hidden);
    }

    List<Finding> findings() {
        return findings;
    }

    /** A record with what is written; where that is wrong, with its default. */
    Record read(Record defaults, Section section, String path) {
        Class<? extends Record> type = defaults.getClass();
        List<KeyShape> shapes = KeyShape.of(type, hidden);
        @Nullable Object[] original = values(defaults);
        @Nullable Object[] values = original.clone();
        List<Finding> suspects = new ArrayList<>();
        for (Map.Entry<String, ConfigNode> entry : section.values().entrySet()) {
            String key = entry.getKey();
            String origin = section.keyOrigin(key);
            Optional<KeyShape> found = shape(shapes, key);
            if (found.isEmpty()) {
                unknown(shapes, key, path, origin);
                continue;
            }
            KeyShape shape = found.get();
            Object read =
                    key.equals(shape.name())
                            ? value(shape, original[shape.index()], entry.getValue(), path + key)
                            : fromFile(shape, entry.getValue(), path + key);
            if (read == null) {
                continue;
            }
            @Nullable Object[] alone = original.clone();
            alone[shape.index()] = read;
            values[shape.index()] = read;
            try {
                construct(type, alone);
            } catch (IllegalArgumentException wrong) {
                suspects.add(new Finding(origin, path + key + ": " + wrong.getMessage()));
            }
        }
        try {
            return construct(type, values);
        } catch (IllegalArgumentException wrong) {
            // Those that are wrong by themselves are to blame, else all of them together.
            findings.addAll(
                    suspects.isEmpty()
                            ? List.of(
                                    new Finding(section.origin(), path + " " + wrong.getMessage()))
                            : suspects);
            return defaults;
        }
    }

    private static Optional<KeyShape> shape(List<KeyShape> shapes, String key) {
        return shapes.stream()
                .filter(shape ->
                        shape.name().equals(key)
                                || (shape.isSecret() && key.equals(shape.name() + FILE)))
                .findFirst();
    }

    private void unknown(List<KeyShape> shapes, String key, String path, String origin) {
        List<String> names = shapes.stream().map(KeyShape::name).toList();
        String hint =
                NearestName.of(key, names)
                        .map(near -> "did you mean " + path + near + "?")
                        .orElse("there are " + String.join(", ", names));
        findings.add(new Finding(origin, path + key + ": there is no such key; " + hint));
    }

    /** Null if it is wrong, which is noted. */
    private @Nullable Object value(
            KeyShape shape, @Nullable Object before, ConfigNode node, String path) {
        return switch (node) {
            case Text text when shape.kind() == KeyShape.Kind.ONE -> one(shape, text, path);
            // As variables of the environment are written.
            case Text text
                    when shape.kind() == KeyShape.Kind.LIST || shape.kind() == KeyShape.Kind.SET ->
                    several(shape, split(text), path);
            case Items items
                    when shape.kind() == KeyShape.Kind.LIST || shape.kind() == KeyShape.Kind.SET ->
                    several(shape, items.items(), path);
            case Section section when shape.kind() == KeyShape.Kind.MAP ->
                    map(shape, section, path);
            case Section section
                    when shape.kind() == KeyShape.Kind.SECTION
                            && before instanceof Record defaults ->
                    read(defaults, section, path + ".");
            case Text text when text.text().isEmpty() ->
                    wrong(text.origin(), path, "there is no value; want " + shape.words());
            default -> wrong(node.origin(), path, "want " + shape.words());
        };
    }

    private @Nullable Object one(KeyShape shape, Text text, String path) {
        try {
            return shape.toComponent(ValueFormat.read(shape.type(), text.text(), shape.isSize()));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            return wrong(text.origin(), path, String.valueOf(wrong.getMessage()));
        }
    }

    private static List<ConfigNode> split(Text text) {
        List<ConfigNode> parts = new ArrayList<>();
        for (String part : text.text().split("[,\n]", -1)) {
            if (!part.isBlank()) {
                parts.add(new Text(part.strip(), text.origin()));
            }
        }
        return parts;
    }

    private @Nullable Object several(KeyShape shape, List<ConfigNode> nodes, String path) {
        List<Object> values = new ArrayList<>();
        for (ConfigNode node : nodes) {
            Object value =
                    node instanceof Text text
                            ? one(shape, text, path)
                            : wrong(node.origin(), path, "want " + shape.words());
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return shape.kind() == KeyShape.Kind.SET
                ? new LinkedHashSet<>(values)
                : List.copyOf(values);
    }

    private @Nullable Object map(KeyShape shape, Section section, String path) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigNode> entry : section.values().entrySet()) {
            String name = path + "." + entry.getKey();
            Object value =
                    entry.getValue() instanceof Text text
                            ? one(shape, text, name)
                            : wrong(section.keyOrigin(entry.getKey()), name, "want one value");
            if (value == null) {
                return null;
            }
            values.put(entry.getKey(), value);
        }
        return values;
    }

    /** A secret that stands in a file of its own: lists by lines, names with "name: value" in each. */
    private @Nullable Object fromFile(KeyShape shape, ConfigNode node, String path) {
        if (!(node instanceof Text named) || named.text().isBlank()) {
            return wrong(node.origin(), path, "want the path of a file");
        }
        String content;
        try {
            Path file = Path.of(named.text().strip());
            if (Files.size(file) > MAX_FILE_BYTES) {
                return wrong(
                        node.origin(),
                        path,
                        file + " has more than " + MAX_FILE_BYTES + " bytes: is it the right one?");
            }
            content = Files.readString(file);
        } catch (IOException unreadable) {
            return wrong(
                    node.origin(), path, "the file cannot be read: " + unreadable.getMessage());
        }
        String origin = named.text().strip();
        if (shape.kind() != KeyShape.Kind.MAP) {
            Text text = new Text(content.strip(), origin);
            return value(shape, null, text, path);
        }
        try {
            return value(shape, null, YamlFile.read(origin, content), path);
        } catch (ConfigException malformed) {
            findings.addAll(malformed.findings());
            return null;
        }
    }

    private @Nullable Object wrong(String origin, String path, String text) {
        findings.add(new Finding(origin, path + ": " + text));
        return null;
    }

    /** The components of a record, in order. */
    static @Nullable Object[] values(Record whole) {
        RecordComponent[] components = whole.getClass().getRecordComponents();
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(whole, components[i]);
        }
        return values;
    }

    private static @Nullable Object value(Record whole, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(whole);
        } catch (ReflectiveOperationException defect) {
            throw new IllegalStateException(defect);
        }
    }

    /** Throws what the record's own check throws. */
    private static Record construct(Class<? extends Record> type, @Nullable Object[] values) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
        }
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            if (refused.getCause() instanceof IllegalArgumentException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(refused);
        } catch (ReflectiveOperationException defect) {
            throw new IllegalStateException(defect);
        }
    }
}
