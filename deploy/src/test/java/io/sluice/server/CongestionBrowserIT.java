package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.BandwidthTrace.Sample;
import io.sluice.plot.LinePlot;
import io.sluice.plot.LinePlot.Point;
import io.sluice.room.RoomCommand;
import io.sluice.server.Impairment.Conditions;
import io.sluice.server.Reception.Pause;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chromium watches a publisher of three encodings over networks that get worse and better, or lose packets.
 *
 * <p>Somebody watches without any of this beside them: what stops there too was the machine's doing.
 */
@Tag("browser")
final class CongestionBrowserIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(CongestionBrowserIT.class);
    private static final String ROOM = "steps";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SEED = 20_260_101;
    private static final List<Long> STEPS_KBPS = List.of(5_000L, 1_000L, 5_000L, 300L, 3_000L);
    private static final int STEP_MILLIS = 12_000;
    private static final Duration QUEUE = Duration.ofMillis(200);
    private static final Conditions FAR =
            Conditions.NONE.withDelay(Duration.ofMillis(15), Duration.ofMillis(3));
    private static final Conditions LOSSY = FAR.withLoss(0.05, 0.01);

    private static final int HEIGHT = 540;
    private static final String SHARP = "(await inbound()).height === " + HEIGHT;
    private static final String ENCODER_SETTLED =
            "(await reports('outbound-rtp')).some(({rid, bytesSent}) => rid === 'f' && bytesSent > 1_000_000)";

    private static final int FREEZES_MAX = 1;
    private static final int FROZEN_MILLIS_MAX = 1_000;
    private static final int RECOVERED_MILLIS_MAX = 8_000;
    private static final int FREEZE_MILLIS_MAX = 300;
    private static final int GAP_MILLIS_MAX = 200;
    private static final double CONCEALED_MAX = 0.05;

    /** Of the bars, where the machine did its part. */
    private static final double ALLOWED_SHARE = 1.5;

    /** What is the server's doing is there in each; others who keep the machine busy spoil some. */
    private static final int LOOKS = 3;

    private static final Path PLOT = Path.of("..", "docs", "images", "congestion-chromium.svg");
    private static final String WRITE = "sluice.docs.write";

    /** Begins to write down what is found of the path to a viewer, or reads what was. */
    private static List<Sample> trace(String viewer, Optional<Boolean> order) {
        CompletableFuture<Optional<List<Sample>>> reply = new CompletableFuture<>();
        STAGE.server()
                .sluice()
                .rooms()
                .room(ROOM)
                .submit(new RoomCommand.Trace(viewer, order, reply));
        return reply.join().orElse(List.of());
    }

    private static Page page(Browser browser) {
        Page page = STAGE.open(browser, "/healthz");
        page.evaluate(Reception.CLIENT);
        return page;
    }

    /** Enters, and waits for the first pictures. */
    private static Page viewer(Browser browser, String name, String... scripts) {
        Page page = page(browser);
        List.of(scripts).forEach(page::evaluate);
        page.evaluate("enter('%s', '%s')".formatted(ROOM, name));
        page.waitUntil("(await inbound()).frames > 5", PATIENCE);
        return page;
    }

    private static UdpRelay relay(long seed) throws IOException {
        return new UdpRelay(STAGE.server().udpPorts(), seed);
    }

    private static Conditions step(int index) {
        return FAR.withRate(STEPS_KBPS.get(index) * 1_000, QUEUE);
    }

    @Test
    @Timeout(420)
    void shouldFollowTheNetworkWithoutFreezing() throws IOException {
        Browser browser = STAGE.chromium();
        try (UdpRelay steps = relay(SEED);
                UdpRelay lossy = relay(SEED + 2)) {
            steps.conditions(FAR, step(0));
            lossy.conditions(FAR, LOSSY);
            Page ada = page(browser);
            ada.evaluate("publish('%s')".formatted(ROOM));
            Page bob = viewer(browser, "bob", steps.script());
            Page cyd = viewer(browser, "cyd", lossy.script());
            Page dan = viewer(browser, "dan");
            List<Page> pages = List.of(ada, bob, cyd, dan);
            // Encoders begin with little.
            ada.waitUntil(ENCODER_SETTLED, PATIENCE);
            dan.waitUntil("(await inbound()).discarded > 50", PATIENCE);
            Watched watched = watch(pages, steps, lossy);
            for (int look = 1; look < LOOKS && !watched.missed(true).isEmpty(); look++) {
                LOG.warn("Once more: {}", watched.missed(true));
                watched = watch(pages, steps, lossy);
            }
            LOG.info("without an allowance it missed: {}", watched.missed(false));
            List<String> missed = watched.missed(true);
            // Who goes without a word is waited for.
            pages.forEach(page -> page.evaluate("call.leave()"));
            watched.plot();
            assertThat(missed).as("bars that were missed").isEmpty();
        }
    }

    /** All steps of the capacity; the pages are Ada's, Bob's, Cyd's and Dan's. */
    private static Watched watch(List<Page> pages, UdpRelay steps, UdpRelay lossy) {
        steps.conditions(FAR, step(0));
        pages.stream().skip(1).forEach(page -> page.waitUntil(SHARP, PATIENCE));
        List.of("bob", "cyd").forEach(name -> trace(name, Optional.of(false)));
        List.of("bob", "cyd").forEach(name -> trace(name, Optional.of(true)));
        pages.forEach(page -> page.evaluate("watch()"));
        double beginSeconds = System.nanoTime() / 1e9;
        pages.forEach(page -> page.waitUntil("samples.length > 0", PATIENCE));
        for (int i = 0; i < STEPS_KBPS.size(); i++) {
            steps.conditions(FAR, step(i));
            pages.get(1).waitUntil("elapsed() >= " + (i + 1) * STEP_MILLIS, PATIENCE);
        }
        List<Reception> receptions = pages.stream().map(Reception::of).toList();
        Reception control = receptions.get(3);
        List<Pause> stalls = new ArrayList<>(control.freezes(List.of()));
        stalls.addAll(control.gaps(List.of()));
        receptions.forEach(one -> stalls.addAll(one.stalls()));
        Stream.of(steps, lossy).forEach(relay -> stalls.addAll(relay.late()));
        stalls.removeIf(one -> one.toMillis() < control.samples().getFirst().millis());
        Watched watched =
                new Watched(
                        receptions.get(1),
                        receptions.get(2),
                        control,
                        stalls,
                        trace("bob", Optional.empty()),
                        trace("cyd", Optional.empty()),
                        beginSeconds);
        watched.describe();
        return watched;
    }

    /**
     * What became of all steps.
     *
     * @param stalls when the machine stood still, or somebody could tell no difference
     * @param beginSeconds by the clock of the traces
     */
    private record Watched(
            Reception stepped,
            Reception lost,
            Reception control,
            List<Pause> stalls,
            List<Sample> steppedTrace,
            List<Sample> lostTrace,
            double beginSeconds) {

        void describe() {
            for (int i = 0; i < STEPS_KBPS.size(); i++) {
                LOG.info("{} kbit/s: {}", STEPS_KBPS.get(i), during(stepped, i).describe());
                LOG.info("without: {}", during(control, i).describe());
            }
            LOG.info("with losses: {}", lost.describe());
            LOG.info("without: {}", control.describe());
            LOG.info("of the machine: {} pauses, up to {} ms", stalls.size(), stalledMillis());
        }

        private static Reception during(Reception all, int step) {
            return all.between(step * STEP_MILLIS, (step + 1) * STEP_MILLIS);
        }

        private int stalledMillis() {
            return Pause.longestMillis(stalls);
        }

        /**
         * The bars that were missed.
         *
         * @param allowing half as much again, and for what the machine did anywhere, not only at the same time
         */
        List<String> missed(boolean allowing) {
            List<String> missed = new ArrayList<>();
            double share = allowing ? ALLOWED_SHARE : 1;
            int moreMillis = allowing ? 2 * stalledMillis() : 0;
            for (int down : List.of(1, 3)) {
                int more = allowing ? 1 + during(control, down).freezes(List.of()).size() : 0;
                int freezes = during(stepped, down).freezes(stalls).size();
                hold(missed, "freezes in step " + down, freezes, FREEZES_MAX + more);
            }
            hold(
                    missed,
                    "milliseconds of freezes",
                    frozenMillis(stepped.freezes(stalls)),
                    share * FROZEN_MILLIS_MAX
                            + moreMillis
                            + (allowing ? frozenMillis(control.freezes(List.of())) : 0));
            for (int up : List.of(2, 4)) {
                holdRecovered(missed, up, allowing);
            }
            int end = 4 * STEP_MILLIS;
            List<Integer> heights = stepped.between(end - 1_000, end).heights();
            int full = control.between(end - 1_000, end).heights().getLast();
            boolean low = allowing ? heights.getLast() < full : heights.equals(List.of(full / 4));
            if (!low) {
                missed.add("heights where little gets through: " + heights);
            }
            int freezeMillis = Pause.longestMillis(lost.freezes(stalls));
            hold(missed, "freeze by loss", freezeMillis, share * FREEZE_MILLIS_MAX + moreMillis);
            int gapMillis = Pause.longestMillis(lost.gaps(stalls));
            hold(missed, "gap that is heard", gapMillis, share * GAP_MILLIS_MAX + moreMillis);
            double concealed = lost.concealedShare() - control.concealedShare();
            hold(missed, "share of concealed samples", concealed, CONCEALED_MAX);
            return missed;
        }

        private static int frozenMillis(List<Pause> freezes) {
            return freezes.stream().mapToInt(Pause::lengthMillis).sum();
        }

        private void holdRecovered(List<String> missed, int up, boolean allowing) {
            int from = up * STEP_MILLIS;
            int end = from + (allowing ? STEP_MILLIS : RECOVERED_MILLIS_MAX);
            int full = control.between(from, end).heights().getLast();
            List<Integer> heights = stepped.between(from, end).heights();
            int wanted = allowing ? full / 2 : full;
            if (heights.stream().noneMatch(height -> height >= wanted)) {
                missed.add("heights in step %d: %s".formatted(up, heights));
            }
        }

        private static void hold(List<String> missed, String what, double found, double most) {
            if (found > most) {
                missed.add("%s: %s instead of %s".formatted(what, found, most));
            }
        }

        void plot() throws IOException {
            String drawn =
                    LinePlot.stack(
                            "Chromium watches a camera of three encodings",
                            List.of(
                                    rates(
                                            "bandwidth in steps: rates",
                                            steppedTrace,
                                            capacity(),
                                            beginSeconds),
                                    heights("bandwidth in steps: the picture's height", stepped),
                                    rates(
                                            "5 % of packets lost: rates",
                                            lostTrace, List.of(), beginSeconds),
                                    heights("5 % of packets lost: the picture's height", lost)));
            Files.writeString(Path.of("target", "congestion-chromium.svg"), drawn);
            if (Boolean.getBoolean(WRITE)) {
                Files.writeString(PLOT, drawn);
            }
        }
    }

    private static List<Point> capacity() {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < STEPS_KBPS.size(); i++) {
            points.add(new Point(i * STEP_MILLIS / 1e3, STEPS_KBPS.get(i) / 1e3));
            points.add(new Point((i + 1) * STEP_MILLIS / 1e3, STEPS_KBPS.get(i) / 1e3));
        }
        return points;
    }

    private static LinePlot rates(
            String title, List<Sample> trace, List<Point> capacity, double beginSeconds) {
        double endSeconds = beginSeconds + STEPS_KBPS.size() * STEP_MILLIS / 1e3;
        List<Sample> samples =
                trace.stream()
                        .filter(sample -> sample.seconds() >= beginSeconds)
                        .filter(sample -> sample.seconds() <= endSeconds)
                        .toList();
        LinePlot plot = new LinePlot(title, "seconds", "Mbit/s");
        if (!capacity.isEmpty()) {
            plot.line("capacity", capacity);
        }
        return plot.line("estimate", points(samples, beginSeconds, s -> s.estimate() / 1e6))
                .line("target", points(samples, beginSeconds, s -> s.target() / 1e6))
                .line("sent", points(samples, beginSeconds, s -> s.sent() / 1e6));
    }

    private static List<Point> points(
            List<Sample> samples, double beginSeconds, ToDoubleFunction<Sample> value) {
        return samples.stream()
                .map(s -> new Point(tenths(s.seconds() - beginSeconds), value.applyAsDouble(s)))
                .toList();
    }

    private static LinePlot heights(String title, Reception reception) {
        List<Point> points =
                reception.between(0, STEPS_KBPS.size() * STEP_MILLIS).samples().stream()
                        .map(sample ->
                                new Point(tenths(reception.seconds(sample)), sample.height()))
                        .toList();
        return new LinePlot(title, "seconds", "lines").line("height", points);
    }

    /** As often as there is something new: ends of the axes are whole numbers then. */
    private static double tenths(double seconds) {
        return Math.rint(seconds * 10) / 10;
    }
}
