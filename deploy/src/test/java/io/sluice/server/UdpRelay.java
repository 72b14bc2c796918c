package io.sluice.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.server.Reception.Pause;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and UDP ports of a server, on loopback, as one network: it may be slow, far away and lossy,
 * until it is cut: then every datagram vanishes, both ways, as on a network that drops UDP.
 */
final class UdpRelay implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 65_535;

    /** More than the jitter of any network that tests ask for. */
    private static final long LATE_NANOS = 50_000_000;

    /** Leads all traffic of a page over a relay: neither side gets to know another address of the other. */
    private static final String ONLY_BY_RELAY =
            """
            (ports => {
              const through = sdp => sdp.split('\\r\\n').map(line => {
                if (!line.startsWith('a=candidate:')) return line;
                const fields = line.split(' ');
                if (fields[2] !== 'udp' || fields[4] !== '127.0.0.1') return null;
                fields[5] = ports[fields[5]];
                return fields.join(' ');
              }).filter(line => line !== null).join('\\r\\n');
              const {setRemoteDescription} = RTCPeerConnection.prototype;
              RTCPeerConnection.prototype.setRemoteDescription = function ({type, sdp}) {
                return setRemoteDescription.call(this, {type, sdp: through(sdp)});
              };
              RTCPeerConnection.prototype.addIceCandidate = async () => {};
              const {send} = WebSocket.prototype;
              WebSocket.prototype.send = function (text) {
                const message = JSON.parse(text);
                if (message.type === 'ice-candidate') return;
                message.sdp = message.sdp?.replace(/a=candidate:.*\\r\\n/g, '');
                send.call(this, JSON.stringify(message));
              };
            })(%s)
            """;

    /** A datagram on its way. */
    private record Travelling(byte[] bytes, DatagramSocket from, SocketAddress to) {}

    private final Map<Integer, DatagramSocket> fronts = new HashMap<>();
    private final List<DatagramSocket> backs = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Impairment<Travelling> up;
    private final Impairment<Travelling> down;
    private final List<Pause> late = new ArrayList<>();
    private @Nullable Thread carrier;
    private volatile boolean cut;
    private boolean closed;

    /** Opens a port for each port of the server. */
    UdpRelay(List<Integer> serverPorts) throws IOException {
        this(serverPorts, 1);
    }

    /** As before, for a network that does the same for the same seed. */
    UdpRelay(List<Integer> serverPorts, long seed) throws IOException {
        up = new Impairment<>(seed);
        down = new Impairment<>(seed + 1);
        for (int serverPort : serverPorts) {
            DatagramSocket front = openSocket();
            fronts.put(serverPort, front);
            Thread.ofVirtual().start(() -> relayIn(front, serverPort));
        }
    }

    /** What a page has to run before it joins, to have all its traffic go through here. */
    String script() {
        return ONLY_BY_RELAY.formatted(new ObjectMapper().valueToTree(ports()).toString());
    }

    /** The ports of the relay by those of the server. */
    Map<Integer, Integer> ports() {
        Map<Integer, Integer> ports = new HashMap<>();
        fronts.forEach((serverPort, front) -> ports.put(serverPort, front.getLocalPort()));
        return ports;
    }

    /** From now on nothing gets through. */
    void cut() {
        cut = true;
    }

    /** What the network does from now on, on the way to the server and to the clients. */
    void conditions(Impairment.Conditions toServer, Impairment.Conditions toClients) {
        lock.lock();
        try {
            up.conditions(toServer);
            down.conditions(toClients);
            if (carrier == null) {
                carrier = Thread.ofPlatform().daemon().name("relay").start(this::carry);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** When what was due was carried much later: the machine had no time for it. */
    List<Pause> late() {
        lock.lock();
        try {
            return List.copyOf(late);
        } finally {
            lock.unlock();
        }
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
                forward(up, packet, back, server);
            }
        } catch (IOException end) {
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
                            forward(down, packet, front, client);
                        }
                    } catch (IOException end) {
                        back.close();
                    }
                });
    }

    private void forward(
            Impairment<Travelling> way,
            DatagramPacket packet,
            DatagramSocket from,
            SocketAddress to)
            throws IOException {
        if (cut) {
            return;
        }
        lock.lock();
        try {
            if (carrier != null) {
                byte[] bytes = new byte[packet.getLength()];
                System.arraycopy(packet.getData(), packet.getOffset(), bytes, 0, bytes.length);
                way.offer(new Travelling(bytes, from, to), bytes.length, System.nanoTime());
                changed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        packet.setSocketAddress(to);
        from.send(packet);
    }

    /** Delivers what is due, until the relay is closed. */
    private void carry() {
        lock.lock();
        try {
            while (!closed) {
                long nowNanos = System.nanoTime();
                noteLate(nowNanos);
                deliver(up, nowNanos);
                deliver(down, nowNanos);
                long nextNanos = Math.min(up.nextNanos(), down.nextNanos());
                if (nextNanos == Impairment.NEVER) {
                    changed.await(1, TimeUnit.SECONDS);
                } else {
                    changed.awaitNanos(nextNanos - System.nanoTime());
                }
            }
        } catch (IOException | InterruptedException end) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void noteLate(long nowNanos) {
        long dueNanos = Math.min(up.nextNanos(), down.nextNanos());
        if (nowNanos - dueNanos > LATE_NANOS && dueNanos != Impairment.NEVER) {
            int lateMillis = (int) TimeUnit.NANOSECONDS.toMillis(nowNanos - dueNanos);
            long nowMillis = System.currentTimeMillis();
            late.add(new Pause(nowMillis - lateMillis, nowMillis, lateMillis));
        }
    }

    private static void deliver(Impairment<Travelling> way, long nowNanos) throws IOException {
        Travelling next = way.poll(nowNanos);
        while (next != null) {
            next.from.send(new DatagramPacket(next.bytes, next.bytes.length, next.to));
            next = way.poll(nowNanos);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        synchronized (this) {
            fronts.values().forEach(DatagramSocket::close);
            backs.forEach(DatagramSocket::close);
        }
    }
}
