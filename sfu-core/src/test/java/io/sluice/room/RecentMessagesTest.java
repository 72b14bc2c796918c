package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What those who come in are sent of what was said before. */
final class RecentMessagesTest {
    private static final ParticipantInfo ADA = info("ada");
    private static final ParticipantInfo BOB = info("bob");

    private final RecentMessages recent = new RecentMessages();

    private static ParticipantInfo info(String identity) {
        return new ParticipantInfo("PA_" + identity, identity, "", "", Instant.EPOCH);
    }

    private static RoomMessage message(int bytes, long sequence, String... to) {
        DataMessage content = new DataMessage(DataMessage.Kind.BINARY, new byte[bytes]);
        return new RoomMessage(
                ADA, ChannelOptions.reliable("chat"), content, List.of(to), null, false, sequence);
    }

    private static long after(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void shouldBeKeptForAWhile() {
        RoomMessage first = message(10, 1);
        RoomMessage second = message(10, 2);
        recent.note(List.of(first), 0);
        recent.note(List.of(second), after(1_500));
        assertThat(recent.messagesFor(BOB, after(2_000))).containsExactly(first, second);
        assertThat(recent.messagesFor(BOB, after(2_001))).containsExactly(second);
        assertThat(recent.messagesFor(BOB, after(4_000))).isEmpty();
    }

    @Test
    void shouldBeForThoseWhoWereMeantAndCanTellThemApart() {
        RoomMessage toAll = message(10, 1);
        RoomMessage toBob = message(10, 2, "bob");
        RoomMessage toCleo = message(10, 3, "cleo");
        RoomMessage withoutNumber = message(10, 0);
        recent.note(List.of(toAll, toBob, toCleo, withoutNumber), 0);
        assertThat(recent.messagesFor(BOB, 0)).containsExactly(toAll, toBob);
        assertThat(recent.messagesFor(ADA, 0)).isEmpty();
    }

    @Test
    void shouldNotBeTooMany() {
        RoomMessage large = message(60_000, 1);
        RoomMessage next = message(60_000, 2);
        recent.note(List.of(large, next), 0);
        assertThat(recent.messagesFor(BOB, 0)).containsExactly(next);
    }
}
