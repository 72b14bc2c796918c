package io.sluice.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.calls.Dialing.Incoming;
import io.sluice.calls.Dialing.News;
import io.sluice.calls.Dialing.Outgoing;
import io.sluice.calls.Dialing.Presence;
import io.sluice.calls.Dialing.Reach;
import io.sluice.calls.Dialing.State;
import io.sluice.calls.MissedCall.Why;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who can be rung, and what comes of it, at times that the test sets. */
final class DialingTest {
    private static final String ADA = DialNumbers.of("ada-0123456789abcdef");
    private static final String BOB = DialNumbers.of("bob-0123456789abcdef");
    private static final String EVE = DialNumbers.of("eve-0123456789abcdef");

    private final List<String> unused = new ArrayList<>();
    private final List<MissedCall> missed = new ArrayList<>();
    private final Dialing dialing = new Dialing(new Random(1), unused::add, missed::add);

    private static long at(long second) {
        return TimeUnit.SECONDS.toNanos(second);
    }

    private static Presence presence(String number) {
        return new Presence(number, "who", false, Set.of(), Set.of(), 0);
    }

    private News here(String number, long second) {
        return dialing.here(presence(number), at(second));
    }

    private Outgoing ring(String from, String to, long second) {
        return dialing.ring(presence(from), to, false, "code-" + from, 0, at(second)).orElseThrow();
    }

    /** Of somebody who called Bob. */
    private static MissedCall missed(String from, Why why) {
        return new MissedCall(from, "who", BOB, why);
    }

    private State state(Outgoing ring, long second) {
        return dialing.outgoing(ring.secret(), at(second)).orElseThrow().state();
    }

    @Test
    void shouldGiveEachDeviceItsOwnNumberWhichPeopleMayWriteAsTheyLike() {
        assertThat(ADA).matches("[a-z]{4}-[a-z]{4}-[a-z]{4}").isNotEqualTo(BOB);
        assertThat(DialNumbers.of("ada-0123456789abcdef")).isEqualTo(ADA);
        assertThat(DialNumbers.read(" " + ADA.replace("-", " ").toUpperCase(Locale.ROOT)))
                .contains(ADA);
        assertThat(DialNumbers.read("abcd-efgh")).isEmpty();
        assertThat(DialNumbers.read("<script>alert")).isEmpty();
        assertThat(DialNumbers.read("a".repeat(1_000))).isEmpty();
    }

    @Test
    void shouldReachOnlyWhosePageIsOpen() {
        assertThat(dialing.reach(BOB, 0)).isEqualTo(Reach.ABSENT);
        here(BOB, 0);
        assertThat(dialing.reach(BOB, at(40))).isEqualTo(Reach.FREE);
        assertThat(dialing.reach(BOB, at(41))).isEqualTo(Reach.ABSENT);
        here(BOB, 50);
        dialing.gone(BOB);
        assertThat(dialing.reach(BOB, at(50))).isEqualTo(Reach.ABSENT);
    }

    @Test
    void shouldTellWhoIsRungAtOnceAndTheCallerWhatItSaid() {
        News before = here(BOB, 0);
        CompletableFuture<Void> news = dialing.awaitNews(BOB, before.version());
        assertThat(news).isNotDone();

        Outgoing ring = ring(ADA, BOB, 1);
        assertThat(news).isDone();
        CompletableFuture<Void> answer = dialing.awaitAnswer(ring.secret());
        Incoming incoming = here(BOB, 2).incoming().getFirst();
        assertThat(incoming.number()).isEqualTo(ADA);
        // Not by what the other one knows of it, and not by somebody else.
        assertThat(dialing.answer(BOB, ring.secret(), true, at(3))).isEmpty();
        assertThat(dialing.answer(EVE, incoming.id(), true, at(3))).isEmpty();
        assertThat(answer).isNotDone();

        assertThat(dialing.answer(BOB, incoming.id(), true, at(3)).orElseThrow().code())
                .isEqualTo("code-" + ADA);
        assertThat(answer).isDone();
        assertThat(state(ring, 4)).isEqualTo(State.ACCEPTED);
        assertThat(here(BOB, 4).incoming()).isEmpty();
        assertThat(dialing.answer(BOB, incoming.id(), false, at(4))).isEmpty();
        assertThat(unused).isEmpty();
    }

