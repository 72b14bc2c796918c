package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.sluice.room.RoomException.Reason;
import org.junit.jupiter.api.Test;

final class KeyQuotasTest extends RoomFixture {
    @Override
    RoomConfig.PerKey perKey() {
        return new RoomConfig.PerKey(2, 3);
    }

    private Guest join(String room, String identity, String apiKey) {
        return join(room, identity, Guise.PERSON, Permissions.ALL, apiKey);
    }

    private void leave(String room, Guest guest) {
        rooms.room(room).submit(new RoomCommand.Leave(guest.id(), LeaveReason.LEFT));
    }

    private static void assertRefused(Guest guest) {
        assertThatThrownBy(guest::joined)
                .cause()
                .asInstanceOf(type(RoomException.class))
                .extracting(RoomException::reason)
                .isEqualTo(Reason.KEY_LIMIT);
    }

    @Test
    void shouldLetAKeyMakeSoManyRoomsUntilOneEnds() {
        Guest ada = join("a1", "ada", "a");
        rooms.create("a2", RoomSettings.defaults(rooms.config()), "a");
        ada.joined();

        assertThatThrownBy(() -> rooms.room("a3", "a"))
                .asInstanceOf(type(RoomException.class))
                .extracting(RoomException::reason)
                .isEqualTo(Reason.KEY_LIMIT);
        assertThat(rooms.room("a1", "a").name()).isEqualTo("a1");
        assertThat(rooms.room("b1", "b").name()).isEqualTo("b1");
        assertThat(rooms.room("n", "").name()).isEqualTo("n");
        assertThat(rooms.refusedRoomsOfKeys()).isEqualTo(1);

        leave("a1", ada);
        await().until(() -> rooms.find("a1").isEmpty());
        assertThat(rooms.room("a3", "a").name()).isEqualTo("a3");
    }

    @Test
    void shouldLetAKeyHaveSoManyParticipantsInAllItsRooms() {
        Guest ada = join("r", "ada", "a");
        Guest bob = join("r", "bob", "a");
        Guest cleo = join("s", "cleo", "a");
        ada.joined();
        bob.joined();
        cleo.joined();

        assertThat(rooms.whyKeyIsFull("a"))
                .hasValueSatisfying(text -> assertThat(text).contains("3"));
        assertRefused(join("s", "dora", "a"));
        join("s", "emil", "b").joined();
        // Who comes anew takes the place of itself.
        Guest again = join("r", "ada", "a");
        again.joined();
        assertRefused(join("s", "dora", "a"));
        assertThat(rooms.refusedParticipantsOfKeys()).isEqualTo(3);

        leave("r", again);
        await().until(() -> rooms.whyKeyIsFull("a").isEmpty());
        join("s", "dora", "a").joined();
        assertThat(rooms.whyKeyIsFull("a")).isPresent();
    }

    @Test
    void shouldGiveBackThePlacesOfWhomARoomNeverLetIn() {
        // Each is overtaken by the next, or comes in and is replaced.
        for (int i = 0; i < 20; i++) {
            join("r", "ada", "a");
        }
        join("r", "ada", "a").joined();
        join("r", "bob", "a").joined();
        join("r", "cleo", "a").joined();
        assertRefused(join("s", "dora", "a"));

        rooms.close();
        await().until(() -> rooms.all().isEmpty());
        assertThat(rooms.whyKeyIsFull("a")).isEmpty();
    }

    @Test
    void shouldTakeOtherLimits() {
        RoomConfig now = rooms.config();
        rooms.reconfigure(now.withPerKey(new RoomConfig.PerKey(1, 1)));
        join("r", "ada", "a").joined();
        assertRefused(join("r", "bob", "a"));

        rooms.reconfigure(now.withPerKey(RoomConfig.PerKey.UNBOUNDED));
        join("r", "bob", "a").joined();
    }
}
