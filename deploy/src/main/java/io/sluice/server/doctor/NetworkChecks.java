package io.sluice.server.doctor;

import io.sluice.ice.StunQuestion;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tries ports, and looks at addresses and at the STUN and TURN servers that clients are told of. */
final class NetworkChecks {
    private static final Pattern ICE_SERVER =
            Pattern.compile("(stuns?|turns?):(\\[[0-9a-fA-F:]+]|[^:?\\[\\]]+)(?::(\\d+))?(\\?.*)?");

    private static final int STUN_PORT = 3478;

    private NetworkChecks() {}

    /** Whether TCP can be served there. */
    static Finding http(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return Finding.good("HTTP port", "TCP port " + port + " of " + host + " is free.");
        } catch (IOException taken) {
            return Finding.problem(
                    "HTTP port",
                    "TCP port " + port + " of " + host + " cannot be used: " + why(taken) + ".",
                    "if a server runs already, stop it; else choose another with --port or --host");
        }
    }

    /** Whether these UDP ports are free on all addresses. */
    static Finding media(List<InetAddress> addresses, int firstPort, int ports) {
        for (InetAddress address : addresses) {
            for (int port = firstPort; port < firstPort + ports; port++) {
                try {
                    new DatagramSocket(new InetSocketAddress(address, port)).close();
                } catch (IOException taken) {
                    return Finding.problem(
                            "Media ports",
                            "UDP port "
                                    + port
                                    + " of "
                                    + address.getHostAddress()
                                    + " cannot be used: "
                                    + why(taken)
                                    + ".",
                            "if a server runs already, stop it; else choose others with --udp-port");
                }
            }
        }
        String numbers =
                ports == 1 ? "port " + firstPort : firstPort + " to " + (firstPort + ports - 1);
        return Finding.good(
                "Media ports",
                "UDP " + numbers + " are free; a firewall has to let them in from everywhere.");
    }

    /** Whether this TCP port is free on all addresses, for media of clients whose networks let no UDP out. */
    static Finding mediaByTcp(List<InetAddress> addresses, int port) {
        for (InetAddress address : addresses) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(address, port));
            } catch (IOException taken) {
                return Finding.problem(
                        "Media by TCP",
                        "TCP port "
                                + port
                                + " of "
                                + address.getHostAddress()
                                + " cannot be used: "
                                + why(taken)
                                + ".",
                        "if a server runs already, stop it; else choose another with --set"
                                + " media.tcpPort=, or do without: --set ice.tcp.enabled=false");
            }
        }
        return Finding.good(
                "Media by TCP",
                "TCP port " + port + " is free; a firewall has to let it in from everywhere.");
    }

    /** Whether the STUN server answers that tells this one its public address at start. */
    static Finding stunServer(InetSocketAddress asked, Duration patience, RandomGenerator random) {
        String subject = "Address";
        String name =
                "The STUN server " + asked.getHostString() + ", port " + asked.getPort() + ",";
        String cure =
                "see that media.stunServer is right and that a firewall lets UDP to it, or give the"
                        + " address with --advertised-address: clients are told of local ones else";
        try {
            InetSocketAddress server =
                    new InetSocketAddress(
                            InetAddress.getByName(asked.getHostString()), asked.getPort());
            return StunQuestion.ask(null, server, patience, random)
                    .map(StunQuestion.Answer::mapped)
                    .map(mapped ->
                            Finding.good(
                                    subject,
                                    name
                                            + " sees this machine as "
                                            + mapped.getHostAddress()
                                            + "."))
                    .orElseGet(() ->
                            Finding.problem(
                                    subject,
                                    name + " does not say under which address it sees us.",
                                    cure));
        } catch (IOException unreachable) {
            return Finding.problem(
                    subject, name + " is not reached: " + why(unreachable) + ".", cure);
        }
    }

    /** Whether clients of the internet can find a way to one of these addresses. */
    static Finding addresses(List<InetAddress> local, boolean advertised) {
        if (advertised) {
            return Finding.good("Address", "Clients are told of the addresses that were given.");
        }
        List<String> publicOnes = new ArrayList<>();
        for (InetAddress address : local) {
            if (!isPrivate(address)) {
                publicOnes.add(address.getHostAddress());
            }
        }
        return publicOnes.isEmpty()
                ? Finding.advice(
                        "Address",
                        "This machine has no public address: only clients of its own network reach"
                                + " it.",
                        "where a public address leads here (NAT 1:1), tell it to clients with"
                                + " --advertised-address")
                : Finding.good(
                        "Address", "Clients are told of " + String.join(", ", publicOnes) + ".");
    }

    private static boolean isPrivate(InetAddress address) {
        // fc00::/7, RFC 4193, which the JDK does not name.
        boolean uniqueLocal =
                address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
        return address.isSiteLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || uniqueLocal;
    }

    /** Whether a STUN or TURN server answers a binding request (RFC 8489), which both do without a password. */
    static Finding iceServer(String url, Duration patience, RandomGenerator random) {
        Matcher parts = ICE_SERVER.matcher(url);
        if (!parts.matches()) {
            return Finding.problem(
                    "ICE server", url + " is not understood.", "see --ice-server in start --help");
        }
        boolean byUdp = !parts.group(1).endsWith("s") && !url.endsWith("transport=tcp");
        int port = parts.group(3) == null ? STUN_PORT : Integer.parseInt(parts.group(3));
        try {
            InetAddress host = InetAddress.getByName(parts.group(2));
            if (!byUdp) {
                return Finding.good("ICE server", url + " has an address; it was not asked.");
            }
            return StunQuestion.ask(null, new InetSocketAddress(host, port), patience, random)
                            .isPresent()
                    ? Finding.good("ICE server", url + " answers.")
                    : Finding.problem(
                            "ICE server",
                            url + " does not answer.",
                            "see that it runs and that a firewall lets UDP port "
                                    + port
                                    + " through");
        } catch (IOException unreachable) {
            return Finding.problem(
                    "ICE server",
                    url + " is not reached: " + why(unreachable) + ".",
                    "see that its name is right and that DNS knows it");
        }
    }

    private static String why(IOException failure) {
        String text = failure.getMessage();
        return text == null ? failure.getClass().getSimpleName() : text;
    }
}