    @Test
    void shouldForgetTheCallOfWhoDeclines() {
        here(BOB, 0);
        Outgoing ring = ring(ADA, BOB, 1);

        dialing.answer(BOB, here(BOB, 1).incoming().getFirst().id(), false, at(2));

        assertThat(state(ring, 2)).isEqualTo(State.DECLINED);
        assertThat(unused).containsExactly("code-" + ADA);
        assertThat(here(BOB, 2).missed()).isEmpty();
        assertThat(missed).containsExactly(missed(ADA, Why.DECLINED));
    }

    @Test
    void shouldNoteWhatIsMissedUntilThePageHasSeenIt() {
        here(BOB, 0);
        Outgoing first = ring(ADA, BOB, 0);
        assertThat(state(first, 29)).isEqualTo(State.RINGING);
        assertThat(state(first, 30)).isEqualTo(State.MISSED);
        Outgoing second = ring(EVE, BOB, 31);
        dialing.cancel(second.secret());
        assertThat(state(second, 31)).isEqualTo(State.CANCELLED);
        dialing.missed(presence(ADA), BOB, Reach.BUSY, 7);

        News news = here(BOB, 32);
        assertThat(news.incoming()).isEmpty();
        assertThat(news.missed()).extracting(Dialing.Missed::number).containsExactly(ADA, EVE, ADA);
        long seen = news.missed().get(1).id();
        Presence looked = new Presence(BOB, "Bob", false, Set.of(), Set.of(), seen);
        assertThat(dialing.here(looked, at(33)).missed()).hasSize(1);
        assertThat(unused).containsExactly("code-" + ADA, "code-" + EVE);
        assertThat(missed)
                .containsExactly(
                        missed(ADA, Why.UNANSWERED),
                        missed(EVE, Why.CANCELLED),
                        missed(ADA, Why.BUSY));
    }

    @Test
    void shouldBeBusyInACallAndWhileItRings() {
        dialing.here(new Presence(BOB, "Bob", true, Set.of(), Set.of(), 0), 0);
        assertThat(dialing.reach(BOB, 0)).isEqualTo(Reach.BUSY);
        assertThat(dialing.ring(presence(ADA), BOB, false, "code", 0, 0)).isEmpty();

        here(BOB, 1);
        here(ADA, 1);
        Outgoing ring = ring(ADA, BOB, 1);
        assertThat(dialing.reach(BOB, at(2))).isEqualTo(Reach.BUSY);
        assertThat(dialing.reach(ADA, at(2))).isEqualTo(Reach.BUSY);
        assertThat(dialing.ring(presence(EVE), BOB, false, "code", 0, at(2))).isEmpty();
        Presence eve = new Presence(EVE, "Eve", false, Set.of(ADA), Set.of(), 0);
        assertThat(dialing.here(eve, at(2)).contacts())
                .containsExactly(new Dialing.Contact(ADA, Reach.BUSY));
        dialing.cancel(ring.secret());
        assertThat(dialing.reach(BOB, at(3))).isEqualTo(Reach.FREE);
    }

    @Test
    void shouldConnectWithoutAskingOnlyWhereBothAllowIt() {
        Presence ada = new Presence(ADA, "Ada", false, Set.of(), Set.of(BOB), 0);
        Presence bob = new Presence(BOB, "Bob", false, Set.of(), Set.of(ADA), 0);
        dialing.here(ada, 0);
        here(BOB, 0);
        Outgoing asked = ring(ADA, BOB, 0);
        assertThat(here(BOB, 0).incoming().getFirst().instant()).isFalse();
        dialing.cancel(asked.secret());

        dialing.here(bob, 0);
        ring(ADA, BOB, 0);
        assertThat(dialing.here(bob, 0).incoming().getFirst().instant()).isTrue();
    }

    @Test
    void shouldKeepOnlySoMuch() {
        here(BOB, 0);
        for (int i = 0; i < 100; i++) {
            dialing.missed(presence(EVE), BOB, Reach.BUSY, i);
        }
        assertThat(here(BOB, 0).missed()).hasSize(20);
        assertThat(here(BOB, 0).missed().getLast().atMillis()).isEqualTo(99);
        // Whoever is not known misses nothing.
        dialing.missed(presence(EVE), ADA, Reach.ABSENT, 0);
        assertThat(here(ADA, 0).missed()).isEmpty();
        assertThat(missed).hasSize(100);
        for (int i = 0; i < 10_000; i++) {
            here(DialNumbers.of("device-" + i), 1);
        }
        assertThat(dialing.look(BOB, at(1))).isEmpty();
    }
}
