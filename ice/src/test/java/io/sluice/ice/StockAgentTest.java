package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.sluice.ice.IceFixture.Participant;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ice4j.ice.IceProcessingState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The session against another implementation's agent, and many sessions at once. */
class StockAgentTest {
    private final IceFixture ice = new IceFixture(IceFixture.CONFIG);

    @AfterEach
    void close() throws Exception {
        ice.close();
    }

    private StockClient client() throws Exception {
        return ice.keep(new StockClient(TestClient.LOOPBACK));
    }

    private static void awaitCompleted(StockClient client) {
        await().until(() -> client.state() == IceProcessingState.COMPLETED);
    }

    @Test
    void shouldConnectAndCarryMedia() throws Exception {
        Participant participant = ice.participant();
        StockClient client = client();
        client.setRemote(ice.onLoop(participant.session::credentials));
        client.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        participant.setRemote(client.local(), false);
        client.start();
        participant.awaitPaths(1);
        awaitCompleted(client);
        assertThat(participant.port()).isEqualTo(client.port());
        client.send(
                new InetSocketAddress(TestClient.LOOPBACK, ice.port.port()), (byte) 0x80, (byte) 1);
        await().until(() -> participant.media.size() == 1);
    }

    @Test
    void shouldConnectOverIpv6() throws Exception {
        Participant participant = ice.participant();
        StockClient client = ice.keep(new StockClient(InetAddress.ofLiteral("::1")));
        client.setRemote(ice.onLoop(participant.session::credentials));
        client.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        participant.setRemote(client.local(), false);
        client.start();
        participant.awaitPaths(1);
        awaitCompleted(client);
        assertThat(participant.paths.getFirst().socket()).isEqualTo(1);
    }

    @Test
    void shouldConnectWhenCandidatesTrickle() throws Exception {
        Participant participant = ice.participant();
        StockClient client = client();
        client.setRemote(ice.onLoop(participant.session::credentials));
        participant.setRemote(client.local(), false);
        ice.loop.run(() -> participant.session.addRemoteCandidate(client.candidate()));
        client.start();
        client.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        participant.awaitPaths(1);
        awaitCompleted(client);
    }

    @Test
    void shouldConnectWhenTheRemoteCredentialsComeLate() throws Exception {
        Participant participant = ice.participant();
        StockClient client = client();
        client.setRemote(ice.onLoop(participant.session::credentials));
        client.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        client.start();
        await().until(() -> ice.onLoop(participant.session::pathCount) == 1);
        participant.setRemote(client.local(), false);
        participant.awaitPaths(1);
        awaitCompleted(client);
    }

    @Test
    void shouldRefuseAClientWithTheWrongPassword() throws Exception {
        Participant participant = ice.participant();
        StockClient client = client();
        IceCredentials right = ice.onLoop(participant.session::credentials);
        client.setRemote(new IceCredentials(right.ufrag(), right.password() + "x"));
        client.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        participant.setRemote(client.local(), false);
        client.start();
        await().until(() -> ice.drops(DatagramDrop.STUN_BAD_INTEGRITY) > 2);
        assertThat(participant.paths).isEmpty();
        assertThat(ice.onLoop(participant.session::pathCount)).isZero();
    }

    @Test
    void shouldRefuseTheResponsesOfAClientWhosePasswordIsAnother() throws Exception {
        Participant participant = ice.participant();
        StockClient client = client();
        client.setRemote(ice.onLoop(participant.session::credentials));
        client.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        IceCredentials right = client.local();
        participant.setRemote(new IceCredentials(right.ufrag(), "wrong" + right.password()), false);
        client.start();
        // The stock agent refuses our checks: its error responses carry no integrity.
        await().until(() ->
                ice.drops(DatagramDrop.STUN_NO_INTEGRITY)
                                + ice.drops(DatagramDrop.STUN_BAD_INTEGRITY)
                        > 2);
        assertThat(participant.paths).isEmpty();
    }

    @Test
    void shouldRestartToAnotherAgent() throws Exception {
        Participant participant = ice.participant();
        StockClient first = client();
        first.setRemote(ice.onLoop(participant.session::credentials));
        first.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        participant.setRemote(first.local(), false);
        first.start();
        participant.awaitPaths(1);

        StockClient second = client();
        second.setRemote(ice.loop.call(participant.session::restart));
        second.addRemoteCandidates(ice.onLoop(participant.session::candidates));
        participant.setRemote(second.local(), false);
        second.start();
        participant.awaitPaths(2);
        assertThat(participant.port()).isEqualTo(second.port());
        assertThat(participant.failures).isEmpty();
    }

    @Test
    void shouldCarryManySessionsWithoutAThreadOrDescriptorForEach() throws Exception {
        int count = 50;
        // Brings ice4j's shared threads to life.
        ice.connect(ice.participant());
        List<Participant> participants = new ArrayList<>();
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            participants.add(ice.participant());
            clients.add(ice.client(participants.get(i)));
        }
        long threadsBefore = threadsNamedIce4j();
        UnixOperatingSystemMXBean system =
                (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long descriptorsBefore = system.getOpenFileDescriptorCount();
        for (int i = 0; i < count; i++) {
            participants.get(i).setRemote(clients.get(i).local(), false);
            clients.get(i).check(true);
        }
        for (Participant participant : participants) {
            participant.awaitPaths(1);
        }
        assertThat(ice.server.sessions()).isEqualTo(count + 1);
        assertThat(system.getOpenFileDescriptorCount() - descriptorsBefore).isLessThan(5);
        // A pool that ticks agents for all; it grows with what runs at the same time, not with
        // sessions.
        long most = threadsBefore + count / 3;
        await().during(Duration.ofMillis(500)).until(() -> threadsNamedIce4j() <= most);
    }

    private static long threadsNamedIce4j() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ice4j."))
                .count();
    }
}
