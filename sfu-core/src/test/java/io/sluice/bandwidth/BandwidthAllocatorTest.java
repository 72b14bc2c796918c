package io.sluice.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BandwidthAllocatorTest {
    private static final long STEP_NANOS = 100_000_000;

    /** Whatever the clock says. */
    private long nowNanos = Long.MAX_VALUE - 5 * STEP_NANOS;

    private final BandwidthAllocator allocator = new BandwidthAllocator();
    private final List<Watched> all = new ArrayList<>();

    /** A picture, with the kilobits a second of its rungs. */
    private static final class Watched {
        private final long[] kbps;
        private final Picture picture;
        private int changes;

        private Watched(long... kbps) {
            this.kbps = kbps;
            picture = new Picture(ladder(kbps), () -> changes++);
        }

        private static Ladder ladder(long... kbps) {
            List<Rung> rungs = new ArrayList<>();
            for (int i = 0; i < kbps.length; i++) {
                rungs.add(new Rung(i, 0, 0, 180 << i, 30, kbps[i] * 1_000, true));
            }
            return Ladder.of(rungs, false, true);
        }

        /** What is granted: 0 for nothing. */
        private long granted() {
            Rung bound = picture.bound();
            if (picture.isPaused()) {
                return 0;
            }
            return bound == null ? kbps[kbps.length - 1] : bound.bitrateBps() / 1_000;
        }
    }

    private Watched watch(long... kbps) {
        Watched watched = new Watched(kbps);
        all.add(watched);
        allocator.add(watched.picture);
        return watched;
    }

    private void allocate(long kbps) {
        nowNanos += STEP_NANOS;
        allocator.allocate(kbps * 1_000, nowNanos);
    }

    private void settle(long kbps, int seconds) {
        for (int i = 0; i < 10 * seconds; i++) {
            allocate(kbps);
        }
    }

    private String granted() {
        return all.stream().map(one -> "" + one.granted()).collect(Collectors.joining(" "));
    }

    private long sum() {
        return all.stream().mapToLong(Watched::granted).sum();
    }

    @ParameterizedTest
    @CsvSource({
        // Nothing fits, one fits, both fit.
        "100, 0 0",
        "150, 150 0",
        "300, 150 0",
        "340, 150 150",
        // A tenth is left free by what comes anew.
        "710, 150 150",
        "730, 500 150",
        "1120, 500 500",
        "3300, 500 500",
        "3400, 2500 500",
        "5600, 2500 2500",
    })
    void shouldRaiseEqualsInTurn(long kbps, String expected) {
        watch(150, 500, 2_500);
        watch(150, 500, 2_500);

        settle(kbps, 10);

        assertThat(granted()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "150, 0 0 150",
        "340, 0 150 150",
        "550, 150 150 150",
        "900, 150 150 500",
        "1200, 150 150 500",
        "3200, 150 150 2500",
        "3600, 150 500 2500",
        "9000, 2500 2500 2500",
    })
    void shouldServeTheScreenThenTheSpeakerThenTheOthersOnceAllAreAtTheirLowest(
            long kbps, String expected) {
        watch(150, 500, 2_500);
        watch(150, 500, 2_500).picture.prominence(Prominence.SPEAKER);
        watch(150, 500, 2_500).picture.prominence(Prominence.SCREEN);

        settle(kbps, 10);

        assertThat(granted()).isEqualTo(expected);
    }

    @Test
    void shouldServeFirstWhatTheViewerPutsFirst() {
        watch(150, 500, 2_500).picture.prominence(Prominence.SCREEN);
        Watched preferred = watch(150, 500, 2_500);
        preferred.picture.ask(true, 1);

        settle(1_000, 5);

        assertThat(granted()).isEqualTo("150 500");
    }

    @Test
    void shouldSpendNothingOnWhatIsNotWanted() {
        watch(150, 500, 2_500).picture.ask(false, 9);
        watch(150, 500, 2_500);

        settle(600, 5);

        assertThat(all.get(1).granted()).isEqualTo(500);
        assertThat(allocator.demandBps()).isBetween(3_100_000L, 3_150_000L);
    }

    @Test
    void shouldShowSomethingSmallWhereSomethingLargeDoesNotFit() {
        watch(1_500).picture.prominence(Prominence.SCREEN);
        watch(150, 500);

        settle(200, 3);
        assertThat(granted()).isEqualTo("0 150");
        assertThat(all.get(0).picture.isPaused()).isTrue();

        settle(2_000, 5);
        assertThat(granted()).isEqualTo("1500 150");
    }

    @Test
    void shouldComeBackByItself() {
        watch(300);
        settle(1_000, 1);
        assertThat(granted()).isEqualTo("300");

        allocate(100);
        assertThat(granted()).isEqualTo("0");
        assertThat(all.getFirst().picture.isPaused()).isTrue();

        settle(1_000, 3);
        assertThat(granted()).isEqualTo("300");
        assertThat(all.getFirst().changes).isEqualTo(3);
    }

    @Test
    void shouldGiveWhatIsAskedForAtOnce() {
        Watched one = watch(150, 500, 2_500);

        allocate(3_000);
        assertThat(granted()).isEqualTo("2500");

        one.picture.offer(Watched.ladder(150));
        one.picture.ask(true, 0);
        allocate(3_000);
        one.picture.offer(Watched.ladder(150, 500));
        one.picture.ask(true, 0);
        allocate(3_000);
        assertThat(one.picture.bound()).isNull();
    }

    @Test
    void shouldGiveWhatIsAskedForAsSoonAsAProbeShowsThatItFits() {
        Watched one = watch(150, 2_500);
        settle(2_000, 2);
        one.picture.ask(true, 0);
        allocate(2_000);
        allocate(2_000);
        assertThat(granted()).isEqualTo("150");

        allocate(4_000);
        assertThat(granted()).isEqualTo("2500");
    }

    @Test
    void shouldForgetThatItWasAskedForWhenItFalls() {
        Watched one = watch(150, 500, 2_500);
        settle(2_000, 2);
        one.picture.ask(true, 0);
        allocate(600);
        allocate(200);
        allocate(4_000);

        assertThat(granted()).isEqualTo("150");
    }

    @Test
    void shouldRiseOnlyWhenThereWasMoreForAWhile() {
        watch(150, 500);
        settle(300, 2);
        for (int i = 0; i < 20; i++) {
            allocate(300);
            allocate(600);
            allocate(600);
        }
        assertThat(granted()).isEqualTo("150");

        settle(600, 1);
        assertThat(granted()).isEqualTo("500");
    }

    @Test
    void shouldFallAtOnceWhenItIsFarTooMuchAndAfterAWhileWhenItIsALittleTooMuch() {
        watch(150, 500, 1_000);
        settle(1_200, 2);
        assertThat(granted()).isEqualTo("1000");

        allocate(950);
        allocate(1_050);
        allocate(950);
        assertThat(granted()).isEqualTo("1000");
        settle(950, 1);
        assertThat(granted()).isEqualTo("500");
        allocate(400);
        assertThat(granted()).isEqualTo("150");
    }

    @Test
    void shouldSayThatWhatWasSentDoesNotGetThroughAnyMore() {
        Picture picture = watch(150, 500, 1_000).picture;
        settle(1_200, 2);
        assertThat(picture.fellFar()).isFalse();
        settle(950, 1);
        assertThat(granted()).isEqualTo("500");
        assertThat(picture.fellFar()).isFalse();
        allocate(200);
        assertThat(picture.fellFar()).isTrue();
        allocate(200);
        assertThat(picture.fellFar()).isFalse();
    }

    @Test
    void shouldNotSayItOfAPictureThatIsBoundedNoMore() {
        Picture picture = watch(150, 500, 1_000).picture;
        settle(1_200, 2);
        allocate(200);
        assertThat(picture.fellFar()).isTrue();
        allocator.allocate(BandwidthAllocator.UNLIMITED, nowNanos);
        assertThat(picture.fellFar()).isFalse();
    }

    @Test
    void shouldTryLessOftenWhatFailsAgainAndAgain() {
        watch(150, 500);
        allocate(300);
        for (int i = 0; i < 600; i++) {
            // The network carries less than it promises.
            allocate(all.getFirst().granted() == 500 ? 300 : 700);
        }

        // Up and down after 2, 4, 8 and then each 16 seconds.
        assertThat(all.getFirst().changes).isBetween(8, 14);
    }

    @Test
    void shouldNotWaitLongerForAPathThatGoesUpAndDown() {
        watch(150, 500, 1_700);
        for (int i = 0; i < 5; i++) {
            settle(3_000, 3);
            assertThat(granted()).as("the time %d", i).isEqualTo("1700");
            settle(300, 6);
            assertThat(granted()).isEqualTo("150");
        }
    }

    @Test
    void shouldBeginWithTheLeastOnAPathThatLostMoreThanHalf() {
        watch(150, 500, 1_700);
        settle(3_000, 3);

        allocate(800);
        assertThat(granted()).isEqualTo("150");
        settle(800, 2);
        assertThat(granted()).isEqualTo("500");
    }

    @Test
    void shouldBeginWithAllFramesOfTheSmallestSize() {
        Ladder ladder =
                Ladder.of(
                        List.of(
                                new Rung(0, 0, 0, 135, 8, 60_000, true),
                                new Rung(0, 0, 2, 135, 30, 100_000, true),
                                new Rung(1, 0, 2, 270, 30, 400_000, true),
                                new Rung(2, 0, 2, 540, 30, 1_800_000, true)),
                        false,
                        true);
        Picture picture = new Picture(ladder, () -> {});
        allocator.add(picture);
        allocate(4_500);
        assertThat(picture.grantedBps()).isEqualTo(1_800_000);

        allocate(850);
        assertThat(picture.grantedBps()).isEqualTo(100_000);
        settle(850, 2);
        assertThat(picture.grantedBps()).isEqualTo(400_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 560, 1_000, 2_800})
    void shouldNotFlapWithTheEstimatesNoise(int kbps) {
        watch(150, 500, 2_500);
        settle(kbps, 5);
        int before = all.getFirst().changes;
        Random random = new Random(kbps);
        for (int i = 0; i < 600; i++) {
            allocate(kbps * (950 + random.nextInt(100)) / 1_000);
        }
        assertThat(all.getFirst().changes - before).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldBoundNobodyWithoutALimit() {
        Watched one = watch(150, 500, 2_500);
        allocator.allocate(BandwidthAllocator.UNLIMITED, nowNanos);
        assertThat(one.picture.bound()).isNull();
        assertThat(one.picture.isUndecided()).isFalse();

        // What is there stays while it fits.
        allocate(2_600);
        assertThat(granted()).isEqualTo("2500");
        settle(1_500, 1);
        assertThat(granted()).isEqualTo("500");
        allocator.allocate(BandwidthAllocator.UNLIMITED, nowNanos);
        assertThat(one.picture.bound()).isNull();
    }

    @Test
    void shouldBoundANewcomerBeforeAnythingIsDecided() {
        watch(150, 500);
        settle(700, 1);
        Watched late = watch(150, 500);

        assertThat(late.picture.isUndecided()).isTrue();
        assertThat(late.granted()).isEqualTo(150);
        assertThat(late.changes).isZero();

        allocate(700);
        assertThat(late.changes).isEqualTo(1);
        assertThat(granted()).isEqualTo("500 150");
    }

    @Test
    void shouldForgetWhoGoes() {
        Watched gone = watch(150, 500);
        watch(150, 500);
        settle(400, 1);

        allocator.remove(gone.picture);
        all.remove(gone);
        settle(600, 3);
        assertThat(granted()).isEqualTo("500");
        allocator.remove(all.removeFirst().picture);
        assertThat(allocator.demandBps()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldHoldItsPromisesWhateverComes(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            change(random);
            long kbps = random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(8_000);
            boolean settles = random.nextBoolean();
            if (settles) {
                settle(kbps, 20);
            }
            allocate(kbps);

            assertThat(sum()).as("tolerated").isLessThanOrEqualTo(kbps + kbps / 7 + 1);
            if (settles) {
                assertThat(sum()).as("settled").isLessThanOrEqualTo(kbps);
                holdFairness(kbps);
            }
        }
        allocator.allocate(Long.MAX_VALUE - 1, nowNanos);
        allocator.allocate(-1, nowNanos);
    }

    private void change(Random random) {
        if (all.size() < 12 && random.nextInt(3) == 0) {
            long[] kbps = new long[1 + random.nextInt(6)];
            Arrays.setAll(kbps, i -> (50L << i) + random.nextInt(100) * (i + 1L));
            Arrays.sort(kbps);
            watch(Arrays.stream(kbps).distinct().toArray());
        } else if (!all.isEmpty() && random.nextInt(6) == 0) {
            allocator.remove(all.remove(random.nextInt(all.size())).picture);
        } else if (!all.isEmpty()) {
            Prominence[] values = Prominence.values();
            all.get(random.nextInt(all.size()))
                    .picture
                    .prominence(values[random.nextInt(values.length)]);
        }
    }

    /** Who waits in vain is not the one that a place was free for. */
    private void holdFairness(long kbps) {
        long lowest =
                all.stream().filter(one -> one.granted() > 0).mapToLong(one -> one.kbps[0]).sum();
        for (Watched one : all) {
            if (one.granted() == 0) {
                long needed = sum() + one.kbps[0];
                assertThat(needed).as("room for a lowest").isGreaterThan(kbps - kbps / 10 - 1);
                assertThat(sum() == 0 && one.kbps[0] <= kbps).as("nothing at all").isFalse();
                assertThat(lowest + one.kbps[0])
                        .as("raised before")
                        .isGreaterThan(kbps - kbps / 10 - 1);
            }
        }
    }
}
