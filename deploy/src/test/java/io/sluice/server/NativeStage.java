package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.server.client.ClientLoop;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A server with native clients in it. Owned by the test's thread. */
final class NativeStage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * The server keeps what it sent for a second: what a machine that stood still so long was too late to ask for is
     * gone.
     */
    private static final long STALL_MILLIS = 800;

    private final TestServer server;
    private final ClientLoop loop = new ClientLoop();
    private final List<NativeClient> clients = new ArrayList<>();
    private boolean cutting;

    NativeStage() throws StartException {
        this(TestServer.config());
    }

    NativeStage(SluiceConfig config) throws StartException {
        server = TestServer.start(config);
    }

    /** The server cuts into what somebody sends: frames end early, which else would be its fault. */
    void expectCuts() {
        cutting = true;
    }

    TestServer server() {
        return server;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.sluice().httpPort());
    }

    ClientOptions options(String identity) {
        return ClientOptions.of(uri(), "conference", identity);
    }

    /** Joins and waits until media can flow. */
    NativeClient join(ClientOptions options) {
        return connected(NativeClient.join(loop, options));
    }

    /** As {@link #join}, with data channels, which may take a moment longer. */
    NativeClient joinWithData(ClientOptions options) {
        return connected(NativeClient.withData(loop, options));
    }

    /** As {@link #join}, by WHIP, or by WHEP if it publishes nothing. */
    NativeClient joinByWhip(ClientOptions options) {
        return connected(NativeClient.byWhip(loop, options));
    }

    private NativeClient connected(NativeClient client) {
        clients.add(client);
        await(client.identity() + " is connected")
                .atMost(PATIENCE)
                .until(() -> {
                    assertThat(client.failures()).isEmpty();
                    return client.connected();
                });
        return client;
    }

    NativeClient join(String identity) {
        return join(options(identity));
    }

    /** Waits until a client receives so many tracks, each with some packets and each video with a picture. */
    static void awaitTracks(NativeClient client, int tracks) {
        awaitStatistics(
                client,
                tracks + " tracks",
                seen ->
                        seen.live().size() == tracks
                                && seen.live().stream().allMatch(NativeStage::flows));
    }

    private static boolean flows(ClientStatistics.Received track) {
        boolean picture = track.kind().equals("AUDIO") || track.keyframes() > 0;
        return picture && track.packets() > 10;
    }

    static void awaitStatistics(
            NativeClient client, String what, Predicate<ClientStatistics> condition) {
        ClientStatistics[] last = new ClientStatistics[1];
        try {
            await(client.identity() + ": " + what)
                    .atMost(PATIENCE)
                    .until(() -> {
                        last[0] = client.statistics();
                        return condition.test(last[0]);
                    });
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + "\n" + client + "\n" + client.events(), e);
        }
    }

    /** Waits until all that is asked for again has come. */
    static void awaitHealed(NativeClient client) {
        awaitStatistics(
                client, "no hole left", seen -> seen.holesOutstanding() == 0 || isStalled(seen));
    }

    /** Waits until nothing is missing, of tracks that nobody loses packets of. */
    static void awaitNothingMissing(NativeClient client) {
        awaitStatistics(
                client,
                "nothing missing",
                seen ->
                        isStalled(seen)
                                || seen.live().stream().allMatch(track -> track.lost() == 0));
    }

    /** Whether the machine stood still for longer than losses can be healed after. */
    static boolean isStalled(ClientStatistics seen) {
        return seen.live().stream().anyMatch(track -> track.greatestDelayMillis() > STALL_MILLIS);
    }

    /** Lets a client receive some more of each track. */
    static void awaitMore(NativeClient client, int packets) {
        List<Long> before =
                client.statistics().live().stream()
                        .map(ClientStatistics.Received::packets)
                        .toList();
        awaitStatistics(
                client,
                packets + " packets more of each track",
                seen -> {
                    List<ClientStatistics.Received> live = seen.live();
                    for (int i = 0; i < Math.min(live.size(), before.size()); i++) {
                        if (live.get(i).packets() < before.get(i) + packets) {
                            return false;
                        }
                    }
                    return live.size() >= before.size();
                });
    }

    /** Nothing that came was wrong, nothing went wrong. */
    static void holdClean(NativeClient client) {
        ClientStatistics seen = client.statistics();
        assertThat(client.failures()).as("failures of %s", client.identity()).isEmpty();
        assertThat(seen.wrongContent()).as("wrong content: %s", seen).isZero();
        assertThat(seen.srtpRefused()).as("refused by SRTP: %s", seen).isZero();
        assertThat(seen.malformed()).as("malformed: %s", seen).isZero();
    }

    @Override
    public void close() {
        try {
            if (!cutting) {
                clients.forEach(NativeStage::holdClean);
            }
        } finally {
            clients.forEach(NativeClient::leave);
            server.close();
            clients.forEach(NativeClient::close);
            loop.close();
        }
    }
}
