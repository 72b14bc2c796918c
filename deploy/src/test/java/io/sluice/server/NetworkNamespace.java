package io.sluice.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network of its own beside this machine's, with one link between them over which no UDP gets: it vanishes both ways
 * and nobody is told, as at a firewall. Each {@code $} in its commands of {@code ip(8)} stands for its name. Used by
 * one thread.
 */
final class NetworkNamespace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkNamespace.class);

    /** RFC 2544, appendix C.2.2: for tests of networks, and so nobody's. Each process has eight addresses of it. */
    private static final int FIRST_ADDRESS = 198 << 24 | 18 << 16;

    private static final int NETWORKS = 1 << 14;
    private static final int ADDRESSES = 8;
    private static final int PREFIX_BITS = 29;

    /** Names of interfaces have 15 characters at most. */
    private static final int NAMES = 1_000_000;

    private final String name;
    private final InetAddress outside;

    private NetworkNamespace(String name, InetAddress outside) {
        this.name = name;
        this.outside = outside;
    }

    /**
     * Makes one.
     *
     * @throws IOException if that cannot be done here, with the reason: it takes Linux, {@code ip} and root
     */
    static NetworkNamespace withoutUdp() throws IOException, InterruptedException {
        long process = ProcessHandle.current().pid();
        int first = FIRST_ADDRESS + (int) (process % NETWORKS) * ADDRESSES;
        NetworkNamespace made =
                new NetworkNamespace("sluice" + process % NAMES, address(first + 1));
        made.ip("netns add $");
        try {
            made.link(address(first + 2));
            made.dropUdp(address(first + 3));
        } catch (IOException half) {
            made.close();
            throw half;
        }
        return made;
    }

    private void link(InetAddress inside) throws IOException, InterruptedException {
        for (String command :
                List.of(
                        "link add $ type veth peer name eth0 netns $",
                        "address add %s/%d dev $".formatted(host(outside), PREFIX_BITS),
                        "link set $ up",
                        "-n $ address add %s/%d dev eth0".formatted(host(inside), PREFIX_BITS),
                        "-n $ link set lo up",
                        "-n $ link set eth0 up")) {
            ip(command);
        }
    }

    /**
     * What goes out is sent to a station that is not there; what comes in finds no route. It takes no packet filter,
     * which not every machine has.
     */
    private void dropUdp(InetAddress nobody) throws IOException, InterruptedException {
        for (String command :
                List.of(
                        // Before all others, which would deliver it.
                        "-n $ rule add pref 1 iif eth0 ipproto udp blackhole",
                        "-n $ rule add pref 2 lookup local",
                        "-n $ rule delete pref 0",
                        "-n $ neighbour add %s lladdr 02:00:00:00:00:01 dev eth0 nud permanent"
                                .formatted(host(nobody)),
                        "-n $ route add default via %s dev eth0 table 17".formatted(host(nobody)),
                        "-n $ rule add pref 3 ipproto udp lookup 17")) {
            ip(command);
        }
    }

    String name() {
        return name;
    }

    /** This machine's address on the link, at which a server is met by who is inside. */
    InetAddress outside() {
        return outside;
    }

    private static InetAddress address(int bits) throws IOException {
        return InetAddress.getByAddress(
                new byte[] {
                    (byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits
                });
    }

    private static String host(InetAddress address) {
        return address.getHostAddress();
    }

    private void ip(String arguments) throws IOException, InterruptedException {
        String command = "ip " + arguments.replace("$", name);
        Process ip = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        String said;
        try (BufferedReader out = ip.inputReader(StandardCharsets.UTF_8)) {
            said = String.join(" ", out.lines().toList());
        }
        if (ip.waitFor() != 0) {
            throw new IOException(command + ": " + said);
        }
    }

    /** The link goes with it. Processes inside keep what they have, but reach nobody. */
    @Override
    public void close() {
        try {
            ip("netns delete $");
        } catch (IOException gone) {
            LOG.warn("a network is left behind: {}", gone.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
