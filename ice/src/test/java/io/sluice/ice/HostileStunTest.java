package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.IceFixture.Participant;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one participant with valid credentials, or a stranger, can do to the others on its loop. */
final class HostileStunTest {
    private static final byte[] RTP = {(byte) 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};

    /** After so long a check is sent again. */
    private static final Duration AGAIN = Duration.ofMillis(100);

    @SuppressWarnings("NullAway.Init")
    private IceFixture ice;

    @BeforeEach
    void start() {
        ice = new IceFixture(IceFixture.CONFIG);
    }

    @AfterEach
    void stop() throws Exception {
        ice.close();
    }

    private void holdHonestCall(Participant participant, TestClient client) throws Exception {
        int before = participant.media.size();
        client.send(RTP);
        await().until(() -> participant.media.size() == before + 1);
        assertThat(participant.failures).isEmpty();
    }

    /** Asks more often than is answered, however slow this machine is; no buffer runs over. */
    private void flood(TestClient client) throws Exception {
        long before = ice.drops(DatagramDrop.STUN_RATE_LIMITED);
        while (ice.drops(DatagramDrop.STUN_RATE_LIMITED) <= before + 1_000) {
            long come = ice.port.counters().packetsIn();
            for (int i = 0; i < 500; i++) {
                client.check(true);
            }
            await().until(() -> ice.port.counters().packetsIn() >= come + 500);
        }
    }

    @Test
    void shouldBoundTheChecksThatUnansweredRequestsCause() throws Exception {
        Participant honest = ice.participant();
        TestClient ada = ice.connect(honest);
        Participant hostile = ice.participant();
        TestClient mallory = ice.client(hostile);
        mallory.answering = false;
        hostile.setRemote(mallory.local(), false);
        long beganNanos = System.nanoTime();
        flood(mallory);
        await().until(() -> mallory.successes.get() >= IceSession.REQUEST_BURST);
        holdHonestCall(honest, ada);
        assertThat(ice.onLoop(() -> ice.server.transactions().size()))
                .isLessThanOrEqualTo(LoopStunStack.MAX_OPEN + 4);
        // As many again for each second: were each request that is answered worth a check, they
        // would be more.
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        assertThat(mallory.serverTransactions.size())
                .isLessThan((int) (IceSession.REQUEST_BURST + 100 * seconds));
    }

    @Test
    void shouldBoundTheChecksToManyAddressesThatNeverAnswer() throws Exception {
        Participant hostile = ice.participant();
        TestClient mallory = ice.client(hostile);
        hostile.setRemote(mallory.local(), false);
        for (int i = 0; i < 150; i++) {
            TestClient elsewhere = ice.keep(mallory.moved(i));
            elsewhere.answering = false;
            elsewhere.check(true);
        }
        await().until(() -> ice.onLoop(hostile.session::pathCount) == 8);
        assertThat(ice.onLoop(() -> ice.server.transactions().size()))
                .isLessThanOrEqualTo(2 * LoopStunStack.MAX_OPEN);
        // As clients do, it asks again: a check may meet an agent that is just given up.
        await().pollInterval(AGAIN)
                .until(() -> {
                    mallory.check(true);
                    return hostile.paths.size() == 1;
                });
    }

