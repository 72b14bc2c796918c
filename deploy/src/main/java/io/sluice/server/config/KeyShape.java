package io.sluice.server.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What may be written for one component of a record.
 *
 * @param name of the key: the component's, without a unit of time, since that is written with the value
 * @param kind what stands there
 * @param type of the value, or of each where there are several; a record for a section
 * @param unit of time in which the component counts; null if it does not
 */
record KeyShape(
        String name,
        RecordComponent component,
        int index,
        Kind kind,
        Class<?> type,
        @Nullable TimeUnit unit) {
    private static final String NANOS = "Nanos";
    private static final String MILLIS = "Millis";

    /** Those whose value may stand in a file of its own, named by the key with File behind it. */
    private static final Set<String> SECRETS =
            Set.of("token", "secret", "password", "keys", "iceServers");

    enum Kind {
        ONE,
        LIST,
        SET,
        MAP,
        SECTION
    }

    boolean isSize() {
        return name.endsWith("Bytes");
    }

    boolean isSecret() {
        return SECRETS.contains(name);
    }

    /** The value of a component that counts time in a unit of its own. */
    Object toComponent(Object value) {
        if (unit == null) {
            return value;
        }
        long count = unit.convert((Duration) value);
        return component.getType() == int.class ? (Object) Math.toIntExact(count) : count;
    }

    /** The other way round. */
    @Nullable Object fromComponent(@Nullable Object value) {
        return unit == null || value == null
                ? value
                : Duration.of(((Number) value).longValue(), unit.toChronoUnit());
    }

    /**
     * Of all components of a record that can be written.
     *
     * @param hidden components that others set, as {@code Record.component}
     */
    static List<KeyShape> of(Class<?> type, Set<String> hidden) {
        List<KeyShape> shapes = new ArrayList<>();
        RecordComponent[] components = type.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            if (!hidden.contains(type.getSimpleName() + "." + components[i].getName())) {
                KeyShape shape = of(components[i], i);
                if (shape != null) {
                    shapes.add(shape);
                }
            }
        }
        return List.copyOf(shapes);
    }

    /** Null if it holds what cannot be written, as a function. */
    private static @Nullable KeyShape of(RecordComponent component, int index) {
        String name = component.getName();
        Class<?> type = component.getType();
        boolean counts = type == int.class || type == long.class;
        if (counts && name.endsWith(NANOS)) {
            return time(component, index, NANOS, TimeUnit.NANOSECONDS);
        } else if (counts && name.endsWith(MILLIS)) {
            return time(component, index, MILLIS, TimeUnit.MILLISECONDS);
        } else if (ValueFormat.reads(type)) {
            return new KeyShape(name, component, index, Kind.ONE, type, null);
        } else if (type.isRecord()) {
            return new KeyShape(name, component, index, Kind.SECTION, type, null);
        } else if (component.getGenericType() instanceof ParameterizedType generic) {
            Type[] of = generic.getActualTypeArguments();
            Class<?> each = of[of.length - 1] instanceof Class<?> known ? known : Void.class;
            if (ValueFormat.reads(each)) {
                if (type == List.class) {
                    return new KeyShape(name, component, index, Kind.LIST, each, null);
                } else if (type == Set.class) {
                    return new KeyShape(name, component, index, Kind.SET, each, null);
                } else if (type == Map.class && of[0] == String.class) {
                    return new KeyShape(name, component, index, Kind.MAP, each, null);
                }
            }
        }
        return null;
    }

    private static KeyShape time(
            RecordComponent component, int index, String suffix, TimeUnit unit) {
        String name = component.getName();
        return new KeyShape(
                name.substring(0, name.length() - suffix.length()),
                component,
                index,
                Kind.ONE,
                Duration.class,
                unit);
    }

    String words() {
        String one = ValueFormat.words(type, isSize());
        return switch (kind) {
            case ONE -> one;
            case LIST, SET -> "a list, each " + one;
            case MAP -> "names, each with " + one;
            case SECTION -> "a section of keys";
        };
    }
}
