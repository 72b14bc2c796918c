package io.sluice.transport;

import java.util.List;

/**
 * The client's side of a transport, as its session description says.
 *
 * @param fingerprints values of {@code a=fingerprint}; one of them must be its certificate's
 * @param iceLite whether it only answers checks (RFC 8445 2.5)
 * @param passive whether it waits for our ClientHello ({@code a=setup:passive}); else it sends its own
 * @param candidates values of {@code a=candidate} that came with the description
 */
public record RemoteTransport(
        String iceUfrag,
        String icePassword,
        List<String> fingerprints,
        boolean iceLite,
        boolean passive,
        List<String> candidates) {
    public RemoteTransport {
        fingerprints = List.copyOf(fingerprints);
        candidates = List.copyOf(candidates);
    }

    public RemoteTransport withPassive(boolean changed) {
        return new RemoteTransport(
                iceUfrag, icePassword, fingerprints, iceLite, changed, candidates);
    }
}
