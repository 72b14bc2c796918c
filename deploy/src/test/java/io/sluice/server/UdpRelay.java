package io.sluice.server;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and UDP ports of a server, on loopback, until it is cut: then every datagram vanishes, both
 * ways, as on a network that drops UDP.
 */
final class UdpRelay implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 65_535;

    private final Map<Integer, DatagramSocket> fronts = new HashMap<>();
    private final List<DatagramSocket> backs = new ArrayList<>();
    private volatile boolean cut;

    /** Opens a port for each port of the server. */
    UdpRelay(List<Integer> serverPorts) throws IOException {
        for (int serverPort : serverPorts) {
            DatagramSocket front = openSocket();
            fronts.put(serverPort, front);
            Thread.ofVirtual().start(() -> relayIn(front, serverPort));
        }
    }

    /** The port that leads to a port of the server. */
    Map<Integer, Integer> ports() {
        Map<Integer, Integer> ports = new HashMap<>();
        fronts.forEach((serverPort, front) -> ports.put(serverPort, front.getLocalPort()));
        return ports;
    }

    /** From now on nothing gets through. */
    void cut() {
        cut = true;
    }

    private static DatagramSocket openSocket() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    private void relayIn(DatagramSocket front, int serverPort) {
        Map<SocketAddress, DatagramSocket> backByClient = new ConcurrentHashMap<>();
        InetSocketAddress server =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), serverPort);
        byte[] bytes = new byte[MAX_DATAGRAM_BYTES];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                front.receive(packet);
                SocketAddress client = packet.getSocketAddress();
                DatagramSocket back = backByClient.get(client);
                if (back == null) {
                    back = openBack();
                    backByClient.put(client, back);
                    relayOut(back, front, client);
                }
                forward(packet, back, server);
            }
        } catch (IOException closed) {
            // The end of the test.
            front.close();
        }
    }

    private synchronized DatagramSocket openBack() throws IOException {
        DatagramSocket back = openSocket();
        backs.add(back);
        return back;
    }

    private void relayOut(DatagramSocket back, DatagramSocket front, SocketAddress client) {
        Thread.ofVirtual()
                .start(() -> {
                    byte[] bytes = new byte[MAX_DATAGRAM_BYTES];
                    try {
                        while (true) {
                            DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                            back.receive(packet);
                            forward(packet, front, client);
                        }
                    } catch (IOException closed) {
                        back.close();
                    }
                });
    }

    private void forward(DatagramPacket packet, DatagramSocket from, SocketAddress to)
            throws IOException {
        if (!cut) {
            packet.setSocketAddress(to);
            from.send(packet);
        }
    }

    @Override
    public synchronized void close() {
        fronts.values().forEach(DatagramSocket::close);
        backs.forEach(DatagramSocket::close);
    }
}
