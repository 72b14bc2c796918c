package io.sluice.server.doctor;

import io.sluice.api.IceServer;
import io.sluice.api.TlsConfig;
import io.sluice.srtp.SrtpContexts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is to be looked at: what a server on this machine would use.
 *
 * @param udpPort the first; 0 where the system chooses
 * @param udpPorts how many, in a row
 * @param tcpPort of media by TCP; 0 where the system chooses, or there is none
 * @param advertised whether clients are told of other addresses than the local ones
 * @param stunServer by name, that is asked at start for the public address; null: none is
 * @param tls which certificate browsers would be shown, if any
 * @param devMode whether everybody gets in
 */
public record Examination(
        String host,
        int httpPort,
        List<InetAddress> localAddresses,
        int udpPort,
        int udpPorts,
        int tcpPort,
        boolean advertised,
        @Nullable InetSocketAddress stunServer,
        List<IceServer> iceServers,
        TlsConfig tls,
        boolean devMode) {
    /** A server that is near answers in milliseconds; each is waited for so long at most. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    public Examination {
        localAddresses = List.copyOf(localAddresses);
        iceServers = List.copyOf(iceServers);
    }

    /** Looks at everything. Blocks for as long as STUN and TURN servers do not answer. */
    public List<Finding> findings(Machine machine, RandomGenerator random) {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(
                SystemChecks.all(
                        machine,
                        SrtpContexts.isNative(),
                        SrtpContexts.implementation(),
                        Runtime.version().feature()));
        findings.add(NetworkChecks.http(host, httpPort));
        if (udpPort != 0) {
            findings.add(NetworkChecks.media(localAddresses, udpPort, udpPorts));
        }
        if (tcpPort != 0) {
            findings.add(NetworkChecks.mediaByTcp(localAddresses, tcpPort));
        }
        findings.add(
                stunServer == null
                        ? NetworkChecks.addresses(localAddresses, advertised)
                        : NetworkChecks.stunServer(stunServer, PATIENCE, random));
        for (IceServer server : iceServers) {
            findings.add(NetworkChecks.iceServer(server.url(), PATIENCE, random));
        }
        if (tls.isOn()) {
            findings.add(CertificateChecks.certificate(tls, host, machine, Instant.now()));
        }
        findings.add(keys(devMode));
        return findings;
    }

    private static Finding keys(boolean devMode) {
        return devMode
                ? Finding.advice(
                        "Keys",
                        "Without keys of its own the server is in development mode: whoever reaches"
                                + " it gets in.",
                        "SLUICE_KEYS=\"mykey: $(openssl rand -base64 32)\"")
                : Finding.good("Keys", "Tokens are signed by keys of your own.");
    }
}
