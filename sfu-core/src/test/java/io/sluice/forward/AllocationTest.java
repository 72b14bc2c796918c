package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.bandwidth.BandwidthTrace;
import io.sluice.bandwidth.Prominence;
import io.sluice.bandwidth.SendSideEstimator;
import io.sluice.codec.Codec;
import io.sluice.ice.Path;
import io.sluice.ice.Slab;
import io.sluice.loop.Departures;
import io.sluice.loop.FineTicks;
import io.sluice.loop.ForwardingLatency;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.loop.LayerCeiling;
import io.sluice.loop.PathEstimates;
import io.sluice.loop.Scratch;
import io.sluice.loop.TestLoops;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.MediaCount;
import io.sluice.rtp.MediaCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What subscriptions make of what they are granted: seen by the keyframes that they ask for. */
final class AllocationTest {
    private static final long TICK_NANOS = 10_000_000;

    private final MediaCounters counters = new MediaCounters();
    private final DropCounters drops = new DropCounters();
    private final KeptPackets kept =
            new KeptPackets(new Slab(64), HistoryConfig.defaults(), counters);
    private final Departures departures = new Departures(TestLoops::fail);
    private final List<String> told = new ArrayList<>();
    private final LayerCeiling ceiling = new LayerCeiling();
    private final Allocation allocation =
            new Allocation((ssrc, to) -> told.add(ssrc + ":" + to), ceiling);
    private final Egress egress = egress(null);

    /** Of a path that nothing is known of, with 1 Mbit/s for a guess. */
    private final Egress newcomer =
            egress(
                    new CongestionSetup(
                            SendSideEstimator::new,
                            BandwidthConfig.defaults().startingAt(1_000_000),
                            new FineTicks(() -> {}, _ -> {}),
                            new PathEstimates()));

    private long nowNanos = Long.MAX_VALUE - 10 * TICK_NANOS;

    private Egress egress(@Nullable CongestionSetup setup) {
        Egress egress =
                new Egress(
                        new MemoryUdpPort(),
                        new Scratch(),
                        drops,
                        counters,
                        new ForwardingLatency(),
                        true,
                        setup,
                        _ -> {});
        egress.keys(new PlainSrtp());
        egress.path(new Path(0, 0, 0, 9));
        return egress;
    }

    private Fanout fanout(Codec codec) {
        return new Fanout(kept, codec, ExtensionMap.EMPTY, drops, departures);
    }

    /** With 0.15, 0.5 and 2.5 Mbit/s. */
    private Fanout camera() {
        Fanout camera = fanout(Codec.VP8);
        camera.news()
                .layers(
                        new TrackLayers(
                                List.of(
                                        encoding(180, 140),
                                        encoding(360, 470),
                                        encoding(720, 2_350))));
        return camera;
    }

    private static EncodingLayers encoding(int height, int kbps) {
        Layer layer = new Layer(0, 0, height * 16 / 9, height, 30, kbps * 1_000L);
        return new EncodingLayers("", true, List.of(layer));
    }

    private Subscription subscribe(int ssrc, Fanout fanout) {
        return subscribe(egress, ssrc, fanout);
    }

    private Subscription subscribe(Egress to, int ssrc, Fanout fanout) {
        SubscriptionFormat format =
                new SubscriptionFormat("0", 96, 97, ssrc, 0, ExtensionMap.EMPTY);
        Subscription subscription = new Subscription(format, fanout, to, new Random(ssrc));
        allocation.add(subscription);
        subscription.begin();
        return subscription;
    }

    private void tick(int kbps, int millis) {
        for (int i = 0; i < millis; i += 10) {
            nowNanos += TICK_NANOS;
            allocation.onTick(kbps * 1_000L, kbps * 1_000L, nowNanos);
        }
    }

    private void tickNewcomer(int millis) {
        for (int i = 0; i < millis; i += 10) {
            nowNanos += TICK_NANOS;
            allocation.onTick(newcomer, nowNanos);
        }
    }

    /** Of which encodings a keyframe was asked for since the last look: a mask. */
    private static int asked(Fanout fanout) {
        int asked = 0;
        for (int i = 0; i < 3; i++) {
            asked |= fanout.takeKeyframeWish(i) ? 1 << i : 0;
        }
        return asked;
    }

    @Test
    void shouldAskForTheBestWhereNothingIsBounded() {
        Fanout camera = camera();
        subscribe(1, camera);
        allocation.onTick(Allocation.UNLIMITED, Allocation.UNLIMITED, nowNanos);

        assertThat(asked(camera)).isEqualTo(0b100);
        assertThat(told).isEmpty();
        assertThat(allocation.demandBps()).isBetween(2_900_000L, 3_300_000L);
    }

