package io.sluice.ice;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An ICE client that does just what a test tells it, over one socket, UDP or TCP. It answers the server's checks
 * if it may; a virtual thread reads.
 */
final class TestClient implements AutoCloseable {
    static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final DatagramSocket socket;

    /** In the socket's place, if it is there. */
    private final @Nullable Socket stream;

    private final InetSocketAddress server;
    private final Random random;
    private final Semaphore reading = new Semaphore(1);
    private volatile IceCredentials local;
    private volatile IceCredentials remote;
    volatile boolean answering = true;
    volatile String answerPassword = "";
    volatile boolean answerSigned = true;
    final List<byte[]> serverTransactions = new CopyOnWriteArrayList<>();
    final AtomicInteger nominations = new AtomicInteger();
    final AtomicInteger successes = new AtomicInteger();
    final List<byte[]> others = new CopyOnWriteArrayList<>();

    /** The server has closed the connection, or the test has. */
    volatile boolean over;

    TestClient(int serverPort, IceCredentials remote, long seed) throws IOException {
        this(
                serverPort,
                remote,
                seed,
                new DatagramSocket(new InetSocketAddress(LOOPBACK, 0)),
                null);
    }

    /** By a connection to the server's TCP port. */
    static TestClient overTcp(int serverPort, IceCredentials remote, long seed) throws IOException {
        return new TestClient(
                serverPort, remote, seed, new DatagramSocket(), new Socket(LOOPBACK, serverPort));
    }

    private TestClient(
            int serverPort,
            IceCredentials remote,
            long seed,
            DatagramSocket socket,
            @Nullable Socket stream) {
        this.socket = socket;
        this.stream = stream;
        server = new InetSocketAddress(LOOPBACK, serverPort);
        random = new Random(seed);
        local = IceCredentials.generate(random);
        this.remote = remote;
        Thread.ofVirtual().start(this::receive);
    }

    IceCredentials local() {
        return local;
    }

    int port() {
        return stream == null ? socket.getLocalPort() : stream.getLocalPort();
    }

    String candidate() {
        return "1 1 udp 2130706431 127.0.0.1 " + port() + " typ host";
    }

    /** The client's half of a restart. */
    void restart(IceCredentials newRemote) {
        local = IceCredentials.generate(random);
        remote = newRemote;
    }

    /** The same client by another socket. */
    TestClient moved(long seed) throws IOException {
        TestClient other = new TestClient(server.getPort(), remote, seed);
        other.local = local;
        return other;
    }

    byte[] transaction() {
        byte[] id = new byte[12];
        random.nextBytes(id);
        return id;
    }

    TestStun request() {
        return new TestStun(StunMessage.BINDING_REQUEST, transaction())
                .username(username())
                .control(TestStun.CONTROLLING, 7);
    }

    /** With somebody else's ufrag in the place of the client's own. */
    TestStun request(String otherUfrag) {
        return new TestStun(StunMessage.BINDING_REQUEST, transaction())
                .username(remote.ufrag() + ":" + otherUfrag)
                .control(TestStun.CONTROLLING, 7);
    }

    /** What requests to the server are signed with. */
    String password() {
        return remote.password();
    }

    String username() {
        return remote.ufrag() + ":" + local.ufrag();
    }

    void check(boolean nominate) throws IOException {
        check(nominate, 0x6e0001ff);
    }

    void check(boolean nominate, int priority) throws IOException {
        TestStun request = request().priority(priority);
        if (nominate) {
            request.add(TestStun.USE_CANDIDATE, new byte[0]);
        }
        send(request.integrity(remote.password()).fingerprint(0).bytes());
    }

    /** The connection, to write anything to. */
    Socket stream() {
        return Objects.requireNonNull(stream);
    }

    /** As RFC 4571 frames it. */
    static byte[] framed(byte... data) {
        return ByteBuffer.allocate(2 + data.length).putShort((short) data.length).put(data).array();
    }

    /** From now on what the server sends over TCP stays where it is. */
    void stopReading() {
        reading.acquireUninterruptibly();
    }

    void readOn() {
        reading.release();
    }

    void send(byte... data) throws IOException {
        if (stream != null) {
            stream.getOutputStream().write(framed(data));
            return;
        }
        socket.send(new DatagramPacket(data, data.length, server));
    }

    private void receive() {
        byte[] buffer = new byte[2048];
        try {
            if (stream != null) {
                receiveFrames(new DataInputStream(stream.getInputStream()));
                return;
            }
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                onDatagram(Arrays.copyOf(buffer, packet.getLength()));
            }
        } catch (IOException e) {
            if (stream == null && !socket.isClosed()) {
                throw new IllegalStateException(e);
            }
        } finally {
            over = true;
        }
    }

    private void receiveFrames(DataInputStream in) throws IOException {
        while (true) {
            reading.acquireUninterruptibly();
            reading.release();
            byte[] data = new byte[in.readUnsignedShort()];
            in.readFully(data);
            onDatagram(data);
        }
    }

    private void onDatagram(byte[] data) throws IOException {
        int type = data.length < 20 ? -1 : ByteBuffer.wrap(data).getShort(0);
        if (type == StunMessage.BINDING_SUCCESS) {
            successes.incrementAndGet();
        } else if (type == StunMessage.BINDING_REQUEST) {
            onCheck(data);
        } else {
            others.add(data);
        }
    }

    private void onCheck(byte[] data) throws IOException {
        byte[] id = Arrays.copyOfRange(data, 8, 20);
        serverTransactions.add(id);
        for (int at = 20; at < data.length; ) {
            int attribute = Short.toUnsignedInt(ByteBuffer.wrap(data).getShort(at));
            int bytes = Short.toUnsignedInt(ByteBuffer.wrap(data).getShort(at + 2));
            if (attribute == TestStun.USE_CANDIDATE) {
                nominations.incrementAndGet();
            }
            at += 4 + (bytes + 3 & ~3);
        }
        if (answering) {
            String password = answerPassword.isEmpty() ? local.password() : answerPassword;
            send(
                    new TestStun(StunMessage.BINDING_SUCCESS, id)
                            .mapped(LOOPBACK.getAddress(), server.getPort())
                            .integrity(answerSigned ? password : null)
                            .fingerprint(0)
                            .bytes());
        }
    }

    @Override
    public void close() {
        socket.close();
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
