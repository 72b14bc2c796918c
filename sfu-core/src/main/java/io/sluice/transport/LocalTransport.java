package io.sluice.transport;

import java.util.List;

/**
 * Our side of a transport, to be written into a session description.
 *
 * @param fingerprint of our certificate: {@code sha-256 AB:CD:...}
 * @param candidates values of {@code a=candidate}, without the attribute's name
 * @param cname of all our streams to this participant (RFC 3550 6.5.1)
 */
public record LocalTransport(
        String iceUfrag,
        String icePassword,
        String fingerprint,
        List<String> candidates,
        String cname) {
    public LocalTransport {
        candidates = List.copyOf(candidates);
    }
}