    @Test
    void shouldBeginWithWhatTheNetworkCarries() {
        allocation.onTick(600_000, 600_000, nowNanos);
        Fanout camera = camera();
        subscribe(1, camera);
        assertThat(asked(camera)).as("before it is decided").isZero();

        allocation.settle(600_000, nowNanos);

        assertThat(asked(camera)).isEqualTo(0b010);
        assertThat(told).containsExactly("1:1");
    }

    @Test
    void shouldFollowTheNetworkDownAndUp() {
        allocation.onTick(100_000, 100_000, nowNanos);
        Fanout camera = camera();
        Subscription viewer = subscribe(1, camera);
        tick(5_000, 100);
        assertThat(asked(camera)).isEqualTo(0b100);

        tick(1_000, 300);
        assertThat(asked(camera)).isEqualTo(0b001);
        tick(100, 300);
        assertThat(viewer.wants(0)).isFalse();
        tick(5_000, 600);
        assertThat(asked(camera)).isZero();
        tick(5_000, 700);
        assertThat(asked(camera)).isEqualTo(0b100);
        assertThat(told).containsExactly("1:0", "1:-1", "1:-2");
        assertThat(counters.of(MediaCount.STREAMS_PAUSED)).isEqualTo(1);
        assertThat(counters.of(MediaCount.ALLOCATIONS_CHANGED)).isEqualTo(2);
    }

    /** A small keyframe gets through what is full of a larger picture, if that stops first. */
    @Test
    void shouldFallToTheLowestAtOnceWhereLessThanHalfPasses() {
        allocation.onTick(100_000, 100_000, nowNanos);
        Fanout camera = camera();
        Subscription viewer = subscribe(1, camera);
        tick(5_000, 100);
        assertThat(asked(camera)).isEqualTo(0b100);

        tick(1_000, 10);
        assertThat(asked(camera)).isEqualTo(0b001);
        assertThat(viewer.wants(2)).isFalse();
        assertThat(told).containsExactly("1:0");
    }

    @Test
    void shouldGiveAWishAtOnceWhatItNeeds() {
        allocation.onTick(100_000, 100_000, nowNanos);
        Fanout camera = camera();
        Subscription viewer = subscribe(1, camera);
        viewer.want(new ViewerWish(false, 180, 30, 0));
        tick(5_000, 100);
        assertThat(asked(camera)).isEqualTo(0b001);

        viewer.want(ViewerWish.EVERYTHING);
        tick(5_000, 10);
        assertThat(asked(camera)).isEqualTo(0b100);

        viewer.want(new ViewerWish(true, 180, 30, 0));
        assertThat(allocation.demandBps()).isZero();
        assertThat(viewer.wants(2)).isFalse();
    }

    @Test
    void shouldServeWhoSpeaksBeforeWhoCameFirst() {
        allocation.onTick(100_000, 100_000, nowNanos);
        Fanout first = camera();
        Fanout second = camera();
        subscribe(1, first);
        subscribe(2, second);
        tick(800, 100);
        assertThat(asked(first)).isEqualTo(0b010);
        assertThat(asked(second)).isEqualTo(0b001);

        second.news().prominence(Prominence.SPEAKER);
        tick(800, 700);
        assertThat(asked(first)).isEqualTo(0b001);
        assertThat(asked(second)).isEqualTo(0b010);
    }

    @Test
    void shouldLeaveRoomForWhatIsHeard() {
        Fanout camera = camera();
        subscribe(1, fanout(Codec.OPUS));
        subscribe(2, camera);
        // The picture alone would fit.
        tick(180, 100);
        assertThat(told).containsExactly("2:-1");
        assertThat(allocation.demandBps()).isBetween(2_900_000L, 3_300_000L);

        tick(200, 2_500);
        assertThat(told).containsExactly("2:-1", "2:0");
    }

    @Test
    void shouldPauseNothingForAGuess() {
        List<Fanout> cameras = new ArrayList<>();
        for (int ssrc = 1; ssrc <= 3; ssrc++) {
            Fanout camera = fanout(Codec.VP8);
            camera.news().layers(new TrackLayers(List.of(encoding(720, 2_000))));
            cameras.add(camera);
            subscribe(ssrc, camera);
            allocation.settle(newcomer, nowNanos);
        }
        CongestionControl control = Objects.requireNonNull(newcomer.congestion(nowNanos));
        tickNewcomer(1_000);
        assertThat(cameras).allMatch(camera -> asked(camera) == 1);
        assertThat(counters.of(MediaCount.STREAMS_PAUSED)).isZero();

        control.onRemb(900_000, nowNanos);
        tickNewcomer(700);

        assertThat(counters.of(MediaCount.STREAMS_PAUSED)).as("once it is known").isEqualTo(3);
    }

