package io.sluice.ice;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Durations and limits of ICE.
 *
 * @param connectTimeout from the remote credentials to the first selected path
 * @param consentTimeout silence on the selected path until it is given up (RFC 7675 5.1: 30 s)
 * @param consentInterval between our consent checks, plus or minus a fifth (RFC 7675 5.1: 5 s)
 * @param restartOverlap how long the credentials before a restart still answer once it is done
 * @param pathTimeout silence after which a path that is not selected is forgotten
 * @param tick how often deadlines are looked at
 * @param maxRemoteCandidates of one participant, between two restarts
 * @param maxPaths addresses of one participant that are known at a time
 * @param maxHeldDtls datagrams of DTLS held until their address is validated
 * @param allowLoopback whether loopback addresses are announced and checked
 * @param publicAddresses what to announce for a local address behind NAT 1:1, by local address
 * @param advertisedAddresses if any: announced instead of all local addresses
 */
public record IceConfig(
        Duration connectTimeout,
        Duration consentTimeout,
        Duration consentInterval,
        Duration restartOverlap,
        Duration pathTimeout,
        Duration tick,
        int maxRemoteCandidates,
        int maxPaths,
        int maxHeldDtls,
        boolean allowLoopback,
        Map<InetAddress, InetAddress> publicAddresses,
        List<InetAddress> advertisedAddresses) {

    public IceConfig {
        publicAddresses = Map.copyOf(publicAddresses);
        advertisedAddresses = List.copyOf(advertisedAddresses);
        if (maxRemoteCandidates < 1 || maxPaths < 1 || maxHeldDtls < 0) {
            throw new IllegalArgumentException(
                    "limits of candidates and paths must be 1 or more, of held DTLS 0 or more");
        }
        for (Duration duration :
                List.of(connectTimeout, consentTimeout, consentInterval, pathTimeout, tick)) {
            if (!duration.isPositive()) {
                throw new IllegalArgumentException("durations of ICE must be positive");
            }
        }
    }

    public static IceConfig defaults() {
        return new IceConfig(
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMillis(100),
                64,
                8,
                4,
                false,
                Map.of(),
                List.of());
    }

    public IceConfig withTimeouts(Duration connect, Duration consent, Duration checkEvery) {
        return new IceConfig(
                connect,
                consent,
                checkEvery,
                restartOverlap,
                pathTimeout,
                tick,
                maxRemoteCandidates,
                maxPaths,
                maxHeldDtls,
                allowLoopback,
                publicAddresses,
                advertisedAddresses);
    }

    public IceConfig withRestartOverlap(Duration overlap) {
        return new IceConfig(
                connectTimeout,
                consentTimeout,
                consentInterval,
                overlap,
                pathTimeout,
                tick,
                maxRemoteCandidates,
                maxPaths,
                maxHeldDtls,
                allowLoopback,
                publicAddresses,
                advertisedAddresses);
    }

    public IceConfig withLimits(int remoteCandidates, int paths, int heldDtls) {
        return new IceConfig(
                connectTimeout,
                consentTimeout,
                consentInterval,
                restartOverlap,
                pathTimeout,
                tick,
                remoteCandidates,
                paths,
                heldDtls,
                allowLoopback,
                publicAddresses,
                advertisedAddresses);
    }

    public IceConfig withLoopback(boolean allowed) {
        return new IceConfig(
                connectTimeout,
                consentTimeout,
                consentInterval,
                restartOverlap,
                pathTimeout,
                tick,
                maxRemoteCandidates,
                maxPaths,
                maxHeldDtls,
                allowed,
                publicAddresses,
                advertisedAddresses);
    }

    public IceConfig withAddresses(
            Map<InetAddress, InetAddress> publicOnes, List<InetAddress> advertised) {
        return new IceConfig(
                connectTimeout,
                consentTimeout,
                consentInterval,
                restartOverlap,
                pathTimeout,
                tick,
                maxRemoteCandidates,
                maxPaths,
                maxHeldDtls,
                allowLoopback,
                publicOnes,
                advertised);
    }
}
