package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.dtls.DtlsFailure;
import io.sluice.ice.DatagramDrop;
import io.sluice.server.client.ClientDoor;
import io.sluice.server.client.NativeClient;
import io.sluice.server.hostile.Stranger;
import io.sluice.server.hostile.StunBytes;
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

/** STUN and DTLS that mean harm, against a server that carries a call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileTransportIT {
    private static final long SEED = 20_260_301;
    private static final int FLOOD = 100_000;
    private static final int SOME = 500;
    private static final int GENTLE_PER_SECOND = 20_000;

    /** Of a flood, what a busy machine's socket buffer may lose before the server sees it. */
    private static final double SEEN_SHARE = 0.2;

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
        int left = stranger.flood(port(), SOME, GENTLE_PER_SECOND, _ -> datagram);
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
        long before = siege.drops(DatagramDrop.STUN_UNKNOWN_UFRAG);
        siege.withstand(() -> {
            int left = stranger.flood(port(), FLOOD, FLOOD, i -> requests[i % requests.length]);
            assertThat(left).isGreaterThan(FLOOD / 2);
            siege.awaitDrops(DatagramDrop.STUN_UNKNOWN_UFRAG, before + (long) (SEEN_SHARE * left));
        });
        assertThat(stranger.received()).isZero();
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

    @Test
    void shouldTakeNoDtlsFromAddressesThatAreNotVerified() {
        byte[] hello = fragment(1, 40, 0, 40);
        byte[] alert = {21, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
        siege.withstand(() -> {
            spray(hello, DatagramDrop.UNKNOWN_ADDRESS);
            // During a handshake, and after it.
            NativeClient carol = siege.attacker(siege.options("carol"));
            spray(hello, DatagramDrop.UNKNOWN_ADDRESS);
            spray(alert, DatagramDrop.UNKNOWN_ADDRESS);
            NativeStage.awaitTracks(carol, 4);
        });
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
            spray(fragment(1, 40, 0, 40), DatagramDrop.DTLS_HELD_LIMIT, SOME - 4);
        });
    }

    private void spray(byte[] datagram, DatagramDrop reason, int count) {
        long before = siege.drops(reason);
        stranger.flood(port(), SOME, GENTLE_PER_SECOND, _ -> datagram);
        siege.awaitDrops(reason, before + count);
    }

    @Test
    void shouldIgnoreForgedRecordsOfAParticipant() {
        NativeClient mallory = siege.attacker(siege.options("mallory"));
        NativeStage.awaitTracks(mallory, 4);
        List<byte[]> forged = new ArrayList<>();
        forged.add(fragment(1, 40, 0, 40));
        forged.add(fragment(1, 0xffffff, 0, 40));
        forged.add(fragment(11, 300, 290, 40));
        forged.add(fragment(11, 40, 0, 0xffffff));
        forged.add(new byte[] {21, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40});
        byte[] sealed = new byte[13 + 64];
        System.arraycopy(
                new byte[] {21, (byte) 0xfe, (byte) 0xfd, 0, 1, 0, 0, 0, 0, 0, 99, 0, 64},
                0,
                sealed,
                0,
                13);
        forged.add(sealed);
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
}
