package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.DatagramDrop;
import io.sluice.ice.TcpCounters;
import io.sluice.ice.TcpPort;
import io.sluice.ice.TcpRefusal;
import io.sluice.server.client.ClientDoor;
import io.sluice.server.client.NativeClient;
import io.sluice.server.hostile.IceStranger;
import io.sluice.server.hostile.Stranger;
import io.sluice.server.hostile.StunBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** STUN that means harm, against a server that carries a call. */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileStunIT {
    private static final long SEED = 20_260_301;
    private static final int FLOOD = 100_000;
    private static final int SOME = 500;
    private static final int SILENT_CONNECTIONS = 1_000;
    private static final int GENTLE_PER_SECOND = 20_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @SuppressWarnings("NullAway.Init")
    private Siege siege;

    @SuppressWarnings("NullAway.Init")
    private Stranger stranger;

    private final Random random = new Random(SEED);

    @BeforeAll
    void begin() throws StartException {
        siege = new Siege();
    }

    @AfterAll
    void end() {
        siege.close();
    }

    @BeforeEach
    void open() {
        stranger = new Stranger();
    }

    @AfterEach
    void close() {
        stranger.close();
    }

    /** The port that carries the call. */
    private int port() {
        return siege.ada().door().ice().remote().getPort();
    }

    private void spray(byte[] datagram, DatagramDrop reason) {
        long before = siege.drops(reason);
        int left =
                stranger.flood(
                        port(), SOME, GENTLE_PER_SECOND, _ -> datagram, () -> siege.drops(reason));
        siege.awaitDrops(reason, before + left);
    }

    @Test
    void shouldDropStunThatProvesNothing() {
        NativeClient mallory = siege.silentAttacker("mallory");
        ClientDoor.Ice ice = mallory.door().ice();
        siege.withstand(() -> {
            spray(
                    StunBytes.request(random, "nobodyxx:abcd").integrity("x").bytes(),
                    DatagramDrop.STUN_UNKNOWN_UFRAG);
            spray(
                    StunBytes.request(random, ice.username()).bytes(),
                    DatagramDrop.STUN_NO_INTEGRITY);
            spray(
                    StunBytes.request(random, ice.username()).integrity("x").bytes(),
                    DatagramDrop.STUN_BAD_INTEGRITY);
            spray(
                    StunBytes.request(random, ice.username())
                            .integrity(ice.remotePassword())
                            .fingerprint(1)
                            .bytes(),
                    DatagramDrop.STUN_BAD_FINGERPRINT);
            assertThat(stranger.received()).as("answers to what proves nothing").isZero();
        });
    }

    @Test
    void shouldDropStunWhoseAttributesClaimMoreThanThereIs() {
        siege.withstand(() -> {
            for (int claimed : List.of(0xffff, 0xfffc, 0x8000, 1_500)) {
                for (int attribute : List.of(0x0006, 0x0008, 0x0024, 0x8028, 0x7fff)) {
                    byte[] liar =
                            StunBytes.request(random, "nobodyxx:abcd")
                                    .lie(attribute, claimed, new byte[4])
                                    .bytes();
                    long before = siege.drops(DatagramDrop.STUN_MALFORMED);
                    assertThat(stranger.send(port(), liar)).isTrue();
                    siege.awaitDrops(DatagramDrop.STUN_MALFORMED, before + 1);
                }
            }
        });
    }

    @Test
    void shouldCarryTheCallThroughAHundredThousandRequestsASecond() {
        byte[][] requests = new byte[64][];
        for (int i = 0; i < requests.length; i++) {
            String username = i % 2 == 0 ? "nobodyxx:abcd" : "someoneofwhomnobodyknows";
            requests[i] = StunBytes.request(random, username).integrity("x").fingerprint(0).bytes();
        }
        IntFunction<byte[]> next = i -> requests[i % requests.length];
        Siege.Toll calm;
        try (Stranger nobody = new Stranger()) {
            // As much for the machine to do, but not for the server.
            calm =
                    siege.withstand(() -> {
                        int left =
                                stranger.flood(nobody.port(), FLOOD, FLOOD, next, stranger::sent);
                        assertThat(left).isEqualTo(FLOOD);
                    });
        }
        LongSupplier refused = () -> siege.drops(DatagramDrop.STUN_UNKNOWN_UFRAG);
        long refusedBefore = refused.getAsLong();
        long droppedBefore = siege.kernelDrops();
        Siege.Toll flooded =
                siege.withstand(() -> {
                    int left = stranger.flood(port(), FLOOD, FLOOD, next, refused);
                    assertThat(left).isEqualTo(FLOOD);
                    await("each to be refused, or dropped by the kernel")
                            .atMost(PATIENCE)
                            .until(() ->
                                    refused.getAsLong()
                                                    - refusedBefore
                                                    + siege.kernelDrops()
                                                    - droppedBefore
                                            >= left);
                });
        assertThat(flooded.missed() - flooded.kernelDrops())
                .as("packets that the call missed by %s, and without it by %s", flooded, calm)
                .isLessThanOrEqualTo(Math.max(0, calm.missed() - calm.kernelDrops()));
        assertThat(stranger.received()).isZero();
    }

    @Test
    void shouldCarryTheCallPastAThousandConnectionsThatSayNothing() throws IOException {
        TcpPort tcp = siege.server().sluice().tcp().orElseThrow();
        TcpCounters counters = tcp.counters();
        List<Socket> silent = new ArrayList<>();
        try {
            siege.withstand(() -> {
                for (int i = 0; i < SILENT_CONNECTIONS; i++) {
                    silent.add(connect(tcp.port(), i % 2));
                }
                await("all are let in, from two addresses")
                        .atMost(PATIENCE)
                        .until(() -> counters.accepted() == SILENT_CONNECTIONS);
            });
            assertThat(counters.framesIn()).as("what the loops heard of them").isZero();
            assertThat(counters.refusals(TcpRefusal.ADDRESS_LIMIT)).isZero();
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        await("they are gone").atMost(PATIENCE).until(() -> counters.open() == 0);
    }

    /** From one of two addresses; every second one begins a frame that it never ends. */
    private static Socket connect(int port, int which) {
        try {
            InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
            InetAddress local = InetAddress.ofLiteral("127.0.0." + (2 + which));
            Socket socket = new Socket(loopback, port, local, 0);
            if (which == 1) {
                socket.getOutputStream().write(0);
            }
            return socket;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Each answers all that it is asked, so that both are valid paths; media follows the last one named. */
    @Test
    void shouldFlapBetweenTwoAddressesForThatClientOnly() {
        NativeClient mallory = siege.watcher("mallory");
        ClientDoor.Ice ice = mallory.door().ice();
        IceStranger.Credentials credentials =
                new IceStranger.Credentials(ice.username(), ice.password(), ice.remotePassword());
        long before = siege.drops(DatagramDrop.STUN_RATE_LIMITED);
        try (IceStranger one = new IceStranger(ice.remote(), credentials, random);
                IceStranger two = new IceStranger(ice.remote(), credentials, random)) {
            siege.withstand(() -> {
                for (IceStranger address : List.of(one, two, one, two)) {
                    int had = address.media();
                    await("media to follow")
                            .pollInterval(Duration.ofMillis(20))
                            .atMost(PATIENCE)
                            .until(() -> {
                                flap(address);
                                return address.media() > had + 10;
                            });
                }
                for (int i = 0; i < 2_000; i++) {
                    flap(i % 2 == 0 ? one : two);
                }
                siege.awaitDrops(DatagramDrop.STUN_RATE_LIMITED, before + 1_000);
                one.serve();
                two.serve();
            });
            // Who asks without end gets few answers, and is asked less often still.
            assertThat(one.answers() + two.answers()).isLessThan(1_000);
            assertThat(one.asked() + two.asked()).isLessThan(1_000);
        }
    }

    private static void flap(IceStranger address) {
        address.nominate();
        address.serve();
    }

    @Test
    void shouldNotBeMovedByNominationsFromAddressesThatNeverAnswer() {
        NativeClient mallory = siege.silentAttacker("mallory");
        ClientDoor.Ice ice = mallory.door().ice();
        try (Stranger other = new Stranger()) {
            siege.withstand(() -> {
                for (int i = 0; i < 2_000; i++) {
                    byte[] nomination =
                            StunBytes.request(random, ice.username())
                                    .role(StunBytes.ICE_CONTROLLING, 7)
                                    .useCandidate()
                                    .integrity(ice.remotePassword())
                                    .fingerprint(0)
                                    .bytes();
                    (i % 2 == 0 ? stranger : other).send(ice.remote().getPort(), nomination);
                }
                siege.awaitDrops(DatagramDrop.STUN_RATE_LIMITED, 500);
            });
            // An answer each to some, and a few checks, each seven times.
            assertThat(stranger.received() + other.received()).isBetween(1, 1_000);
        }
    }

    @Test
    void shouldLiveWithRoleConflicts() {
        NativeClient mallory = siege.silentAttacker("mallory");
        ClientDoor.Ice ice = mallory.door().ice();
        siege.withstand(() -> {
            for (int i = 0; i < 1_000; i++) {
                int role = i % 2 == 0 ? StunBytes.ICE_CONTROLLED : StunBytes.ICE_CONTROLLING;
                byte[] conflict =
                        StunBytes.request(random, ice.username())
                                .role(role, i % 4 < 2 ? 0 : -1)
                                .useCandidate()
                                .integrity(ice.remotePassword())
                                .fingerprint(0)
                                .bytes();
                stranger.send(ice.remote().getPort(), conflict);
            }
            await("an answer").until(() -> stranger.received() > 0);
        });
    }

    @Test
    void shouldCarryTheCallThroughRestartsWithoutEnd() {
        NativeClient mallory = siege.attacker(siege.options("mallory"));
        siege.withstand(() -> {
            for (int i = 0; i < 30; i++) {
                mallory.restartIce(i % 2 == 0);
            }
            await("some restarts").until(() -> mallory.events("answer").size() > 3);
        });
    }
}
