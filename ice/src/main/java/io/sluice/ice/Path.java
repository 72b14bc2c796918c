package io.sluice.ice;

/**
 * A way between one of our sockets and one remote address.
 *
 * @param socket index into {@link UdpPort#addresses()}, or a TCP connection's number
 * @param remoteHigh upper half of the remote IPv6 address, big-endian (0 for IPv4)
 * @param remoteLow lower half; IPv4 as {@code 0000:ffff:a.b.c.d}
 * @param remotePort remote UDP or TCP port
 */
public record Path(int socket, long remoteHigh, long remoteLow, int remotePort) {
    /** Whether it is a TCP connection. */
    boolean isStream() {
        return socket >= UdpPort.FIRST_STREAM;
    }
}
