package io.sluice.ice;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A candidate attribute's value (RFC 8839 5.1), as far as it matters here.
 *
 * @param type "host", "srflx", "prflx" or "relay"
 */
record CandidateLine(String foundation, long priority, InetAddress address, int port, String type) {
    private static final Pattern SPACES = Pattern.compile(" +");

    /** IPv4 with all four numbers: java.net reads {@code 2} as 0.0.0.2. */
    private static final Pattern LITERAL =
            Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /** As long as RFC 8839 5.1 says; any visible letters, as nothing but equality is asked of it. */
    private static final Pattern FOUNDATION = Pattern.compile("[!-~]{1,32}");

    private static final int LONGEST = 512;

    /** RFC 8445 5.1.2.2: the type preference of host candidates. */
    private static final int HOST_PREFERENCE = 126;

    /** Below UDP's of any type but relayed (RFC 6544 4.2); browsers take the same for their own. */
    private static final int TCP_HOST_PREFERENCE = 90;

    /** RFC 6544 4.2: the direction preference of passive host candidates, in the three upper bits. */
    private static final int PASSIVE_PREFERENCE = 4 << 13;

    private static final int OTHER_PREFERENCE_MAX = (1 << 13) - 1;

    /** There is no TCP port. */
    static final int NO_TCP = -1;

    private static final int HIGHEST_LOCAL_PREFERENCE = 65_535;

    /** What reading gave: a candidate, or why there is none. */
    sealed interface Result {
        record Read(CandidateLine candidate) implements Result {}

        record Dropped(CandidateDrop reason) implements Result {}
    }

    static Result read(String value, boolean allowLoopback) {
        if (value.length() > LONGEST) {
            return new Result.Dropped(CandidateDrop.MALFORMED);
        }
        String text = value.strip();
        text = text.startsWith("a=") ? text.substring(2) : text;
        text = text.startsWith("candidate:") ? text.substring("candidate:".length()) : text;
        String[] fields = SPACES.split(text);
        if (fields.length < 8
                || !fields[6].equals("typ")
                || !FOUNDATION.matcher(fields[0]).matches()) {
            return new Result.Dropped(CandidateDrop.MALFORMED);
        }
        try {
            return read(fields, allowLoopback);
        } catch (IllegalArgumentException e) {
            return new Result.Dropped(CandidateDrop.MALFORMED);
        }
    }

    private static Result read(String[] fields, boolean allowLoopback) {
        int component = Integer.parseInt(fields[1]);
        long priority = Long.parseLong(fields[3]);
        int port = Integer.parseInt(fields[5]);
        if (priority < 0 || priority > 0xffff_ffffL || port < 0 || port > 65_535) {
            return new Result.Dropped(CandidateDrop.MALFORMED);
        }
        InetAddress address =
                LITERAL.matcher(fields[4]).matches() ? InetAddress.ofLiteral(fields[4]) : null;
        if (component != 1
                || !fields[2].toLowerCase(Locale.ROOT).equals("udp")
                || address == null
                || !usable(address, port, allowLoopback)) {
            return new Result.Dropped(CandidateDrop.IGNORED);
        }
        return switch (fields[7]) {
            case "host", "srflx", "prflx", "relay" ->
                    new Result.Read(
                            new CandidateLine(fields[0], priority, address, port, fields[7]));
            // RFC 8839 5.1: a type that is not known makes the candidate useless, not wrong.
            default -> new Result.Dropped(CandidateDrop.IGNORED);
        };
    }

    private static boolean usable(@Nullable InetAddress address, int port, boolean allowLoopback) {
        return address != null
                && port != 0
                && !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && !address.isLinkLocalAddress()
                && (allowLoopback || !address.isLoopbackAddress());
    }

    /**
     * Our host candidates as attribute values, the most preferred first: UDP before TCP, IPv6 before IPv4.
     *
     * @param tcpPort or {@link #NO_TCP}
     */
    static List<String> local(List<InetAddress> bound, int port, int tcpPort, IceConfig config) {
        SequencedSet<InetAddress> announced = new LinkedHashSet<>(config.addresses().advertised());
        if (announced.isEmpty()) {
            for (InetAddress address : bound) {
                if (announces(address, bound, config)) {
                    announced.add(config.addresses().publicOnes().getOrDefault(address, address));
                }
            }
        }
        List<InetAddress> ordered = new ArrayList<>(announced);
        ordered.sort(Comparator.comparing(address -> !(address instanceof Inet6Address)));
        List<String> values = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            values.add(
                    "%d 1 udp %d %s %d typ host"
                            .formatted(
                                    i + 1,
                                    priority(HOST_PREFERENCE, HIGHEST_LOCAL_PREFERENCE - i),
                                    text(ordered.get(i)),
                                    port));
        }
        for (int i = 0; i < ordered.size() && tcpPort != NO_TCP; i++) {
            int preference = PASSIVE_PREFERENCE + OTHER_PREFERENCE_MAX - i;
            values.add(
                    "%d 1 tcp %d %s %d typ host tcptype passive"
                            .formatted(
                                    ordered.size() + i + 1,
                                    priority(TCP_HOST_PREFERENCE, preference),
                                    text(ordered.get(i)),
                                    tcpPort));
        }
        return List.copyOf(values);
    }

    /** RFC 8445 5.1.2.1; component 1. */
    private static long priority(int typePreference, int localPreference) {
        return ((long) typePreference << 24) + ((long) localPreference << 8) + 255;
    }

    /** Loopback is announced where it is allowed, and where nothing else could be. */
    static boolean announces(InetAddress address, List<InetAddress> bound, IceConfig config) {
        boolean onlyLoopback = bound.stream().allMatch(InetAddress::isLoopbackAddress);
        return !address.isLinkLocalAddress()
                && (config.addresses().loopback() || onlyLoopback || !address.isLoopbackAddress());
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }
}
