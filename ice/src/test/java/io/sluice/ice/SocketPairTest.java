package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two descriptors of one number: what comes in by which, and who else can have the number. */
class SocketPairTest {
    private static final int DATAGRAMS = 200;

    @BeforeAll
    static void onlyWhereSocketsAreOurs() {
        assumeTrue(LinuxSockets.available(), "no native sockets here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shouldTakeInEverythingByTheOneThatIsWatched(String address) throws IOException {
        InetAddress local = InetAddress.getByName(address);
        LinuxSockets sockets = new LinuxSockets();
        SocketPair pair = SocketPair.open(sockets, local, 0, UdpConfig.defaults());
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(local, 0))) {
            assertThat(pair.sending()).isNotEqualTo(pair.receiving());
            for (int i = 0; i < DATAGRAMS; i++) {
                client.send(new DatagramPacket(new byte[] {1}, 1, local, pair.port(sockets)));
            }

            assertThat(received(sockets, pair.receiving())).isEqualTo(DATAGRAMS);
            assertThat(received(sockets, pair.sending())).isZero();
        } finally {
            pair.close(sockets);
        }
    }

    /** Though both have the number, which a moment long could be shared. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetNobodyElseHaveTheNumber(boolean sharing) throws IOException {
        InetAddress local = loopback();
        LinuxSockets sockets = new LinuxSockets();
        SocketPair pair = SocketPair.open(sockets, local, 0, UdpConfig.defaults());
        try (DatagramSocket other = unbound()) {
            other.setReuseAddress(sharing);
            InetSocketAddress taken = new InetSocketAddress(local, pair.port(sockets));

            assertThatThrownBy(() -> other.bind(taken)).isInstanceOf(BindException.class);
        } finally {
            pair.close(sockets);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotTakeANumberThatSomebodyHas(boolean shared) throws IOException {
        try (DatagramSocket other = unbound()) {
            other.setReuseAddress(shared);
            other.bind(new InetSocketAddress(loopback(), 0));
            int taken = other.getLocalPort();

            assertThatThrownBy(() ->
                            SocketPair.open(
                                    new LinuxSockets(), loopback(), taken, UdpConfig.defaults()))
                    .isInstanceOf(BindException.class);
        }
    }

    private static DatagramSocket unbound() throws SocketException {
        return new DatagramSocket(null);
    }

    private static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByName("127.0.0.1");
    }

    /** How many datagrams wait at a descriptor. */
    private static int received(LinuxSockets sockets, int fd) {
        int count = 0;
        try (Arena arena = Arena.ofConfined();
                Slab slab = new Slab(MessageBatch.MESSAGES)) {
            MessageBatch batch = new MessageBatch(arena);
            for (int i = 0; i < MessageBatch.MESSAGES; i++) {
                long data = slab.memory().address() + Slab.offset(i);
                batch.data(i, data, Slab.SLOT_BYTES);
                batch.expect(i);
            }
            int more;
            do {
                more = sockets.receive(fd, batch.pointer(0), MessageBatch.MESSAGES);
                count += Math.max(0, more);
            } while (more > 0);
        }
        return count;
    }
}
