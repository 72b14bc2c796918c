package io.sluice.server.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.CandidatePair;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.HostCandidate;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.IceProcessingState;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.LocalCandidate;
import org.ice4j.ice.RemoteCandidate;
import org.ice4j.ice.harvest.CandidateHarvester;
import org.ice4j.ice.harvest.HarvestStatistics;
import org.jitsi.utils.logging2.LoggerImpl;
import org.jspecify.annotations.Nullable;

/**
 * A controlling ice4j agent on one socket of the client.
 *
 * <p>Owned by the client's loop; ice4j calls its listener from threads of its own, which hop.
 */
final class ClientIce {
    private static final String STREAM = "media";

    /** Beats of the agent once its pair is found: it has nothing left to do but consent. */
    private static final long IDLE_BEAT_MILLIS = 1_000;

    static {
        // Else the first agent of a process asks the metadata address of a cloud.
        if (System.getProperty("ice4j.harvest.mapping.aws.enabled") == null) {
            System.setProperty("ice4j.harvest.mapping.aws.enabled", "false");
        }
    }

    /** Hears of the agent, on the loop. */
    interface Listener {
        void onSelected(ClientIce ice, InetSocketAddress remote);

        void onIceFailed(ClientIce ice);
    }

    private final ClientSocket socket;
    private final Listener listener;

    /** By the server's; empty where they are reached as they are. */
    private final Map<Integer, Integer> relayedPorts;

    private final Agent agent;
    private final IceMediaStream stream;
    private final Component component;
    private boolean closed;

    ClientIce(
            ClientLoop loop,
            ClientSocket socket,
            Map<Integer, Integer> relayedPorts,
            Listener listener) {
        this.socket = socket;
        this.relayedPorts = relayedPorts;
        this.listener = listener;
        agent = new Agent(new LoggerImpl("client.ice", Level.SEVERE));
        agent.setControlling(true);
        agent.setUseDynamicPorts(false);
        agent.setPerformConsentFreshness(true);
        agent.addCandidateHarvester(new Harvester());
        stream = agent.createMediaStream(STREAM);
        try {
            component = agent.createComponent(stream, KeepAliveStrategy.SELECTED_ONLY, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        agent.addStateChangeListener(event -> {
            if (event.getNewValue() instanceof IceProcessingState state) {
                loop.execute(() -> onState(state));
            }
        });
    }

    /** Hands the client's own socket to the agent: ice4j's harvester would skip loopback. */
    private final class Harvester implements CandidateHarvester {
        private final HarvestStatistics statistics = new HarvestStatistics();

        @Override
        public Collection<LocalCandidate> harvest(Component component) {
            StunView view = socket.view(agent.getLocalUfrag());
            HostCandidate candidate = new HostCandidate(view, component, Transport.UDP);
            component.addLocalCandidate(candidate);
            candidate.getStunStack().addSocket(view);
            return Set.of(candidate);
        }

        @Override
        public HarvestStatistics getHarvestStatistics() {
            return statistics;
        }

        @Override
        public boolean isHostHarvester() {
            return true;
        }
    }

    ClientSocket socket() {
        return socket;
    }

    String ufrag() {
        return agent.getLocalUfrag();
    }

    String password() {
        return agent.getLocalPassword();
    }

    String remotePassword() {
        return stream.getRemotePassword();
    }

    /** As they stand after {@code a=candidate:}; none behind a relay, which the server would go around. */
    List<String> candidates() {
        List<String> values = new ArrayList<>();
        if (!relayedPorts.isEmpty()) {
            return values;
        }
        for (LocalCandidate candidate : component.getLocalCandidates()) {
            TransportAddress address = candidate.getTransportAddress();
            values.add(
                    "%s 1 udp %d %s %d typ host"
                            .formatted(
                                    candidate.getFoundation(),
                                    candidate.getPriority(),
                                    address.getHostAddress(),
                                    address.getPort()));
        }
        return values;
    }

    void start(String remoteUfrag, String remotePassword, List<String> remoteCandidates) {
        stream.setRemoteUfrag(remoteUfrag);
        stream.setRemotePassword(remotePassword);
        for (String value : remoteCandidates) {
            RemoteCandidate candidate = read(value, remoteUfrag);
            if (candidate != null) {
                component.addRemoteCandidate(candidate);
            }
        }
        agent.startConnectivityEstablishment();
    }

    void addRemoteCandidate(String value) {
        RemoteCandidate candidate = read(value, stream.getRemoteUfrag());
        if (candidate != null) {
            component.addUpdateRemoteCandidates(candidate);
            component.updateRemoteCandidates();
        }
    }

    /** Null for what cannot be used: TCP, another family, an address that is not loopback. */
    private @Nullable RemoteCandidate read(String value, String ufrag) {
        String[] fields = value.replaceFirst("^candidate:", "").split(" ", -1);
        if (fields.length < 8 || !"udp".equalsIgnoreCase(fields[2])) {
            return null;
        }
        int port = Integer.parseInt(fields[5]);
        TransportAddress address =
                new TransportAddress(
                        fields[4], relayedPorts.getOrDefault(port, port), Transport.UDP);
        boolean sameFamily =
                address.isIPv6() == (socket.localAddress().getAddress().getAddress().length > 4);
        if (!sameFamily || !address.getAddress().isLoopbackAddress()) {
            return null;
        }
        return new RemoteCandidate(
                address,
                component,
                CandidateType.parse(fields[7]),
                fields[0],
                Long.parseLong(fields[3]),
                null,
                ufrag);
    }

    private void onState(IceProcessingState state) {
        if (closed) {
            return;
        }
        switch (state) {
            case COMPLETED -> {
                agent.setTa(IDLE_BEAT_MILLIS);
                CandidatePair pair = component.getSelectedPair();
                listener.onSelected(this, pair.getRemoteCandidate().getTransportAddress());
            }
            case FAILED -> listener.onIceFailed(this);
            case WAITING, RUNNING, TERMINATED -> {}
        }
    }

    /** Ends the agent, which may wait for its threads, away from the loop. */
    void close() {
        if (!closed) {
            closed = true;
            Thread.startVirtualThread(agent::free);
        }
    }
}
