package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.forward.EncodingLayers;
import io.sluice.forward.Layer;
import io.sluice.forward.LayerTarget;
import io.sluice.forward.TrackLayers;
import io.sluice.forward.ViewerWish;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EncodingDemandTest {
    private static final long SECOND = 1_000_000_000;
    private static final List<String> RIDS = List.of("q", "h", "f");
    private static final TrackLayers LADDER = layers(180, 360, 720);
    private static final ViewerWish PAUSED = new ViewerWish(true, 720, 30, 0);

    /** Whatever the clock says. */
    private static final long BORN = Long.MAX_VALUE - SECOND;

    private final EncodingDemand demand = new EncodingDemand(RIDS, BORN);

    private static TrackLayers layers(int... heights) {
        List<EncodingLayers> encodings = new ArrayList<>();
        for (int height : heights) {
            // Of an encoding that pauses the size is still known.
            List<Layer> layers =
                    height == 0
                            ? List.of()
                            : List.of(new Layer(0, 0, height * 16 / 9, height, 30, 0));
            encodings.add(new EncodingLayers("", false, layers));
        }
        return new TrackLayers(encodings);
    }

    private static ViewerWish upTo(int height) {
        return new ViewerWish(false, height, 30, 0);
    }

    private boolean review(int needed, double atSeconds) {
        return demand.review(needed, needed, at(atSeconds));
    }

    private static long at(double seconds) {
        return BORN + (long) (seconds * SECOND);
    }

    @ParameterizedTest
    @CsvSource({"1, 0b001", "180, 0b001", "359, 0b001", "360, 0b011", "719, 0b011", "720, 0b101"})
    void shouldNeedTheLargestThatIsNotTooLargeAndTheLowest(int maxHeight, String mask) {
        int expected = Integer.parseInt(mask.substring(2), 2);
        assertThat(demand.needed(upTo(maxHeight), LADDER)).isEqualTo(expected);
        // The order of the description says nothing.
        assertThat(demand.needed(upTo(maxHeight), layers(720, 360, 180)))
                .isEqualTo(Integer.reverse(expected) >>> 29);
    }

    @Test
    void shouldNeedWhatNothingIsKnownOf() {
        assertThat(demand.needed(upTo(180), TrackLayers.UNKNOWN)).isEqualTo(0b111);
        assertThat(demand.needed(upTo(180), layers(180, 360, 0))).isEqualTo(0b101);
        assertThat(demand.needed(ViewerWish.EVERYTHING, LADDER)).isEqualTo(0b101);
        assertThat(demand.needed(PAUSED, TrackLayers.UNKNOWN)).isZero();
    }

    @Test
    void shouldLetWhoSaidNothingYetHaveWhatIsSentAnyway() {
        assertThat(demand.atFirst(0b101)).isEqualTo(0b101);
        review(0b011, 2);
        assertThat(demand.atFirst(0b101)).isEqualTo(0b001);
        review(0, 20);
        review(0, 25);
        assertThat(demand.atFirst(0b101)).as("nothing is sent").isEqualTo(0b101);
    }

    @Test
    void shouldGiveUpWhatWasOfNoUseForAWhileOnly() {
        assertThat(review(0b101, 0)).isFalse();
        assertThat(review(0b011, 1.9)).isFalse();
        assertThat(review(0b001, 2)).isTrue();
        assertThat(demand.active()).isEqualTo(Map.of("q", true, "h", true, "f", false));
        assertThat(review(0b001, 3.8)).isFalse();
        assertThat(review(0b001, 3.9)).isTrue();
        assertThat(demand.active()).isEqualTo(Map.of("q", true, "h", false, "f", false));
    }

    @Test
    void shouldAskAtOnceForWhatIsNeededAndWasGivenUp() {
        review(0b001, 5);
        assertThat(demand.raise(0b101, at(6))).isEqualTo(0b100);
        assertThat(demand.raise(0b101, at(6))).isZero();
        assertThat(demand.active()).isEqualTo(Map.of("q", true, "h", false, "f", true));
        // Somebody wishes less in the next moment: it does not flap.
        assertThat(review(0b001, 7.9)).isFalse();
        assertThat(review(0b001, 8)).isTrue();
    }

    @Test
    void shouldGiveUpAllSomeTimeAfterTheLastViewer() {
        review(0b111, 20);
        assertThat(review(0, 30)).isFalse();
        assertThat(review(0, 34.9)).isFalse();
        assertThat(review(0, 35)).isTrue();
        assertThat(demand.active()).isEqualTo(Map.of("q", false, "h", false, "f", false));
        assertThat(demand.raise(0b101, at(36))).isEqualTo(0b101);
        assertThat(demand.active()).isEqualTo(Map.of("q", true, "h", false, "f", true));
    }

    @Test
    void shouldBeginAnewToWaitWhenSomebodyLookedAgain() {
        review(0, 30);
        review(0b111, 33);
        assertThat(review(0, 34)).isFalse();
        assertThat(review(0, 38.9)).isFalse();
        assertThat(review(0, 39)).isTrue();
    }

    @Test
    void shouldNotGiveUpAFreshTrackThatNobodyWatchesYet() {
        assertThat(review(0, 0)).isFalse();
        assertThat(review(0, 9.9)).isFalse();
        assertThat(review(0, 10)).isTrue();
    }

    @Test
    void shouldNeedTheLowestAndWhatTheNetworkCarries() {
        ViewerWish all = ViewerWish.EVERYTHING;
        assertThat(demand.usable(all, LayerTarget.ANY_ENCODING, LADDER)).isEqualTo(0b101);
        assertThat(demand.usable(all, 1, LADDER)).isEqualTo(0b011);
        assertThat(demand.usable(all, LayerTarget.NO_ENCODING, LADDER)).isEqualTo(0b001);
        // More than is wished is of no use.
        assertThat(demand.usable(upTo(180), 2, LADDER)).isEqualTo(0b001);
        assertThat(demand.usable(PAUSED, 2, LADDER)).isZero();
        assertThat(demand.usable(all, 7, LADDER)).isEqualTo(0b101);
    }

    @Test
    void shouldGiveUpLateWhatIsWishedAndNobodysNetworkCarries() {
        assertThat(demand.review(0b101, 0b101, at(0))).isFalse();
        assertThat(demand.review(0b101, 0b001, at(2))).isTrue();
        assertThat(demand.active()).isEqualTo(Map.of("q", true, "h", false, "f", true));
        assertThat(demand.review(0b101, 0b001, at(29.9))).isFalse();
        assertThat(demand.review(0b101, 0b001, at(30))).isTrue();
        assertThat(demand.active()).isEqualTo(Map.of("q", true, "h", false, "f", false));

        // The network carries it again: it is asked for at once.
        assertThat(demand.raise(0b101, at(40))).isEqualTo(0b100);
        // It is not even wished any more.
        assertThat(demand.review(0b001, 0b001, at(41.9))).isFalse();
        assertThat(demand.review(0b001, 0b001, at(42))).isTrue();
    }

    @Test
    void shouldSeeWhichComeThatNobodyKnowsTheSizeOf() {
        List<EncodingLayers> encodings =
                List.of(
                        new EncodingLayers("q", true, List.of(new Layer(0, 0, 320, 180, 30, 0))),
                        new EncodingLayers("h", true, List.of()),
                        new EncodingLayers("f", false, List.of()));
        assertThat(demand.unsized(new TrackLayers(encodings))).isEqualTo(0b010);
        assertThat(demand.unsized(TrackLayers.UNKNOWN)).isZero();
        assertThat(
                        new EncodingDemand(List.of(), BORN)
                                .unsized(new TrackLayers(encodings.subList(1, 2))))
                .isZero();
    }

    @Test
    void shouldNameAnEncodingWithoutRidByItsIndex() {
        EncodingDemand single = new EncodingDemand(List.of(), BORN);
        assertThat(single.active()).isEqualTo(Map.of("0", true));
        assertThat(single.isOf(List.of())).isTrue();
        assertThat(single.isOf(RIDS)).isFalse();
        assertThat(demand.isOf(RIDS)).isTrue();
    }
}
