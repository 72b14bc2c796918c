package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The way of a datagram from the port to its session: whatever comes, from outsiders and from a
 * client with the right password, nothing is thrown, no session fails, and nothing is left behind.
 *
 * <p>An input is a list of datagrams: a byte that says how each is dressed, a length, the bytes.
 */
final class DatagramFuzzTest {
    private static final int DRESS_MASK = 3;
    private static final int AS_IT_IS = 0;
    private static final int REQUEST = 1;
    private static final int RESPONSE = 2;
    private static final int OTHER_ADDRESS = 4;
    private static final int FINGERPRINT = 8;
    private static final int NOMINATING = 16;
    private static final int KEPT = 32;
    private static final int MAX_DATAGRAMS = 12;
    private static final int SLOTS = 16;

    private static final IceCredentials REMOTE =
            new IceCredentials("them", "passwordpasswordpasswordpa");

    private static TestLoop loop;
    private static Slab slab;

    private final SecureRandom random = new SecureRandom();

    @BeforeAll
    static void open() {
        IceWarmUp.warmUp();
        loop = TestLoop.nio();
        slab = new Slab(SLOTS);
    }

    @AfterAll
    static void close() {
        loop.close();
        slab.close();
    }

    static List<byte[]> calls() {
        byte[] priority = {0, 0x24, 0, 4, 0x6e, 0, 1, (byte) 0xff};
        byte[] mapped = {0, 0x20, 0, 8, 0, 1, 63, 26, 0x5e, 0x12, (byte) 0xa4, 0x43};
        byte[] error = {0, 9, 0, 4, 0, 0, 4, 87};
        byte[] dtls = {22, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
        byte[] rtp = {(byte) 0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7};
        return List.of(
                list(
                        datagram(REQUEST | FINGERPRINT | NOMINATING, priority),
                        datagram(AS_IT_IS | KEPT, dtls),
                        datagram(RESPONSE | FINGERPRINT, mapped),
                        datagram(AS_IT_IS | KEPT, rtp)),
                list(
                        datagram(REQUEST | FINGERPRINT, priority),
                        datagram(REQUEST | OTHER_ADDRESS | NOMINATING, priority),
                        datagram(RESPONSE | OTHER_ADDRESS, error)));
    }

    private static byte[] datagram(int dress, byte[] bytes) {
        return ByteBuffer.allocate(2 + bytes.length)
                .put((byte) dress)
                .put((byte) bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] list(byte[]... datagrams) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] datagram : datagrams) {
            out.writeBytes(datagram);
        }
        return out.toByteArray();
    }

    @MethodSource("calls")
    @FuzzTest
    void datagrams(byte[] input) {
        loop.run(() -> new Call(input).run());
    }

    /** One session, and what a client and strangers send it. Owned by the loop. */
    private final class Call implements IceListener {
        private final ByteBuffer input;
        private final MemoryPort port = new MemoryPort();
        private final IceServer server =
                new IceServer(
                        loop.loop,
                        port,
                        slab,
                        IceConfig.defaults().withLoopback(true),
                        random,
                        nowNanos -> {},
                        null);
        private final IceSession session = server.open(this);
        private boolean keeps;

        Call(byte[] input) {
            this.input = ByteBuffer.wrap(input);
        }

        void run() {
            session.setRemote(REMOTE, false);
            for (int i = 0; i < MAX_DATAGRAMS && input.remaining() >= 2; i++) {
                int dress = input.get();
                int length = input.get() & 0xff;
                byte[] bytes = new byte[Math.min(input.remaining(), length)];
                input.get(bytes);
                keeps = (dress & KEPT) != 0;
                deliver(dressed(dress, bytes), (dress & OTHER_ADDRESS) == 0 ? 5_000 : 5_001);
            }
            server.onBatchEnd(0);
            assertThat(port.counters().drops(DatagramDrop.LISTENER_FAILED)).isZero();
            assertThat(server.sessions()).isEqualTo(1);
            server.close();
            assertThat(server.addressCount()).isZero();
            assertThat(server.transactions()).isEmpty();
            assertThat(slab.slotsInUse()).isZero();
        }

        private byte[] dressed(int dress, byte[] bytes) {
            TestStun stun;
            switch (dress & DRESS_MASK) {
                case REQUEST -> {
                    stun = new TestStun(StunMessage.BINDING_REQUEST, new byte[12]);
                    stun.username(session.credentials().ufrag() + ":" + REMOTE.ufrag());
                    if ((dress & NOMINATING) != 0) {
                        stun.add(TestStun.USE_CANDIDATE, new byte[0]);
                    }
                    stun.raw(bytes).integrity(session.credentials().password());
                }
                case RESPONSE -> {
                    int type =
                            (dress & NOMINATING) == 0
                                    ? StunMessage.BINDING_SUCCESS
                                    : StunMessage.BINDING_ERROR;
                    stun = new TestStun(type, port.transaction());
                    stun.raw(bytes).integrity(REMOTE.password());
                }
                default -> {
                    return bytes;
                }
            }
            return (dress & FINGERPRINT) == 0 ? stun.bytes() : stun.fingerprint(0).bytes();
        }

        private void deliver(byte[] bytes, int fromPort) {
            int slot = slab.take();
            MemorySegment.copy(
                    bytes,
                    0,
                    slab.memory(),
                    ValueLayout.JAVA_BYTE,
                    Slab.offset(slot),
                    bytes.length);
            if (!server.onDatagram(0, 0, MemoryPort.LOOPBACK, fromPort, slot, bytes.length, 0)) {
                slab.release(slot);
            }
        }

        @Override
        public void onPath(Path path) {
            assertThat(path.remotePort()).isIn(5_000, 5_001);
        }

        @Override
        public void onPathLost() {}

        @Override
        public void onIceFailed(IceFailure reason) {
            throw new AssertionError(reason);
        }

        @Override
        public boolean onMedia(int slot, int length, long nowNanos) {
            if (keeps) {
                slab.release(slot);
            }
            return keeps;
        }

        @Override
        public void onDtls(int slot, int length, long nowNanos) {
            assertThat(length).isPositive();
        }
    }
}
