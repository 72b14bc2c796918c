package io.sluice.server.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ICE, DTLS and SRTP of a client.
 *
 * <p>Owned by the client's loop.
 */
final class ClientTransport implements ClientSocket.Sink, ClientIce.Listener, ClientDtls.Listener {
    /** How long an ICE generation lives on after the next one has its path. */
    private static final long OVERLAP_NANOS = 3_000_000_000L;

    /** Hears of the transport, on the loop. */
    interface Listener {
        void onConnected();

        void onData(byte[] data);

        void onRtp(byte[] packet);

        void onRtcp(byte[] packet);

        /** Of ICE or DTLS; the client goes on. */
        void onTransportFailed(String reason);

        void onTransportClosed();
    }

    private record Path(ClientIce ice, InetSocketAddress remote) {}

    private final ClientLoop loop;
    private final InetAddress address;
    private final Map<Integer, Integer> relayedPorts;
    private final ClientCertificate certificate;
    private final List<ClientSrtp.Profile> profiles;
    private final boolean passive;
    private final Listener listener;
    private final List<ClientSocket> sockets = new ArrayList<>();
    private ClientIce ice;
    private @Nullable ClientIce restarting;
    private @Nullable Path path;
    private @Nullable ClientDtls dtls;
    private @Nullable ClientSrtp srtp;
    private String serverFingerprint = "";
    private String remoteUfrag = "";
    private Loss sendLoss;
    private Loss receiveLoss;
    private int pathsSelected;
    private long strays;
    private boolean closed;

    ClientTransport(
            ClientLoop loop,
            InetAddress address,
            Map<Integer, Integer> relayedPorts,
            ClientCertificate certificate,
            List<ClientSrtp.Profile> profiles,
            boolean passive,
            Loss sendLoss,
            Loss receiveLoss,
            Listener listener) {
        this.loop = loop;
        this.address = address;
        this.relayedPorts = relayedPorts;
        this.certificate = certificate;
        this.profiles = profiles;
        this.passive = passive;
        this.sendLoss = sendLoss;
        this.receiveLoss = receiveLoss;
        this.listener = listener;
        ice = new ClientIce(loop, openSocket(), relayedPorts, this);
    }

    private ClientSocket openSocket() {
        ClientSocket socket = new ClientSocket(loop, address, this);
        sockets.add(socket);
        return socket;
    }

    /** The ICE generation that the next offer speaks of. */
    ClientIce offered() {
        ClientIce next = restarting;
        return next != null ? next : ice;
    }

    @Nullable ClientSrtp srtp() {
        return srtp;
    }

    long strays() {
        return strays;
    }

    void countStray() {
        strays++;
    }

    ClientDoor.Ice iceOfPath() {
        Path selected = path;
        if (selected == null) {
            throw new IllegalStateException("no path yet");
        }
        return new ClientDoor.Ice(
                selected.ice.ufrag(),
                selected.ice.password(),
                selected.ice.socket().localAddress().getPort(),
                remoteUfrag,
                selected.ice.remotePassword(),
                selected.remote);
    }

    /** How often a path was found: one more with each restart. */
    int pathsSelected() {
        return pathsSelected;
    }

    void lose(Loss newSendLoss, Loss newReceiveLoss) {
        sendLoss = newSendLoss;
        receiveLoss = newReceiveLoss;
    }

    /** Makes the next offer one that restarts ICE (RFC 8445 9); media goes on meanwhile. */
    void restart(boolean sameSocket) {
        ClientIce before = restarting;
        if (before != null) {
            before.close();
        }
        restarting =
                new ClientIce(loop, sameSocket ? ice.socket() : openSocket(), relayedPorts, this);
    }

    void onAnswer(AnswerSdp.Section section) {
        boolean first = remoteUfrag.isEmpty();
        boolean fresh = !section.ufrag().equals(remoteUfrag);
        if (first) {
            if (!section.setup().equals(passive ? "active" : "passive")) {
                listener.onTransportFailed("answered setup:" + section.setup());
            }
            serverFingerprint = section.fingerprint();
        } else if (fresh != (restarting != null)) {
            listener.onTransportFailed("ICE credentials changed: " + fresh);
            return;
        }
        if (fresh) {
            remoteUfrag = section.ufrag();
            offered().start(section.ufrag(), section.password(), section.candidates());
        }
    }

