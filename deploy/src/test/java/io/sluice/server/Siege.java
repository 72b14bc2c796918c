package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Grants;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.ice.DatagramDrop;
import io.sluice.loop.Loop;
import io.sluice.rtp.DropReason;
import io.sluice.server.client.ClientLoop;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import io.sluice.server.hostile.HalfOpenParticipant;
import io.sluice.server.hostile.KernelDrops;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * A call of two honest clients, and the measure of what an attack does to them and to the server.
 * Owned by the test's thread.
 */
final class Siege implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);
    static final String ROOM = "besieged";

    private static final Duration RESUME = Duration.ofMillis(300);

    /** Of each track, after the attack: half a second, more than a NACK and its resend take. */
    private static final int PACKETS_AFTER = 25;

    /** On a machine that stands still so long, a client's own reports are late too. */
    private static final int STALL_MILLIS = 900;

    private static final int MAX_LINES = 20;

    /** That it came, that its handshake failed, that it left. */
    private static final int PARTICIPANT_LINES = 3;

    /** In the heap, on both sides: ICE, BouncyCastle's half of a handshake, WebSocket. */
    private static final long PARTICIPANT_BYTES = 192 << 10;

    private final TestServer server;
    private final ClientLoop honestLoop = new ClientLoop();
    private final ClientLoop hostileLoop = new ClientLoop();
    private final LogLines lines = new LogLines();
    private final NativeClient ada;
    private final NativeClient bob;
    private final Set<Integer> callPorts;
    private final ServerMemory memory;
    private final List<NativeClient> hostile = new ArrayList<>();

    Siege() throws StartException {
        this(config());
    }

    /** A server's that forgets soon who has gone without a word. */
    static SluiceConfig config() {
        SluiceConfig config = TestServer.config();
        return config.withApi(config.api().withSessions(RESUME, config.api().socketLimits()));
    }

    Siege(SluiceConfig config) throws StartException {
        server = TestServer.start(config);
        ada = join(honestLoop, options("ada"));
        bob = join(honestLoop, options("bob"));
        NativeStage.awaitTracks(ada, 2);
        NativeStage.awaitTracks(bob, 2);
        callPorts = new HashSet<>(server.udpPorts());
        callPorts.add(ada.door().ice().localPort());
        callPorts.add(bob.door().ice().localPort());
        memory = new ServerMemory(loops());
    }

    ClientOptions options(String identity) {
        URI uri = URI.create("http://127.0.0.1:" + server.sluice().httpPort());
        return ClientOptions.of(uri, ROOM, identity);
    }

    private static NativeClient join(ClientLoop loop, ClientOptions options) {
        return connected(NativeClient.join(loop, options));
    }

    private static NativeClient connected(NativeClient client) {
        await(client.identity() + " is connected")
                .pollInterval(POLL)
                .atMost(PATIENCE)
                .until(() -> {
                    assertThat(client.failures()).isEmpty();
                    return client.connected();
                });
        return client;
    }

    /** A participant with valid keys that goes when the attack is over. */
    NativeClient attacker(ClientOptions options) {
        NativeClient client = join(hostileLoop, options);
        hostile.add(client);
        return client;
    }

    /** As {@link #attacker}, with data channels. */
    NativeClient attackerWithData(ClientOptions options) {
        NativeClient client = connected(NativeClient.withData(hostileLoop, options));
        hostile.add(client);
        return client;
    }

    /** One that begins to join; it is not waited for. */
    NativeClient newcomer(String identity) {
        NativeClient client = NativeClient.join(hostileLoop, options(identity));
        hostile.add(client);
        return client;
    }

    /** To the room of the call. */
    String token(String identity) {
        return token(ROOM, identity);
    }

    private String token(String room, String identity) {
        return server.sluice()
                .tokens()
                .issue("devkey", Grants.join(room, identity, null), Duration.ofMinutes(1));
    }

    /** One of another room, that does no more than the test makes it do. */
    HalfOpenParticipant halfOpen(HttpClient http, String room, String identity, Random random) {
        URI address =
                URI.create(
                        "ws://127.0.0.1:%d/api/v1/rooms/%s/ws?access_token=%s"
                                .formatted(
                                        server.sluice().httpPort(), room, token(room, identity)));
        return new HalfOpenParticipant(http, address, random);
    }

    /** One whose certificate is not the announced one; it is not waited for. */
    NativeClient impostor(String identity) {
        NativeClient client = NativeClient.impostor(hostileLoop, options(identity));
        hostile.add(client);
        return client;
    }

    /** One that publishes by what its door sends only. */
    NativeClient silentAttacker(String identity) {
        NativeClient client = attacker(options(identity));
        // What it sent before the server had its keys is lost, and it numbers near the wrap: some
        // of what the server can read has to come first, or the two disagree about the wraps.
        List<Long> before = sentPackets(client);
        await().pollInterval(POLL)
                .atMost(PATIENCE)
                .until(() -> {
                    List<Long> now = sentPackets(client);
                    return IntStream.range(0, now.size()).allMatch(i -> now.get(i) > before.get(i));
                });
        client.sending(false);
        return client;
    }

    private static List<Long> sentPackets(NativeClient client) {
        return client.statistics().sent().stream().map(ClientStatistics.Sent::packets).toList();
    }

    /** One that only watches. */
    NativeClient watcher(String identity) {
        NativeClient client = attacker(options(identity).viewer());
        await("tracks to watch")
                .pollInterval(POLL)
                .atMost(PATIENCE)
                .until(() ->
                        client.statistics().live().stream()
                                        .filter(track -> track.packets() > 10)
                                        .count()
                                >= 4);
        return client;
    }

    TestServer server() {
        return server;
    }

    NativeClient ada() {
        return ada;
    }

    List<Loop> loops() {
        return server.sluice().loops();
    }

    /** What the kernel dropped of what was sent to the call so far. */
    long kernelDrops() {
        return KernelDrops.of(callPorts);
    }

    long drops(DatagramDrop reason) {
        return loops().stream().mapToLong(loop -> loop.port().counters().drops(reason)).sum();
    }

    long drops(DropReason reason) {
        return loops().stream().mapToLong(loop -> loop.drops().of(reason)).sum();
    }

    DtlsHandshakes handshakes() {
        return server.sluice().handshakes();
    }

    void awaitDrops(DatagramDrop reason, long atLeast) {
        awaitDrops(reason.name(), () -> drops(reason), atLeast);
    }

    void awaitDrops(DropReason reason, long atLeast) {
        awaitDrops(reason.name(), () -> drops(reason), atLeast);
    }

    private void awaitDrops(String reason, LongSupplier drops, long atLeast) {
        long now = drops.getAsLong();
        await().pollInterval(POLL)
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(drops.getAsLong())
                                .as(
                                        "%s, %d when it was first looked at, among %s",
                                        reason, now, allDrops())
                                .isGreaterThanOrEqualTo(atLeast));
    }

    /** Everything that was dropped so far: what an attack met instead of what it was to meet. */
    private Map<String, Long> allDrops() {
        Map<String, Long> all = new TreeMap<>();
        for (DropReason reason : DropReason.values()) {
            all.put(reason.name(), drops(reason));
        }
        for (DatagramDrop reason : DatagramDrop.values()) {
            all.put(reason.name(), drops(reason));
        }
        all.values().removeIf(count -> count == 0);
        return all;
    }

    /**
     * What an attack cost.
     *
     * @param missed packets that the two did not get, or got by a resend only
     * @param kernelDrops datagrams that never came up to the server or to one of the two
     */
    record Toll(long missed, long kernelDrops) {
        private Toll since(Toll before) {
            return new Toll(missed - before.missed, kernelDrops - before.kernelDrops);
        }
    }

    private Toll toll() {
        return new Toll(missed(ada, bob) + missed(bob, ada), kernelDrops());
    }

    /** Carries out an attack, and holds that the call has not felt it, nor memory and log have grown by it. */
    Toll withstand(Runnable attack) {
        return withstand(0, attack);
    }

    /** As {@link #withstand(Runnable)}, of so many participants more than the few of other attacks. */
    Toll withstand(int crowd, Runnable attack) {
        long linesBefore = lines.count();
        Toll before = toll();
        attack.run();
        // While who attacks is still there.
        memory.hold(crowd * PARTICIPANT_BYTES);
        awaitMore(ada);
        awaitMore(bob);
        holdCall(ada, bob);
        holdCall(bob, ada);
        Toll toll = toll().since(before);
        assertThat(toll.missed())
                .as("packets that the call missed; the kernel dropped %d", toll.kernelDrops())
                .isLessThanOrEqualTo(toll.kernelDrops());
        hostile.forEach(NativeClient::vanish);
        hostile.clear();
        assertThat(loops()).as("loops with defects").allMatch(loop -> loop.defects() == 0);
        assertThat(drops(DatagramDrop.LISTENER_FAILED)).as("listeners that failed").isZero();
        assertThat(lines.count() - linesBefore)
                .as("lines logged: %s", lines.last())
                .isLessThanOrEqualTo(MAX_LINES + crowd * PARTICIPANT_LINES);
        assertThat(server.errors()).as("errors logged").isEmpty();
        return toll;
    }

    private static List<ClientStatistics.Received> from(
            NativeClient publisher, NativeClient viewer) {
        return viewer.statistics().live().stream()
                .filter(track -> track.publisher() == publisher.identity().hashCode())
                .toList();
    }

    private static long missed(NativeClient publisher, NativeClient viewer) {
        return from(publisher, viewer).stream()
                .mapToLong(track ->
                        track.lost()
                                + track.recoveredByRtx()
                                + track.recoveredPlainly()
                                + track.frameJumps())
                .sum();
    }

    private void awaitMore(NativeClient viewer) {
        NativeClient publisher = viewer == ada ? bob : ada;
        List<Long> before =
                from(publisher, viewer).stream().map(ClientStatistics.Received::packets).toList();
        assertThat(before).hasSize(2);
        await(viewer.identity() + " to receive on")
                .pollInterval(POLL)
                .atMost(PATIENCE)
                .until(() -> {
                    List<ClientStatistics.Received> now = from(publisher, viewer);
                    return now.size() == 2
                            && now.get(0).packets() >= before.get(0) + PACKETS_AFTER
                            && now.get(1).packets() >= before.get(1) + PACKETS_AFTER;
                });
    }

    private static void holdCall(NativeClient viewer, NativeClient publisher) {
        ClientStatistics seen = viewer.statistics();
        assertThat(viewer.failures()).as("failures of %s", viewer.identity()).isEmpty();
        assertThat(seen.srtpRefused()).as("refused by SRTP: %s", seen).isZero();
        assertThat(seen.malformed()).as("malformed: %s", seen).isZero();
        assertThat(from(publisher, viewer))
                .hasSize(2)
                .allMatch(track -> track.wrongContent() == 0, "nothing forged")
                .allMatch(
                        track ->
                                track.saneSenderReports() == track.senderReports()
                                        || track.greatestDelayMillis() > STALL_MILLIS
                                        || track.longestGapMillis() > STALL_MILLIS,
                        "the publisher's own clock");
    }

    @Override
    public void close() {
        try {
            ada.leave();
            bob.leave();
            server.close();
        } finally {
            hostile.forEach(NativeClient::vanish);
            ada.close();
            bob.close();
            honestLoop.close();
            hostileLoop.close();
            lines.close();
            memory.close();
        }
    }
}