    @Test
    void shouldLetSilenceRefillWhatAFloodHasSpent() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        flood(client);
        int answered = client.successes.get();
        await().until(() -> {
            client.check(false);
            return client.successes.get() > answered;
        });
    }

    @Test
    void shouldFlapBetweenTwoAddressesForThatClientOnly() throws Exception {
        Participant honest = ice.participant();
        TestClient ada = ice.connect(honest);
        Participant hostile = ice.participant();
        TestClient one = ice.connect(hostile);
        TestClient two = ice.keep(one.moved(77));
        long beganNanos = System.nanoTime();
        for (int i = 0; i < 500; i++) {
            one.check(true);
            two.check(true);
            if (i % 100 == 0) {
                holdHonestCall(honest, ada);
            }
        }
        flood(two);
        assertThat(hostile.port()).isIn(one.port(), two.port());
        assertThat(ice.onLoop(hostile.session::pathCount)).isEqualTo(2);
        assertThat(honest.paths).hasSize(1);
        // However long it took.
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        assertThat(hostile.paths.size())
                .isLessThan(
                        (int)
                                (IceSession.REQUEST_BURST * 1.5
                                        + IceSession.REQUESTS_PER_SECOND * seconds));
        await().until(() -> ice.onLoop(hostile.session::validatedPaths) == 2);
        one.send(RTP);
        two.send(RTP);
        await().until(() -> hostile.media.size() == 2);
    }

    /** Ours is 64 random bits: 0 loses against it, and all ones win. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void shouldLiveWithRoleConflicts(long tieBreaker) throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.client(participant);
        participant.setRemote(client.local(), false);
        String password = ice.onLoop(participant.session::credentials).password();
        for (int i = 0; i < 100; i++) {
            int role = i % 2 == 0 ? TestStun.CONTROLLED : TestStun.CONTROLLING;
            client.send(
                    new TestStun(StunMessage.BINDING_REQUEST, client.transaction())
                            .username(client.username())
                            .control(role, tieBreaker)
                            .priority(1)
                            .add(TestStun.USE_CANDIDATE, new byte[0])
                            .integrity(password)
                            .fingerprint(0)
                            .bytes());
        }
        await().until(() -> {
            client.check(true);
            return !participant.paths.isEmpty();
        });
        holdHonestCall(participant, client);
        assertThat(participant.failures).isEmpty();
    }

    @Test
    void shouldRefuseAuthenticMessagesWithAttributesThatLie() throws Exception {
        Participant participant = ice.participant();
        TestClient client = ice.connect(participant);
        String password = ice.onLoop(participant.session::credentials).password();
        long before = ice.drops(DatagramDrop.STUN_MALFORMED);
        for (int attribute :
                List.of(0x0001, 0x0006, 0x0008, 0x0009, 0x0020, 0x0024, 0x8029, 0x7f)) {
            byte[] message = client.request().priority(1).integrity(password).bytes();
            byte[] liar =
                    ByteBuffer.allocate(message.length + 4)
                            .put(message)
                            .putShort((short) attribute)
                            .putShort((short) 0xffff)
                            .array();
            ByteBuffer.wrap(liar).putShort(2, (short) (liar.length - 20));
            client.send(liar);
        }
        await().until(() -> ice.drops(DatagramDrop.STUN_MALFORMED) >= before + 8);
        TestStun many = client.request().priority(1);
        for (int i = 0; i < 450; i++) {
            many.add(i % 60 + 1, new byte[0]);
        }
        client.send(many.integrity(password).fingerprint(0).bytes());
        holdHonestCall(participant, client);
    }

    @Test
    void shouldKeepSlotsForOthersWhenManySessionsHoldDtls() throws Exception {
        Participant honest = ice.participant();
        TestClient ada = ice.connect(honest);
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            Participant hostile = ice.participant();
            TestClient mallory = ice.client(hostile);
            mallory.answering = false;
            hostile.setRemote(mallory.local(), false);
            mallory.check(false);
            clients.add(mallory);
        }
        await().until(() -> clients.stream().allMatch(client -> client.successes.get() > 0));
        for (TestClient mallory : clients) {
            for (int held = 0; held < 4; held++) {
                mallory.send((byte) 22, (byte) 1);
            }
        }
        holdHonestCall(honest, ada);
        assertThat(ice.drops(DatagramDrop.DTLS_HELD_LIMIT)).isPositive();
        assertThat(ice.onLoop(ice.slab::slotsInUse))
                .isLessThan(MessageBatch.MESSAGES + 1 + ice.slab.slots() / 8);
        assertThat(ice.drops(DatagramDrop.SLAB_EXHAUSTED)).isZero();
    }
}
