package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishers who say who may watch them. */
final class ViewerRuleTest extends RoomFixture {
    private static final ViewerRule NOBODY = new ViewerRule(false, Map.of());

    private final Room room = rooms.room("r");
    private final Guest ada = join("r", "ada");
    private final Guest bob = join("r", "bob");

    @BeforeEach
    void publish() {
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
    }

    private void rule(ViewerRule rule) {
        room.submit(new RoomCommand.PermitViewers(ada.id(), rule));
    }

    private static ViewerRule only(String viewer, ViewerRule.Share share) {
        return new ViewerRule(false, Map.of(viewer, share));
    }

    private RoomEvent permitted(boolean permitted) {
        return new RoomEvent.WatchingPermitted(ada.id(), "TR_a", permitted);
    }

    private void assertTold(RoomEvent... events) {
        // All that was asked before is carried out.
        ask(room, RoomCommand.Describe::new);
        assertThat(bob.events)
                .filteredOn(RoomEvent.WatchingPermitted.class::isInstance)
                .containsExactly(events);
        assertThat(ada.events).noneMatch(RoomEvent.WatchingPermitted.class::isInstance);
    }

    @Test
    void shouldTellThoseForWhomSomethingChanges() {
        rule(ViewerRule.EVERYBODY);
        assertTold();
        rule(NOBODY);
        rule(only("bob", new ViewerRule.Share(false, Set.of("TR_other"))));
        assertTold(permitted(false));
        rule(only("bob", new ViewerRule.Share(false, Set.of("TR_a"))));
        rule(only(bob.id(), new ViewerRule.Share(true, Set.of())));
        assertTold(permitted(false), permitted(true));
        rule(only("eve", new ViewerRule.Share(true, Set.of())));
        rule(ViewerRule.EVERYBODY);
        assertTold(permitted(false), permitted(true), permitted(false), permitted(true));
    }

    @Test
    void shouldTellWhoBeginsToWatchLater() {
        rule(NOBODY);
        Guest eve = join("r", "eve");
        negotiate("r", eve, List.of(), List.of(watches("0", "TR_a", 1)));
        assertThat(eve.events).contains(permitted(false));
        // In another section it is the same, and nothing new.
        negotiate("r", eve, List.of(), List.of(watches("0", "TR_a", 2)));
        assertThat(eve.events).containsOnlyOnce(permitted(false));
    }

    @Test
    void shouldForwardNothingInAMesh() {
        RoomSettings usual = RoomSettings.defaults(rooms.config());
        RoomSettings mesh =
                new RoomSettings(
                        usual.maxParticipants(),
                        usual.emptyTimeout(),
                        "",
                        usual.codecs(),
                        true,
                        RoomSettings.ANY_BITRATE,
                        Topology.MESH);
        rooms.create("mesh", mesh);
        Guest carl = join("mesh", "carl");
        Guest dora = join("mesh", "dora");
        negotiate("mesh", carl, List.of(publishes("0", "TR_c")), List.of());

        negotiate("mesh", dora, List.of(), List.of(watches("0", "TR_c", 1)));

        assertThat(dora.events).contains(new RoomEvent.WatchingPermitted(carl.id(), "TR_c", false));
    }
}
