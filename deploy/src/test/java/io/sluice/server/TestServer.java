package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.check.CheckingSrtpContext;
import io.sluice.loop.Loop;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/**
 * A whole server in this JVM, on loopback and on ports that the system chooses, in development mode, with every
 * protected packet checked. Any thread may use it.
 */
final class TestServer implements AutoCloseable {
    private static final int LOOPS = 2;

    /** Of whoever waits and says no time: a machine may be slow. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A participant outlives its WebSocket for 10 s. */
    private static final Duration EMPTY_TIMEOUT = PATIENCE.plusSeconds(10);

    static {
        Awaitility.setDefaultTimeout(PATIENCE);
    }

    /** The port holds a slot to put in the place of one that is kept, from the first packet on. */
    private static final int SPARE_SLOTS = 1;

    private final Sluice sluice;
    private final List<Integer> idleSlots;
    private final ErrorLog errors = new ErrorLog();

    private TestServer(Sluice sluice) {
        this.sluice = sluice;
        idleSlots = slotsInUse();
    }

    /** What such servers are started with, to be varied. */
    static SluiceConfig config() {
        SluiceConfig config = SluiceConfig.development();
        return config.withMedia(media())
                .withApi(config.api().withAddress("127.0.0.1", 0))
                .withTransport(config.transport().withSrtpWatch(CheckingSrtpContext::new));
    }

    /** On loopback, and on these. */
    static MediaConfig media(InetAddress... others) {
        List<InetAddress> addresses = new ArrayList<>(loopbackAddresses());
        addresses.addAll(List.of(others));
        return new MediaConfig(LOOPS, 0, addresses, Duration.ZERO);
    }

    static TestServer start() throws StartException {
        return start(config());
    }

    static TestServer start(SluiceConfig config) throws StartException {
        return new TestServer(Sluice.start(config));
    }

    /** The page's address; by name, since that gives camera and microphone in every browser. */
    String url() {
        return "http://localhost:" + sluice.httpPort();
    }

    Sluice sluice() {
        return sluice;
    }

    /** What was logged as an error since the start or the last look. */
    List<String> errors() {
        return errors.drain();
    }

    /** The UDP port of each loop. */
    List<Integer> udpPorts() {
        return sluice.loops().stream().map(loop -> loop.port().port()).toList();
    }

    /** Waits until nobody is left, and holds that nobody left anything behind. */
    void awaitEmpty() {
        await("everybody has left")
                .atMost(EMPTY_TIMEOUT)
                .until(() -> sluice.rooms().all().isEmpty() && residents() == 0);
        await("all packet slots are free")
                .atMost(PATIENCE)
                .untilAsserted(() -> {
                    List<Integer> inUse = slotsInUse();
                    for (int i = 0; i < inUse.size(); i++) {
                        assertThat(inUse.get(i))
                                .as("slots in use on loop %d", i)
                                .isLessThanOrEqualTo(idleSlots.get(i) + SPARE_SLOTS);
                    }
                });
        assertThat(sluice.loops()).as("loops with defects").allMatch(loop -> loop.defects() == 0);
        assertThat(errors.drain()).as("errors logged").isEmpty();
    }

    /** Sends everybody away, holds what {@link #awaitEmpty} does, and stops. */
    @Override
    public void close() {
        try {
            sluice.rooms().close();
            awaitEmpty();
        } finally {
            sluice.close();
            errors.close();
        }
    }

    private int residents() {
        return sluice.loops().stream().mapToInt(Loop::residents).sum();
    }

    private List<Integer> slotsInUse() {
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (Loop loop : sluice.loops()) {
            answers.add(CompletableFuture.supplyAsync(() -> loop.slab().slotsInUse(), loop));
        }
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private static List<InetAddress> loopbackAddresses() {
        List<InetAddress> addresses = new ArrayList<>();
        addresses.add(InetAddress.ofLiteral("127.0.0.1"));
        InetAddress ipv6 = InetAddress.ofLiteral("::1");
        if (isBindable(ipv6)) {
            addresses.add(ipv6);
        }
        return addresses;
    }

    private static boolean isBindable(InetAddress address) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return socket.isBound();
        } catch (IOException absent) {
            return false;
        }
    }
}