    void addRemoteCandidate(String value) {
        offered().addRemoteCandidate(value);
    }

    @Override
    public void onSelected(ClientIce selected, InetSocketAddress remote) {
        if (closed) {
            return;
        }
        pathsSelected++;
        path = new Path(selected, remote);
        if (selected == restarting) {
            ClientIce old = ice;
            ice = selected;
            restarting = null;
            loop.schedule(OVERLAP_NANOS, () -> end(old));
        }
        if (dtls == null) {
            ClientDtls started =
                    new ClientDtls(loop, certificate, serverFingerprint, profiles, passive, this);
            dtls = started;
            started.start();
        }
    }

    private void end(ClientIce old) {
        old.close();
        if (old.socket() != ice.socket()) {
            sockets.remove(old.socket());
            old.socket().close();
        }
    }

    @Override
    public void onIceFailed(ClientIce failed) {
        listener.onTransportFailed("ICE failed");
    }

    @Override
    public void onDtls(byte[] datagram) {
        if (dtls != null) {
            dtls.onDatagram(datagram);
        } else {
            strays++;
        }
    }

    @Override
    public void onDtlsSend(byte[] datagram) {
        Path selected = path;
        if (selected != null && !closed) {
            selected.ice.socket().send(datagram, 0, datagram.length, selected.remote);
        }
    }

    @Override
    public void onDtlsConnected(ClientSrtp keys) {
        srtp = keys;
        listener.onConnected();
    }

    @Override
    public void onDtlsData(byte[] data) {
        listener.onData(data);
    }

    /** Sends application data in one record. */
    void sendData(byte[] data, int length) {
        if (dtls != null && !closed) {
            dtls.send(data, length);
        }
    }

    @Override
    public void onDtlsFailed(Exception reason) {
        listener.onTransportFailed("DTLS: " + reason);
    }

    @Override
    public void onDtlsClosed() {
        listener.onTransportClosed();
    }

    @Override
    public void onMedia(byte[] datagram) {
        ClientSrtp keys = srtp;
        if (receiveLoss.drops()) {
            return;
        }
        if (keys == null || datagram.length < RtpBytes.HEADER_BYTES) {
            strays++;
            return;
        }
        // RFC 5761 4: what RTCP's packet types look like as payload numbers.
        int payloadType = datagram[1] & 0x7F;
        if (payloadType >= 64 && payloadType < 96) {
            byte[] packet = keys.unprotectRtcp(datagram);
            if (packet != null) {
                listener.onRtcp(packet);
            }
        } else {
            byte[] packet = keys.unprotectRtp(datagram);
            if (packet != null) {
                listener.onRtp(packet);
            }
        }
    }

    /** Protects and sends; returns the protected bytes. */
    byte[] sendRtp(byte[] packet, int length) {
        byte[] secured = keys().protectRtp(packet, length);
        sendMedia(secured);
        return secured;
    }

    void sendRtpOnce(byte[] packet) {
        sendMedia(keys().protectRtpOnce(packet));
    }

    void sendRtcp(byte[] packet) {
        sendMedia(keys().protectRtcp(packet, packet.length));
    }

    private ClientSrtp keys() {
        ClientSrtp keys = srtp;
        if (keys == null) {
            throw new IllegalStateException("no keys yet");
        }
        return keys;
    }

    void sendMedia(byte[] secured) {
        Path selected = path;
        if (selected != null && !closed && !sendLoss.drops()) {
            selected.ice.socket().send(secured, 0, secured.length, selected.remote);
        }
    }

    /** Says close_notify; the rest stays as it is. */
    void closeDtls() {
        if (dtls != null) {
            dtls.close();
        }
    }

    /** Ends everything without a word. */
    void abandon() {
        closed = true;
        if (dtls != null) {
            dtls.abandon();
        }
        ice.close();
        if (restarting != null) {
            restarting.close();
        }
        sockets.forEach(ClientSocket::close);
    }
}
