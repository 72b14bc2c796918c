package io.sluice.server.client;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.ice4j.socket.IceSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ClientSocket} as one ice4j agent sees it: only STUN, and of requests only its own.
 *
 * <p>Filled on the client's loop, read by ice4j's thread, closed by any.
 */
final class StunView extends IceSocketWrapper {
    private static final int QUEUE_LIMIT = 256;
    private static final int HEADER_BYTES = 20;
    private static final int CLASS_MASK = 0x0110;
    private static final int USERNAME = 0x0006;

    private record Datagram(byte[] bytes, @Nullable InetSocketAddress from) {}

    private final ClientSocket socket;
    private final String ufrag;
    private final BlockingQueue<Datagram> queue = new LinkedBlockingQueue<>(QUEUE_LIMIT);
    private volatile boolean closed;

    StunView(ClientSocket socket, String ufrag) {
        this.socket = socket;
        this.ufrag = ufrag;
    }

    boolean accepts(byte[] stun) {
        if (stun.length < HEADER_BYTES) {
            return false;
        }
        boolean request = (unsigned16(stun, 0) & CLASS_MASK) == 0;
        return !request || username(stun).startsWith(ufrag + ":");
    }

    private static String username(byte[] stun) {
        int position = HEADER_BYTES;
        while (position + 4 <= stun.length) {
            int length = unsigned16(stun, position + 2);
            if (unsigned16(stun, position) == USERNAME && position + 4 + length <= stun.length) {
                return new String(stun, position + 4, length, StandardCharsets.UTF_8);
            }
            position += 4 + (length + 3) / 4 * 4;
        }
        return "";
    }

    private static int unsigned16(byte[] bytes, int position) {
        return (bytes[position] & 0xFF) << 8 | (bytes[position + 1] & 0xFF);
    }

    void offer(byte[] bytes, InetSocketAddress from) {
        boolean unused = queue.offer(new Datagram(bytes, from));
    }

    @Override
    public void send(DatagramPacket packet) {
        socket.send(
                packet.getData(),
                packet.getOffset(),
                packet.getLength(),
                (InetSocketAddress) packet.getSocketAddress());
    }

    @Override
    public void receive(DatagramPacket packet) throws SocketException {
        Datagram next;
        try {
            next = queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SocketException("interrupted");
        }
        if (closed || next.from == null) {
            throw new SocketException("closed");
        }
        int length = Math.min(next.bytes.length, packet.getData().length);
        System.arraycopy(next.bytes, 0, packet.getData(), 0, length);
        packet.setLength(length);
        packet.setSocketAddress(next.from);
    }

    @Override
    public void close() {
        closed = true;
        socket.remove(this);
        queue.clear();
        boolean unused = queue.offer(new Datagram(new byte[0], null));
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.localAddress().getAddress();
    }

    @Override
    public int getLocalPort() {
        return socket.localAddress().getPort();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket.localAddress();
    }

    @Override
    public @Nullable Socket getTCPSocket() {
        return null;
    }

    /** Only asked whether it is there: it says that this is UDP. */
    @Override
    public DatagramSocket getUDPSocket() {
        return socket.channel().socket();
    }
}
