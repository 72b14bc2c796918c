package io.sluice.server;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the addresses of this machine. */
final class LocalAddresses {
    /** Each costs a socket per loop, and a candidate in every description. */
    static final int MAX_ADDRESSES = 32;

    private LocalAddresses() {}

    /** All addresses that a client may use; IPv4 first, for it is the one that works everywhere. */
    static List<InetAddress> find(boolean withLoopback) {
        try {
            List<InetAddress> found = new ArrayList<>();
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                if (network.isUp()) {
                    network.inetAddresses()
                            .filter(address -> isUsable(address, withLoopback))
                            .forEach(found::add);
                }
            }
            found.sort(
                    Comparator.comparing(InetAddress::isLoopbackAddress)
                            .thenComparing(address -> address.getAddress().length));
            return found.subList(0, Math.min(found.size(), MAX_ADDRESSES));
        } catch (SocketException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static boolean isUsable(InetAddress address, boolean withLoopback) {
        // A link-local address means nothing to a client without the name of its own interface.
        return !address.isLinkLocalAddress()
                && !address.isMulticastAddress()
                && !address.isAnyLocalAddress()
                && (withLoopback || !address.isLoopbackAddress());
    }
}
