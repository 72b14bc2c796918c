package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.loop.Loop;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A room whose home loop has no time left. */
final class SpilledRoomTest extends RoomFixture {
    @Override
    double spillBusyShare() {
        return 0;
    }

    @Test
    void shouldPlaceNewcomersOnTheLoopWithMoreRoom() {
        Guest ada = join("r", "ada");
        ada.joined();
        Guest bob = join("r", "bob");
        bob.joined();
        Guest cyd = join("r", "cyd");
        cyd.joined();

        // The room itself counts beside the participants of its home.
        assertThat(loops.all()).extracting(Loop::residents).containsExactly(1, 2);
        negotiate("r", ada, List.of(publishes("0", "TR_a")), List.of());
        negotiate("r", bob, List.of(), List.of(watches("0", "TR_a", 1)));
        negotiate("r", cyd, List.of(), List.of(watches("0", "TR_a", 2)));
    }
}
