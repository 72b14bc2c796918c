package io.sluice.ice;

/**
 * How a port sends and receives.
 *
 * @param ownSockets whether sockets of our own serve where the system has {@code recvmmsg} and {@code
 *     sendmmsg}: they cost half of Netty's datagram channels, which serve elsewhere
 * @param runs whether datagrams of one length to one remote leave as one message (UDP_SEGMENT) from
 *     sockets of our own: it halves the cost again. To be turned off where a network card or its
 *     driver cuts them wrongly; one that refuses them is found out by itself
 * @param receivesRuns whether such a message is received in one piece (UDP_GRO) by sockets of our own.
 *     It takes a megabyte a port, and gains something only where senders send runs: what browsers send
 *     comes in single datagrams
 */
public record UdpConfig(boolean ownSockets, boolean runs, boolean receivesRuns) {
    public static UdpConfig defaults() {
        return new UdpConfig(true, true, false);
    }

    public UdpConfig withOwnSockets(boolean changed) {
        return new UdpConfig(changed, runs, receivesRuns);
    }

    public UdpConfig withRuns(boolean changed) {
        return new UdpConfig(ownSockets, changed, receivesRuns);
    }

    public UdpConfig withReceivesRuns(boolean changed) {
        return new UdpConfig(ownSockets, runs, changed);
    }
}
