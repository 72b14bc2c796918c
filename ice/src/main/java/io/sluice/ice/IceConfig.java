package io.sluice.ice;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings of ICE. */
public record IceConfig(
        Timeouts timeouts, Limits limits, Addresses addresses, Tcp tcp, PlainStun stun) {
    /**
     * How long ICE waits for what.
     *
     * @param connect from the remote credentials to the first selected path; browsers give up as late: 30 s
     * @param consent silence on the selected path until it is given up (RFC 7675 5.1): 30 s
     * @param consentInterval between our consent checks, plus or minus a fifth (RFC 7675 5.1): 5 s
     * @param restartOverlap how long the credentials before a restart still answer once it is done: checks that
     *     were on their way have come or are lost by then: 5 s
     * @param path silence after which a path that is not selected is forgotten, as long as the selected one: 30 s
     * @param tick how often deadlines are looked at. Nothing here is measured in less than seconds: 100 ms
     */
    public record Timeouts(
            Duration connect,
            Duration consent,
            Duration consentInterval,
            Duration restartOverlap,
            Duration path,
            Duration tick) {
        public Timeouts {
            for (Duration duration : List.of(connect, consent, consentInterval, path, tick)) {
                if (!duration.isPositive()) {
                    throw new IllegalArgumentException("durations of ICE must be positive");
                }
            }
        }

        static Timeouts defaults() {
            return new Timeouts(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMillis(100));
        }
    }

    /**
     * What one participant may cost us.
     *
     * @param remoteCandidates between two restarts; browsers with many networks send some twenty: 64
     * @param paths addresses that are known at a time: each of a client's networks, and those before a NAT
     *     changed its mind: 8
     * @param heldDtls datagrams of DTLS held until their address is validated: a ClientHello of two, sent twice: 4
     */
    public record Limits(int remoteCandidates, int paths, int heldDtls) {
        public Limits {
            if (remoteCandidates < 1 || paths < 1 || heldDtls < 0) {
                throw new IllegalArgumentException(
                        "limits of candidates and paths must be 1 or more, of held DTLS 0 or more");
            }
        }
    }

    /**
     * What clients are told of where we are.
     *
     * @param loopback whether loopback addresses are announced and checked: only where all is on one machine
     * @param publicOnes what to announce for a local address behind NAT 1:1, by local address: nothing
     * @param advertised if any: announced instead of all local addresses
     */
    public record Addresses(
            boolean loopback,
            Map<InetAddress, InetAddress> publicOnes,
            List<InetAddress> advertised) {
        public Addresses {
            publicOnes = Map.copyOf(publicOnes);
            advertised = List.copyOf(advertised);
        }
    }

    /**
     * ICE over TCP (RFC 6544): for clients whose network lets no UDP out.
     *
     * @param enabled whether there is a TCP port: yes, it costs nothing while nobody comes
     * @param connections of the node at a time. Browsers open one for each address they are told of, also where
     *     they use UDP, and close it again: 8 192
     * @param connectionsPerAddress of one IPv4 address, or of one network of IPv6 ones (/64), at a time: an
     *     office behind one address: 512
     * @param connectionsPerSession that one session may open at once; after that one more each second. A browser opens
     *     one from each of its addresses to each of ours, and again when its network changes: 64
     * @param waiting connections that have not said whose they are; one more, and the oldest is closed: 1 024
     * @param firstRequest how long a connection may be open before its first valid request, and before its
     *     session uses it: several round trips of the slowest networks: 10 s
     * @param queueBytes that wait for one client that reads too slowly; video may have half of it, and is dropped
     *     beyond: a second at 2 Mbit/s
     */
    public record Tcp(
            boolean enabled,
            int connections,
            int connectionsPerAddress,
            int connectionsPerSession,
            int waiting,
            Duration firstRequest,
            int queueBytes) {
        /** A few datagrams, half of them video. */
        private static final int QUEUE_BYTES_MIN = 8 * Slab.SLOT_BYTES;

        private static final int CONNECTIONS_MAX = 1 << 20;

        public Tcp {
            if (connections < 1
                    || connections > CONNECTIONS_MAX
                    || connectionsPerAddress < 1
                    || connectionsPerSession < 1
                    || waiting < 1
                    || !firstRequest.isPositive()
                    || queueBytes < QUEUE_BYTES_MIN) {
                throw new IllegalArgumentException(
                        "limits of TCP connections must be 1 to "
                                + CONNECTIONS_MAX
                                + ", firstRequest positive, queueBytes at least "
                                + QUEUE_BYTES_MIN);
            }
        }

        static Tcp defaults() {
            return new Tcp(true, 8_192, 512, 64, 1_024, Duration.ofSeconds(10), 256 << 10);
        }
    }

    /**
     * Answers to plain Binding requests (RFC 8489): what any STUN server does, so that nobody needs another.
     *
     * @param enabled whether UDP ports for media answer requests without USERNAME with the address that they came
     *     from: yes. An answer is hardly longer than its question, so there is nothing to gain by a false address
     * @param perSecond answers of the node: a question is asked once when a client or server starts, and more
     *     would cost calls their time: 500
     */
    public record PlainStun(boolean enabled, int perSecond) {
        public PlainStun {
            if (perSecond < 1) {
                throw new IllegalArgumentException("perSecond must be 1 or more");
            }
        }

        static PlainStun defaults() {
            return new PlainStun(true, 500);
        }
    }

    public static IceConfig defaults() {
        return new IceConfig(
                Timeouts.defaults(),
                new Limits(64, 8, 4),
                new Addresses(false, Map.of(), List.of()),
                Tcp.defaults(),
                PlainStun.defaults());
    }

    /** As {@link #withTimeouts(Timeouts)}, with what depends on the network. */
    public IceConfig withTimeouts(Duration connect, Duration consent, Duration consentInterval) {
        return withTimeouts(
                new Timeouts(
                        connect,
                        consent,
                        consentInterval,
                        timeouts.restartOverlap,
                        timeouts.path,
                        timeouts.tick));
    }

    public IceConfig withTimeouts(Timeouts changed) {
        return new IceConfig(changed, limits, addresses, tcp, stun);
    }

    public IceConfig withLimits(Limits changed) {
        return new IceConfig(timeouts, changed, addresses, tcp, stun);
    }

    public IceConfig withLoopback(boolean allowed) {
        return withAddresses(new Addresses(allowed, addresses.publicOnes, addresses.advertised));
    }

    public IceConfig withAddresses(Addresses changed) {
        return new IceConfig(timeouts, limits, changed, tcp, stun);
    }

    public IceConfig withTcp(Tcp changed) {
        return new IceConfig(timeouts, limits, addresses, changed, stun);
    }

    public IceConfig withStun(PlainStun changed) {
        return new IceConfig(timeouts, limits, addresses, tcp, changed);
    }

    /** For each of {@code loops} loops: an equal share of what the node may answer. */
    public IceConfig shared(int loops) {
        return withStun(new PlainStun(stun.enabled, Math.max(1, stun.perSecond / loops)));
    }
}
