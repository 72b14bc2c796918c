package io.sluice.server.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How single values are written. */
final class ValueFormat {
    private static final Pattern DURATION =
            Pattern.compile("(\\d{1,15})\\s*(ms|s|sec|min|m|h|d|days?)");

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");

    private static final Set<Class<?>> SCALARS =
            Set.of(
                    String.class,
                    Duration.class,
                    Path.class,
                    URI.class,
                    InetAddress.class,
                    int.class,
                    long.class,
                    double.class,
                    boolean.class);

    private ValueFormat() {}

    static boolean reads(Class<?> type) {
        return SCALARS.contains(type) || type.isEnum();
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException which says what would be right
     */
    static Object read(Class<?> type, String text, boolean isSize) {
        String value = text.strip();
        if (type == String.class) {
            return value;
        }
        if (value.isEmpty()) {
            throw new IllegalArgumentException("there is no value; want " + words(type, isSize));
        }
        if (type.isEnum()) {
            return constant(type, value);
        }
        Object read = readSimple(type, value, isSize);
        if (read == null) {
            throw new IllegalArgumentException("\"" + value + "\" is not " + words(type, isSize));
        }
        return read;
    }

    /** Null if the text is of another form. */
    private static @Nullable Object readSimple(Class<?> type, String value, boolean isSize) {
        try {
            if (type == Duration.class) {
                return duration(value);
            } else if (type == Path.class) {
                return Path.of(value);
            } else if (type == URI.class) {
                return new URI(value);
            } else if (type == InetAddress.class) {
                return InetAddress.getByName(value);
            } else if (type == boolean.class) {
                return bool(value);
            } else if (type == double.class) {
                double number = Double.parseDouble(value);
                return Double.isFinite(number) ? number : null;
            }
            Long number = isSize ? sizeBytes(value) : Long.valueOf(value.replace("_", ""));
            if (type == long.class || number == null) {
                return number;
            }
            return Math.toIntExact(number);
        } catch (NumberFormatException
                | ArithmeticException
                | UnknownHostException
                | URISyntaxException wrong) {
            return null;
        }
    }

    private static @Nullable Boolean bool(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> null;
        };
    }

    private static Object constant(Class<?> type, String value) {
        for (Object constant : type.getEnumConstants()) {
            if (constant.toString().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("\"" + value + "\" is not " + words(type, false));
    }

    private static @Nullable Duration duration(String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            return value.equals("0") ? Duration.ZERO : null;
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "min", "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d", "day", "days" -> Duration.ofDays(count);
            default -> Duration.ofSeconds(count);
        };
    }

    private static @Nullable Long sizeBytes(String value) {
        Matcher matcher = SIZE.matcher(value);
        if (!matcher.matches()) {
            return null;
        }
        long count = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        return switch (unit) {
            case "KiB" -> Math.multiplyExact(count, 1L << 10);
            case "MiB" -> Math.multiplyExact(count, 1L << 20);
            case "GiB" -> Math.multiplyExact(count, 1L << 30);
            default -> count;
        };
    }

    /** What is wanted, to be read after "want" or "is not". */
    static String words(Class<?> type, boolean isSize) {
        if (type == Duration.class) {
            return "a time, as 250 ms, 10 s, 5 min, 24 h or 60 d";
        } else if (type == boolean.class) {
            return "true or false";
        } else if (type == double.class) {
            return "a number, as 0.7";
        } else if (type == Path.class) {
            return "a path";
        } else if (type == URI.class) {
            return "an address, as https://app.example/hook";
        } else if (type == InetAddress.class) {
            return "an IP address";
        } else if (type == String.class) {
            return "a text";
        } else if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "));
        }
        return isSize ? "a size in bytes, as 65536, 64 KiB or 1 MiB" : "a whole number";
    }

    /** As it is written, for the manual and for messages. */
    static String write(@Nullable Object value, boolean isSize) {
        return switch (value) {
            case null -> "";
            case Duration duration -> write(duration);
            case List<?> list -> "[" + joined(list) + "]";
            case Set<?> set -> "[" + joined(set.stream().sorted().toList()) + "]";
            case Map<?, ?> map -> map.isEmpty() ? "{}" : "{...}";
            case Enum<?> constant -> constant.toString().toLowerCase(Locale.ROOT);
            case Number number when isSize -> writeSize(number.longValue());
            default -> value.toString();
        };
    }

    private static String joined(List<?> values) {
        return values.stream().map(each -> write(each, false)).collect(Collectors.joining(", "));
    }

    private static String write(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0 s";
        } else if (millis % 1_000 != 0) {
            return millis + " ms";
        } else if (millis % 86_400_000 == 0 && millis > 86_400_000) {
            return duration.toDays() + " d";
        } else if (millis % 3_600_000 == 0) {
            return duration.toHours() + " h";
        } else if (millis % 60_000 == 0 && millis > 60_000) {
            return duration.toMinutes() + " min";
        }
        return duration.toSeconds() + " s";
    }

    private static String writeSize(long bytes) {
        if (bytes > 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes > 0 && bytes % 1024 == 0 ? (bytes >> 10) + " KiB" : Long.toString(bytes);
    }
}
