package io.sluice.transport;

import io.sluice.sctp.RemoteSctp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a transport, as its session description says.
 *
 * @param fingerprints values of {@code a=fingerprint}; one of them must be its certificate's
 * @param iceLite whether it only answers checks (RFC 8445 2.5)
 * @param passive whether it waits for our ClientHello ({@code a=setup:passive}); else it sends its own
 * @param candidates values of {@code a=candidate} that came with the description
 * @param sctp of its data channels; null if it has none
 */
public record RemoteTransport(
        String iceUfrag,
        String icePassword,
        List<String> fingerprints,
        boolean iceLite,
        boolean passive,
        List<String> candidates,
        @Nullable RemoteSctp sctp) {
    public RemoteTransport {
        fingerprints = List.copyOf(fingerprints);
        candidates = List.copyOf(candidates);
    }

    /** Without data channels. */
    public RemoteTransport(
            String iceUfrag,
            String icePassword,
            List<String> fingerprints,
            boolean iceLite,
            boolean passive,
            List<String> candidates) {
        this(iceUfrag, icePassword, fingerprints, iceLite, passive, candidates, null);
    }

    public RemoteTransport withPassive(boolean changed) {
        return new RemoteTransport(
                iceUfrag, icePassword, fingerprints, iceLite, changed, candidates, sctp);
    }

    public RemoteTransport withCandidates(List<String> changed) {
        return withIce(iceUfrag, icePassword, changed);
    }

    /** After a restart of ICE. */
    public RemoteTransport withIce(String ufrag, String password, List<String> newCandidates) {
        return new RemoteTransport(
                ufrag, password, fingerprints, iceLite, passive, newCandidates, sctp);
    }

    public RemoteTransport withSctp(@Nullable RemoteSctp changed) {
        return new RemoteTransport(
                iceUfrag, icePassword, fingerprints, iceLite, passive, candidates, changed);
    }
}
