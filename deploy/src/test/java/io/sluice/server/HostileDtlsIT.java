package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsFailure;
import io.sluice.ice.DatagramDrop;
import io.sluice.server.client.ClientDoor;
import io.sluice.server.client.NativeClient;
import io.sluice.server.hostile.FirstFlight;
import io.sluice.server.hostile.HalfOpenParticipant;
import io.sluice.server.hostile.IceStranger;
import io.sluice.server.hostile.Stranger;
import io.sluice.server.hostile.StunBytes;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** DTLS that means harm, against a server that carries a call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileDtlsIT {
    private static final long SEED = 20_260_302;
    private static final int SOME = 500;
    private static final int PER_SECOND = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Hellos, each from a port of its own. */
    private static final int HALF_OPEN = 5_000;

    /** Of them, those whose address is proven: as many as one address may send into the rooms at once. */
    private static final int PROVEN = 150;

    /** Fewer than those, so that some have to give way. */
    private static final int MAX_RUNNING = 50;

    private static final byte[] ALERT = {
        21, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40
    };

    @SuppressWarnings("NullAway.Init")
    private Siege siege;

    @SuppressWarnings("NullAway.Init")
    private Stranger stranger;

    private final Random random = new Random(SEED);
    private final List<byte[]> hello = FirstFlight.datagrams();

    @BeforeAll
    void begin() throws StartException {
        SluiceConfig config = Siege.config();
        DtlsConfig usual = DtlsConfig.defaults();
        siege =
                new Siege(
                        config.withDtls(
                                new DtlsConfig(
                                        usual.resendMillis(),
                                        usual.handshakeTimeoutMillis(),
                                        MAX_RUNNING,
                                        usual.maxQueuedDatagrams(),
                                        usual.maxHandshakeDatagrams())));
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

    /** Many datagrams to the port that carries the call; all but so many meet one fate. */
    private void spray(List<byte[]> datagrams, DatagramDrop reason, int others) {
        int port = siege.ada().door().ice().remote().getPort();
        long before = siege.drops(reason);
        int left =
                stranger.flood(
                        port,
                        SOME,
                        PER_SECOND,
                        i -> datagrams.get(i % datagrams.size()),
                        () -> siege.drops(reason));
        siege.awaitDrops(reason, before + left - others);
    }

    /** A record in clear with one handshake fragment. */
    private static byte[] fragment(int type, int messageBytes, int offset, int bytes) {
        byte[] record = new byte[13 + 12 + 40];
        byte[] head = {22, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 52, (byte) type};
        System.arraycopy(head, 0, record, 0, head.length);
        int[] lengths = {messageBytes, 0, offset, bytes};
        int at = 14;
        for (int i = 0; i < lengths.length; i++) {
            if (i != 1) {
                record[at++] = (byte) (lengths[i] >> 16);
            }
            record[at++] = (byte) (lengths[i] >> 8);
            record[at++] = (byte) lengths[i];
        }
        return record;
    }

    /** A record of the epoch that has keys, which nobody has sealed. */
    private static byte[] sealed(int type, int bodyBytes) {
        byte[] record = new byte[13 + bodyBytes];
        byte[] head = {
            (byte) type, (byte) 0xfe, (byte) 0xfd, 0, 1, 0, 0, 0, 0, 0, 99, 0, (byte) bodyBytes
        };
        System.arraycopy(head, 0, record, 0, head.length);
        return record;
    }

    @Test
    void shouldTakeNoDtlsFromAddressesThatAreNotVerified() {
        List<byte[]> lies = new ArrayList<>(hello);
        lies.add(ALERT);
        lies.add(sealed(21, 26));
        long connected = siege.handshakes().connected();
        siege.withstand(() -> {
            spray(lies, DatagramDrop.UNKNOWN_ADDRESS, 0);
            NativeClient carol = siege.newcomer("carol");
            await("carol's handshake")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        spray(lies, DatagramDrop.UNKNOWN_ADDRESS, 0);
                        return carol.connected();
                    });
            spray(lies, DatagramDrop.UNKNOWN_ADDRESS, 0);
            NativeStage.awaitTracks(carol, 4);
            assertThat(carol.failures()).isEmpty();
        });
        assertThat(siege.handshakes().connected()).isEqualTo(connected + 1);
        assertThat(stranger.received()).as("answers").isZero();
    }

    @Test
    void shouldHoldLittleDtlsOfAnAddressThatOnlyClaimsToBeThere() {
        NativeClient mallory = siege.silentAttacker("mallory");
        ClientDoor.Ice ice = mallory.door().ice();
        byte[] check =
                StunBytes.request(random, ice.username())
                        .role(StunBytes.ICE_CONTROLLING, 7)
                        .integrity(ice.remotePassword())
                        .fingerprint(0)
                        .bytes();
        siege.withstand(() -> {
            stranger.send(ice.remote().getPort(), check);
            await("the answer").until(() -> stranger.received() > 0);
            spray(hello, DatagramDrop.DTLS_HELD_LIMIT, 4);
        });
    }

    @Test
    void shouldIgnoreForgedRecordsOfAParticipant() {
        NativeClient mallory = siege.attacker(siege.options("mallory"));
        NativeStage.awaitTracks(mallory, 4);
        List<byte[]> forged = new ArrayList<>(hello);
        forged.add(fragment(1, 40, 0, 40));
        forged.add(fragment(1, 0xffffff, 0, 40));
        forged.add(fragment(11, 300, 290, 40));
        forged.add(fragment(11, 40, 0, 0xffffff));
        forged.add(ALERT);
        forged.add(sealed(21, 26));
        forged.add(sealed(21, 2));
        forged.add(sealed(22, 64));
        forged.add(sealed(23, 64));
        long before = siege.handshakes().datagramsMalformed();
        siege.withstand(() -> {
            for (int i = 0; i < 100; i++) {
                mallory.door().send(forged);
            }
            await("what is malformed to be counted")
                    .until(() -> siege.handshakes().datagramsMalformed() >= before + 300);
            NativeStage.awaitMore(mallory, 20);
            assertThat(mallory.failures()).isEmpty();
        });
    }

    @Test
    void shouldLetNoMediaThroughUnderAForeignCertificate() {
        long before = siege.handshakes().failures(DtlsFailure.FINGERPRINT_MISMATCH);
        siege.withstand(() -> {
            NativeClient eve = siege.impostor("eve");
            await("the mismatch")
                    .atMost(Duration.ofSeconds(10))
                    .until(() ->
                            siege.handshakes().failures(DtlsFailure.FINGERPRINT_MISMATCH)
                                    == before + 1);
            await("the end").until(() -> eve.statistics().leftReason() != null);
            assertThat(eve.statistics().received()).allMatch(track -> track.packets() == 0);
            int publisher = eve.identity().hashCode();
            assertThat(siege.ada().statistics().received())
                    .noneMatch(track -> track.publisher() == publisher);
        });
    }

    @Test
    void shouldLetHonestClientsInWhileThousandsOfHandshakesStandHalfOpen() {
        long displaced = siege.handshakes().failures(DtlsFailure.TOO_MANY_HANDSHAKES);
        try (HttpClient http = HttpClient.newHttpClient()) {
            List<HalfOpenParticipant> crowd = new ArrayList<>();
            siege.withstand(
                    PROVEN,
                    () -> {
                        for (int i = 0; i < PROVEN; i++) {
                            crowd.add(siege.halfOpen(http, "crowd", "nobody" + i, random));
                        }
                        for (HalfOpenParticipant one : crowd) {
                            openHalf(one.ice());
                        }
                        knockFromManyPorts(HALF_OPEN - PROVEN);
                        assertThat(siege.handshakes().running()).isLessThanOrEqualTo(MAX_RUNNING);
                        await("older ones to give way")
                                .atMost(PATIENCE)
                                .until(() ->
                                        siege.handshakes().failures(DtlsFailure.TOO_MANY_HANDSHAKES)
                                                >= displaced + PROVEN - MAX_RUNNING);
                        NativeClient carol = siege.attacker(siege.options("carol"));
                        NativeStage.awaitTracks(carol, 4);
                        crowd.forEach(HalfOpenParticipant::close);
                    });
        }
    }

    /** Proves its address, and lets the server sign its half of a handshake. */
    private void openHalf(IceStranger one) {
        one.nominate();
        await("the check of a half-open one")
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .until(() -> {
                    one.serve();
                    return one.asked() > 0 && one.answers() > 0;
                });
        // Before that it may say what it likes, and the server need not hold it.
        one.send(fragment(1, 0xffffff, 0, 40));
        if (random.nextInt(4) == 0) {
            // Some leave it to the server to wait for the pieces between.
            one.send(fragment(1, 300, 0, 40));
            one.send(fragment(1, 300, 20, 40));
            one.send(fragment(1, 300, 200, 40));
            return;
        }
        hello.forEach(one::send);
        await("the server's half")
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .until(() -> {
                    one.serve();
                    return one.dtls() > 0;
                });
    }

    private void knockFromManyPorts(int ports) {
        int port = siege.ada().door().ice().remote().getPort();
        long before = siege.drops(DatagramDrop.UNKNOWN_ADDRESS);
        for (int i = 0; i < ports; i++) {
            try (Stranger knocker = new Stranger()) {
                hello.forEach(datagram -> knocker.send(port, datagram));
            }
        }
        siege.awaitDrops(DatagramDrop.UNKNOWN_ADDRESS, before + (long) ports * hello.size());
    }
}
