package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.sluice.room.RoomException.Reason;
import java.security.SecureRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class KeyQuotasTest extends RoomFixture {
    private static final int WHOLE = -1;

    /** So many more times something random is had, then there is a defect instead. */
    private final AtomicInteger fuse = new AtomicInteger(WHOLE);

    @Override
    SecureRandom random() {
        return new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                super.nextBytes(bytes);
                if (fuse != null && fuse.getAndUpdate(left -> Math.max(WHOLE, left - 1)) == 0) {
                    throw new StackOverflowError("on purpose");
                }
            }
        };
    }

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

    /** Until somebody of key a is let in. */
    private void awaitPlace(String room, String identity) {
        await().ignoreExceptions().untilAsserted(() -> join(room, identity, "a").joined());
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

        assertRefused(join("s", "dora", "a"));
        join("s", "emil", "b").joined();
        // The place that it would take is another key's.
        assertRefused(join("s", "emil", "a"));
        // Who comes anew takes the place of itself.
        Guest again = join("r", "ada", "a");
        again.joined();
        assertRefused(join("s", "dora", "a"));
        assertThat(rooms.refusedParticipantsOfKeys()).isEqualTo(3);

        leave("r", again);
        awaitPlace("s", "dora");
        assertRefused(join("r", "fay", "a"));
    }

    @Test
    void shouldGiveBackThePlacesOfWhomARoomNeverLetIn() {
        // Each is overtaken by the next, or comes in and is replaced.
        for (int i = 0; i < 20; i++) {
            join("r", "ada", "a");
        }
        Guest ada = join("r", "ada", "a");
        ada.joined();
        join("r", "bob", "a").joined();
        join("r", "cleo", "a").joined();
        assertRefused(join("s", "dora", "a"));

        leave("r", ada);
        awaitPlace("s", "dora");
    }

    @Test
    void shouldGiveBackThePlaceOfWhoseJoinBreaksWhereverThatIs() {
        rooms.reconfigure(rooms.config().withPerKey(new RoomConfig.PerKey(2, 1)));
        join("r", "eve", "").joined();
        boolean hasBroken = true;
        for (int step = 0; hasBroken; step++) {
            fuse.set(step);
            Guest ada = join("r", "ada", "a");
            hasBroken = false;
            try {
                ada.joined();
            } catch (CompletionException broken) {
                assertThat(broken).hasCauseInstanceOf(StackOverflowError.class);
                hasBroken = true;
                wantedDefects++;
            }
        }
        // Once for its id, and for what it sends by.
        assertThat(wantedDefects).isGreaterThanOrEqualTo(2);
        assertRefused(join("r", "bob", "a"));
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