    @Test
    void shouldChooseLayersByAGuessAndTakeNoneAwayForIt() {
        allocation.onTick(newcomer, nowNanos);
        Fanout first = camera();
        subscribe(1, first);
        allocation.settle(newcomer, nowNanos);
        assertThat(asked(first)).isEqualTo(0b010);

        List<Fanout> more = new ArrayList<>();
        for (int ssrc = 2; ssrc <= 9; ssrc++) {
            more.add(camera());
            subscribe(ssrc, more.getLast());
        }
        allocation.settle(newcomer, nowNanos);
        tickNewcomer(1_000);

        assertThat(asked(first)).as("stays as it is").isZero();
        assertThat(more).allMatch(camera -> asked(camera) == 0b001);
    }

    @Test
    void shouldWriteDownWhatIsFoundAndGrantedWhileItIsAskedTo() {
        nowNanos = 0;
        subscribe(1, camera());
        assertThat(newcomer.congestion(nowNanos)).isNotNull();
        newcomer.trace().begin();
        for (int i = 0; i < 100; i++) {
            tickNewcomer(10);
            newcomer.onTick(allocation.demandBps(), nowNanos);
        }

        List<BandwidthTrace.Sample> samples = newcomer.trace().samples().orElseThrow();
        assertThat(samples).hasSizeBetween(9, 11);
        BandwidthTrace.Sample last = samples.getLast();
        assertThat(last.estimate()).isEqualTo(1_000_000);
        assertThat(last.layer()).isBetween(450_000.0, 550_000.0);
        newcomer.trace().end();
        tickNewcomer(10);
        newcomer.onTick(allocation.demandBps(), nowNanos);
        assertThat(newcomer.trace().samples()).isEmpty();
    }

    @Test
    void shouldEstimateNothingForWhoOnlyHearsTheSilent() {
        Subscription viewer = subscribe(newcomer, 1, fanout(Codec.OPUS));
        tickNewcomer(10);
        newcomer.onTick(allocation.demandBps(), nowNanos);
        assertThat(allocation.demandBps()).isPositive();
        assertThat(newcomer.congestion()).isNull();
        viewer.end();

        subscribe(newcomer, 2, camera());
        newcomer.onTick(allocation.demandBps(), nowNanos);
        assertThat(newcomer.congestion()).as("a picture is probed for").isNotNull();
    }

    /** Of who hears the network, and of who does not. */
    @ParameterizedTest
    @ValueSource(ints = {5_000, 0})
    void shouldLeaveOutWhatCostsMoreThanTheLoopAllows(int kbps) {
        Runnable second =
                () -> {
                    for (int i = 0; i < 100; i++) {
                        nowNanos += TICK_NANOS;
                        long bps = kbps == 0 ? Allocation.UNLIMITED : kbps * 1_000L;
                        allocation.onTick(bps, bps, nowNanos);
                        ceiling.endTick();
                    }
                };
        second.run();
        Fanout camera = camera();
        subscribe(1, camera);
        second.run();
        assertThat(asked(camera)).isEqualTo(0b100);
        ceiling.take();
        second.run();
        long[] prices = {140_000 * 106 / 100, 470_000 * 106 / 100, 2_350_000 * 106 / 100};
        assertThat(ceiling.take()).isEqualTo(new LayerCeiling.Noted(prices[2], 0, 0));

        ceiling.set(1_000_000, LayerCeiling.NONE);
        second.run();
        assertThat(asked(camera)).isEqualTo(0b010);
        assertThat(ceiling.shedLayers()).isEqualTo(1);
        long more = prices[2] - prices[1];
        assertThat(ceiling.take()).isEqualTo(new LayerCeiling.Noted(prices[1], more, more));

        ceiling.set(1, 1_000_000);
        second.run();
        assertThat(asked(camera)).as("the lowest stays").isEqualTo(0b001);
        assertThat(ceiling.shedLayers()).isEqualTo(2);
        assertThat(ceiling.take())
                .as("nothing more to shed")
                .isEqualTo(new LayerCeiling.Noted(0, prices[1] - prices[0], prices[2] - prices[0]));

        ceiling.set(LayerCeiling.NONE, LayerCeiling.NONE);
        second.run();
        assertThat(asked(camera)).as("no path failed: nothing is held back").isEqualTo(0b100);
        assertThat(ceiling.shedLayers()).isZero();
        assertThat(told).startsWith("1:1", "1:0").hasSize(3);

        ceiling.set(1, LayerCeiling.NONE);
        second.run();
        allocation.end();
        assertThat(ceiling.shedLayers()).isZero();
    }

    @Test
    void shouldForgetWhoEnds() {
        Subscription viewer = subscribe(1, camera());
        allocation.add(viewer);
        allocation.remove(viewer);
        allocation.remove(viewer);

        assertThat(allocation.demandBps()).isZero();
        tick(100, 100);
        assertThat(told).isEmpty();
    }
}
