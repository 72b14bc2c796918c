package io.sluice.ice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.HostCandidate;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.IceProcessingState;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.LocalCandidate;
import org.ice4j.ice.RemoteCandidate;
import org.ice4j.ice.harvest.AbstractCandidateHarvester;
import org.ice4j.socket.IceUdpSocketWrapper;
import org.ice4j.socket.MultiplexingDatagramSocket;

/** A stock ice4j agent on a loopback address, controlling, with its own socket and threads. */
final class StockClient implements AutoCloseable {
    private final MultiplexingDatagramSocket socket;
    private final Agent agent = new Agent();
    private final IceMediaStream stream;
    private final Component component;

    StockClient(InetAddress address) throws IOException {
        socket = new MultiplexingDatagramSocket(new InetSocketAddress(address, 0));
        agent.setUseDynamicPorts(false);
        agent.setControlling(true);
        agent.addCandidateHarvester(new Harvester());
        stream = agent.createMediaStream("media");
        component = agent.createComponent(stream, KeepAliveStrategy.SELECTED_ONLY, false);
    }

    private final class Harvester extends AbstractCandidateHarvester {
        @Override
        public Collection<LocalCandidate> harvest(Component of) {
            HostCandidate candidate = new HostCandidate(new IceUdpSocketWrapper(socket), of);
            of.addLocalCandidate(candidate);
            agent.getStunStack().addSocket(candidate.getStunSocket(null));
            return List.of(candidate);
        }

        @Override
        public boolean isHostHarvester() {
            return true;
        }
    }

    IceCredentials local() {
        return new IceCredentials(agent.getLocalUfrag(), agent.getLocalPassword());
    }

    int port() {
        return socket.getLocalPort();
    }

    String candidate() {
        return "candidate:1 1 UDP 2130706431 %s %d typ host"
                .formatted(socket.getLocalAddress().getHostAddress(), port());
    }

    void setRemote(IceCredentials remote) {
        stream.setRemoteUfrag(remote.ufrag());
        stream.setRemotePassword(remote.password());
    }

    /** Adds the server's candidates, before or after the start. */
    void addRemoteCandidates(List<String> values) {
        for (String value : values) {
            if (CandidateLine.read(value, true)
                    instanceof CandidateLine.Result.Read(CandidateLine line)) {
                component.addUpdateRemoteCandidates(
                        new RemoteCandidate(
                                new TransportAddress(line.address(), line.port(), Transport.UDP),
                                component,
                                CandidateType.HOST_CANDIDATE,
                                line.foundation(),
                                line.priority(),
                                null));
            }
        }
        component.updateRemoteCandidates();
    }

    void start() {
        agent.startConnectivityEstablishment();
    }

    IceProcessingState state() {
        return agent.getState();
    }

    void send(InetSocketAddress to, byte... data) {
        try {
            socket.send(new DatagramPacket(data, data.length, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        agent.free();
        socket.close();
    }
}
