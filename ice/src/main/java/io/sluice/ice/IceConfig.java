package io.sluice.ice;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings of ICE. */
public record IceConfig(Timeouts timeouts, Limits limits, Addresses addresses) {
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

    public static IceConfig defaults() {
        return new IceConfig(
                Timeouts.defaults(),
                new Limits(64, 8, 4),
                new Addresses(false, Map.of(), List.of()));
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
        return new IceConfig(changed, limits, addresses);
    }

    public IceConfig withLimits(Limits changed) {
        return new IceConfig(timeouts, changed, addresses);
    }

    public IceConfig withLoopback(boolean allowed) {
        return withAddresses(new Addresses(allowed, addresses.publicOnes, addresses.advertised));
    }

    public IceConfig withAddresses(Addresses changed) {
        return new IceConfig(timeouts, limits, changed);
    }
}
