package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.forward.LayerTarget;
import io.sluice.forward.ViewerWish;
import io.sluice.room.RoomException.Reason;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is wished of a track, in the viewer's own name and in the room's. */
final class WishesTest extends RoomFixture {
    private static final NegotiatedCodec VP8 =
            new NegotiatedCodec(
                    new CodecFormat(Codec.VP8, Map.of()),
                    96,
                    NegotiatedCodec.NO_RTX,
                    true,
                    true,
                    true);
    private static final ViewerWish SMALL = new ViewerWish(false, 180, 15, 1);

    private Guest bob;

    @BeforeEach
    void publish() {
        Guest ada = join("r", "ada");
        bob = join("r", "bob");
        ReceiveSection camera =
                new ReceiveSection(
                        "0",
                        "TR_v",
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        List.of(VP8),
                        Map.of(),
                        Map.of(),
                        List.of("q", "h", "f"));
        negotiate("r", ada, List.of(camera), List.of());
    }

    private static SendSection watches(String mid, int ssrc) {
        return new SendSection(mid, "TR_v", VP8, Map.of(), ssrc, 0);
    }

    private ViewerWish wish(
            String viewer, String trackId, Origin origin, UnaryOperator<ViewerWish> change) {
        return ask(
                rooms.room("r"),
                reply -> new RoomCommand.Wish(viewer, trackId, origin, change, reply));
    }

    /** What Bob said last, or the room of him. */
    private ViewerWish said(Origin origin) {
        String viewer = origin == Origin.ROOM ? "bob" : bob.id();
        return wish(viewer, "TR_v", origin, UnaryOperator.identity());
    }

    private void assertRefused(String viewer, String trackId, Origin origin, Reason reason) {
        assertThatThrownBy(() -> wish(viewer, trackId, origin, _ -> SMALL))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RoomException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    @Test
    void shouldKeepAWishWhateverIsNegotiatedLater() {
        negotiate("r", bob, List.of(), List.of(watches("0", 1)));
        assertThat(said(Origin.PARTICIPANT)).isEqualTo(ViewerWish.EVERYTHING);
        assertThat(wish(bob.id(), "TR_v", Origin.PARTICIPANT, _ -> SMALL)).isEqualTo(SMALL);
        ViewerWish bound = new ViewerWish(false, 360, 30, 0);
        assertThat(wish("bob", "TR_v", Origin.ROOM, _ -> bound)).isEqualTo(bound);

        for (SendSection section :
                List.of(watches("0", 1), watches("1", 2), watches("1", 2), watches("0", 3))) {
            negotiate("r", bob, List.of(), List.of(section));
            assertThat(said(Origin.PARTICIPANT)).isEqualTo(SMALL);
            assertThat(said(Origin.ROOM)).isEqualTo(bound);
        }
        negotiate("r", bob, List.of(), List.of());
        negotiate("r", bob, List.of(), List.of(watches("2", 4)));
        assertThat(said(Origin.PARTICIPANT)).isEqualTo(ViewerWish.EVERYTHING);
    }

    @Test
    void shouldLetTheRoomBoundWhatTheViewerWishes() {
        ViewerWish high = new ViewerWish(false, 720, 10, 1);
        assertThat(Watched.bounded(high, ViewerWish.EVERYTHING)).isEqualTo(high);
        assertThat(Watched.bounded(ViewerWish.EVERYTHING, high)).isEqualTo(high);
        assertThat(Watched.bounded(high, new ViewerWish(true, 360, 30, 7)))
                .isEqualTo(new ViewerWish(true, 360, 10, 7));
        assertThat(Watched.bounded(new ViewerWish(true, 360, 30, 7), SMALL))
                .isEqualTo(new ViewerWish(true, 180, 15, 1));
    }

    @Test
    void shouldTellAViewerAloneWhatItsNetworkCarriesNothingOf() {
        negotiate("r", bob, List.of(), List.of(watches("0", 1)));
        var report = rooms.room("r").transportListener(bob.id(), Leg.FIRST);
        report.onAllocated(9, LayerTarget.NO_ENCODING);
        report.onAllocated(1, 1);
        report.onAllocated(1, LayerTarget.NO_ENCODING);
        report.onAllocated(1, LayerTarget.NO_ENCODING);
        report.onAllocated(1, 0);
        report.onAllocated(1, LayerTarget.ANY_ENCODING);
        said(Origin.PARTICIPANT);

        assertThat(bob.events)
                .filteredOn(event -> !(event instanceof RoomEvent.TrackPublished))
                .containsExactly(
                        new RoomEvent.StreamPaused("TR_v"), new RoomEvent.StreamResumed("TR_v"));
    }

    @Test
    void shouldSayWhatIsWrongWithAWish() {
        assertRefused(bob.id(), "TR_v", Origin.PARTICIPANT, Reason.NOT_SUBSCRIBED);
        assertRefused("bob", "TR_v", Origin.ROOM, Reason.NOT_SUBSCRIBED);
        assertRefused(bob.id(), "TR_x", Origin.PARTICIPANT, Reason.NO_SUCH_TRACK);
        assertRefused("PA_x", "TR_v", Origin.PARTICIPANT, Reason.NO_SUCH_PARTICIPANT);
        assertRefused("eve", "TR_v", Origin.ROOM, Reason.NO_SUCH_PARTICIPANT);
        rooms.room("r").submit(new RoomCommand.Leave(bob.id(), LeaveReason.LEFT));
        assertRefused(bob.id(), "TR_v", Origin.PARTICIPANT, Reason.NO_SUCH_PARTICIPANT);
    }
}
