package io.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.history.HistoryCounters.Drop;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomMessage;
import io.sluice.room.RoomSettings;
import io.sluice.room.RoomsListener;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The history in both of its databases. */
final class HistoryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SOME_DAY_MILLIS = 1_790_000_000_000L;

    private static final List<String> NAMES =
            List.of(
                    "Ada",
                    "Robert'); DROP TABLE history_event;--",
                    "=HYPERLINK(\"http://evil.example\")",
                    "a\0b\\ \"c\" 50% _x",
                    "👩‍🚀 Ünï\ncödé");

    private static @Nullable Postgres postgres;

    /** Where a test keeps its history; another call in each test, since PostgreSQL is the same. */
    private enum Database {
        H2,
        POSTGRESQL
    }

    @TempDir private Path directory;

    /** Passes only when the test says so. */
    private final AtomicLong nowMillis = new AtomicLong(SOME_DAY_MILLIS);

    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    private final HistoryCounters counters = new HistoryCounters();

    @BeforeAll
    static void startPostgres() throws Exception {
        if (Postgres.installed().isPresent()) {
            postgres = Postgres.start();
        }
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        if (postgres != null) {
            postgres.end();
        }
    }

    private static Postgres postgres() {
        Postgres there = postgres;
        assumeTrue(there != null, "PostgreSQL (Debian's package postgresql) is not here");
        return Objects.requireNonNull(there);
    }

    private HistoryConfig config(Database database) {
        HistoryConfig local = HistoryConfig.defaults(directory);
        return switch (database) {
            case H2 -> local;
            case POSTGRESQL -> local.withDatabase(postgres().url(), null, null);
        };
    }

    private History open(HistoryConfig config) throws IOException {
        return History.open(config, clock, counters, new Random());
    }

    private static void tell(
            History history, EventKind kind, String call, String who, String name, String detail) {
        history.tell(history.event(kind, call, "room of " + call, who, who, name, detail));
    }

    private void call(History history, String call) {
        tell(history, EventKind.STARTED, call, "", "", "{\"title\":\"Tea time\"}");
        for (int i = 0; i < NAMES.size(); i++) {
            nowMillis.addAndGet(1_000);
            tell(history, EventKind.JOINED, call, call + i, NAMES.get(i), "{}");
            tell(history, EventKind.CHAT, call, call + i, NAMES.get(i), "{\"text\":\"hi\"}");
        }
        nowMillis.addAndGet(60_000);
        for (int i = 0; i < NAMES.size(); i++) {
            tell(history, EventKind.QUALITY, call, call + i, NAMES.get(i), "{\"seconds\":{}}");
            tell(history, EventKind.LEFT, call, call + i, NAMES.get(i), "{\"reason\":\"left\"}");
        }
        tell(history, EventKind.ENDED, call, "", "", "{\"reason\":\"empty\"}");
    }

    private static <T> T now(CompletableFuture<T> reply) {
        return reply.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static EventQuery of(String call) {
        return new EventQuery(call, null, null, null, null, null, null, 0, 1_000);
    }

    private static CallQuery calls(@Nullable String call, @Nullable String text) {
        return new CallQuery(call, null, null, text, null, null, Long.MAX_VALUE, 100);
    }

    private static void awaitDatabase(History history) {
        await().atMost(PATIENCE).until(() -> history.counters().connected() == 1);
    }

    /** What is to be the same in all databases. */
    private static List<String> told(List<KeptEvent> events) {
        return events.stream()
                .map(one ->
                        String.join(
                                "|",
                                one.kind(),
                                one.at().toString(),
                                one.room(),
                                one.identity(),
                                one.name(),
                                one.detail().toString()))
                .toList();
    }

    @Test
    void shouldHoldTheSameAfterTheSameRunInBothDatabases() throws IOException {
        List<List<String>> held = new ArrayList<>();
        for (Database database : Database.values()) {
            HistoryConfig config = config(database);
            nowMillis.set(SOME_DAY_MILLIS);
            try (History history = open(config)) {
                awaitDatabase(history);
                call(history, "RM_same");
                await().atMost(PATIENCE)
                        .until(() ->
                                now(history.events(of("RM_same"))).size() == 2 + 4 * NAMES.size());
                held.add(told(now(history.events(of("RM_same")))));
                KeptCall call = now(history.calls(calls("RM_same", "tEA"))).getFirst();
                held.getLast().forEach(one -> assertThat(one).doesNotContain("\0"));
                assertThat(call.endReason()).isEqualTo("empty");
                assertThat(call.people()).hasSize(NAMES.size());
            }
        }
        assertThat(held.getFirst()).isEqualTo(held.getLast());
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindNothingThatWasNotAskedForAndLoseNothingByInjection(Database database)
            throws IOException {
        String call = "RM_find" + database;
        try (History history = open(config(database))) {
            awaitDatabase(history);
            call(history, call);
            await().atMost(PATIENCE)
                    .until(() -> now(history.events(of(call))).size() == 2 + 4 * NAMES.size());
            for (String text : List.of("drop table", "50% _x", "evil.example", "ünï", "👩‍🚀")) {
                assertThat(now(history.calls(calls(call, text)))).as(text).hasSize(1);
            }
            for (String text : List.of("' OR '1'='1", "%zzz%", "50%__x", "!%")) {
                assertThat(now(history.calls(calls(call, text)))).as(text).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEraseAPersonAndForgetWhatIsOld(Database database) throws IOException {
        String call = "RM_erase" + database;
        try (History history = open(config(database))) {
            awaitDatabase(history);
            call(history, call);
            // By then all that was told stands there.
            await().atMost(PATIENCE)
                    .until(() -> now(history.events(of(call))).size() == 2 + 4 * NAMES.size());
            assertThat(now(history.erase(call + 0))).isEqualTo(4);
            assertThat(told(now(history.events(of(call)))))
                    .hasSize(2 + 4 * (NAMES.size() - 1))
                    .noneMatch(one -> one.contains("Ada"));
        }
        nowMillis.addAndGet(Duration.ofDays(91).toMillis());
        try (History later = open(config(database))) {
            awaitDatabase(later);
            await().atMost(PATIENCE).until(() -> now(later.events(of(call))).isEmpty());
            assertThat(now(later.calls(calls(call, null)))).isEmpty();
        }
    }

    /** As when the process dies: its journal is there, the end of the call is not. */
    @ParameterizedTest
    @EnumSource
    void shouldEndTheCallsOfALifeThatEndedWithoutAWord(Database database) throws IOException {
        String call = "RM_lost" + database;
        try (History before = open(config(database))) {
            awaitDatabase(before);
            tell(before, EventKind.STARTED, call, "", "", "{}");
            tell(before, EventKind.JOINED, call, "PA_stays" + database, "Ada", "{}");
            tell(before, EventKind.JOINED, call, "PA_leaves" + database, "Bob", "{}");
            nowMillis.addAndGet(5_000);
            tell(before, EventKind.LEFT, call, "PA_leaves" + database, "Bob", "{}");
            await().atMost(PATIENCE).until(() -> now(before.events(of(call))).size() == 4);
            assertThat(now(before.calls(calls(call, null))).getFirst().endedAt()).isNull();
        }
        nowMillis.addAndGet(3_600_000);
        try (History after = open(config(database))) {
            awaitDatabase(after);
            await().atMost(PATIENCE).until(() -> now(after.events(of(call))).size() == 6);
            List<KeptEvent> events = now(after.events(of(call)));
            assertThat(events.get(4).kind()).isEqualTo("left");
            assertThat(events.get(4).name()).isEqualTo("Ada");
            assertThat(events.get(5).kind()).isEqualTo("ended");
            KeptCall ended = now(after.calls(calls(call, null))).getFirst();
            assertThat(ended.endReason()).isEqualTo("server_lost");
            // When it was last known to live, and not when somebody started it again.
            assertThat(ended.endedAt())
                    .isBetween(ended.startedAt(), ended.startedAt().plusSeconds(3_000));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepWhatWasMissedAsACallUntilItsCallerIsErased(Database database)
            throws IOException {
        try (History history = open(config(database))) {
            awaitDatabase(history);
            String from = "number-of-ada-" + database;
            history.tellMissed(from, "Ada", "abcd-efgh-ijkl", "unanswered");

            EventQuery missed =
                    new EventQuery(null, "sluice-dial", from, null, null, null, null, 0, 10);
            await().atMost(PATIENCE).until(() -> now(history.events(missed)).size() == 1);
            KeptEvent one = now(history.events(missed)).getFirst();
            assertThat(one.kind()).isEqualTo("missed");
            assertThat(one.name()).isEqualTo("Ada");
            assertThat(one.detail().path("to").asText()).isEqualTo("abcd-efgh-ijkl");
            assertThat(one.detail().path("reason").asText()).isEqualTo("unanswered");
            List<KeptEvent> all = now(history.events(of(one.callId())));
            assertThat(all)
                    .extracting(KeptEvent::kind)
                    .containsExactly("started", "missed", "ended");
            assertThat(now(history.erase(from))).isEqualTo(1);
            assertThat(now(history.events(missed))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEraseWhatIsKeptOfWhoWasCalled(Database database) throws IOException {
        try (History history = open(config(database))) {
            awaitDatabase(history);
            String from = "number-of-eve-" + database;
            String bob = "bob'); DROP TABLE history_event;--" + database;
            for (String to : List.of(bob, "number-of-carol", bob)) {
                history.tellMissed(from, "Eve", to, "unanswered");
            }
            EventQuery missed =
                    new EventQuery(null, "sluice-dial", from, null, null, null, null, 0, 10);
            await().atMost(PATIENCE).until(() -> now(history.events(missed)).size() == 3);

            assertThat(now(history.erase(bob))).isEqualTo(2);
            assertThat(told(now(history.events(missed))))
                    .singleElement()
                    .asString()
                    .contains("number-of-carol");
        }
    }

    @Test
    void shouldKeepTheChatOnlyWhereTheRoomSaysSo() throws IOException {
        ParticipantInfo ada = new ParticipantInfo("PA_ada", "ada", "Ada", "", Instant.EPOCH);
        try (History history = open(config(Database.H2))) {
            awaitDatabase(history);
            RoomsListener rooms = history.listener();
            for (String metadata : List.of("{\"keepChat\":true}", "", "no JSON", "[1]")) {
                String room = "RM_chat" + metadata.length();
                rooms.onRoomStarted(
                        new RoomInfo(
                                room,
                                "tea",
                                clock.instant(),
                                new RoomSettings(
                                        10,
                                        Duration.ZERO,
                                        metadata,
                                        RoomSettings.DEFAULT_CODECS,
                                        true),
                                List.of(),
                                List.of()));
                rooms.onRoomEvent(room, "tea", new RoomEvent.ParticipantConnected(ada));
                for (String said :
                        List.of(
                                "{\"type\":\"chat\",\"id\":\"a\",\"text\":\"hello\"}",
                                // As a page repeats what it said before a cut of its network.
                                "{\"type\":\"chat\",\"id\":\"a\",\"text\":\"hello\"}",
                                "{\"type\":\"hand\",\"up\":true}",
                                "{\"type\":\"chat\",\"text\":\" \"}",
                                "[".repeat(5_000),
                                "{\"type\":\"chat\",\"text\":\"" + "x".repeat(20_000) + "\"}")) {
                    rooms.onMessage(room, "tea", message(ada, said, List.of()));
                }
                String secret = "{\"type\":\"chat\",\"text\":\"for bob\"}";
                rooms.onMessage(room, "tea", message(ada, secret, List.of("bob")));
                rooms.onRoomEnded(room, "tea", RoomEnd.EMPTY);
            }
            EventQuery ends =
                    new EventQuery(null, "tea", null, EventKind.ENDED, null, null, null, 0, 10);
            await().atMost(PATIENCE).until(() -> now(history.events(ends)).size() == 4);
            EventQuery chat =
                    new EventQuery(null, "tea", null, EventKind.CHAT, null, null, null, 0, 10);
            assertThat(now(history.events(chat)))
                    .singleElement()
                    .satisfies(one -> {
                        assertThat(one.detail().path("text").asText()).isEqualTo("hello");
                        assertThat(one.callId()).isEqualTo("RM_chat17");
                    });
        }
    }

    private static RoomMessage message(ParticipantInfo from, String said, List<String> to) {
        ChannelOptions channel =
                new ChannelOptions(
                        "chat", "", true, ChannelOptions.UNLIMITED, ChannelOptions.UNLIMITED);
        byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
        return new RoomMessage(from, channel, new DataMessage(DataMessage.Kind.STRING, bytes), to);
    }

    @Test
    void shouldKeepEventsWhileTheDatabaseIsAwayAndWriteThemInOrder() throws Exception {
        Postgres away = postgres();
        String call = "RM_away";
        InstantSource passing = InstantSource.system();
        HistoryConfig config = config(Database.POSTGRESQL);
        try (History history = History.open(config, passing, counters, new Random())) {
            awaitDatabase(history);
            tell(history, EventKind.STARTED, call, "", "", "{}");
            await().atMost(PATIENCE).until(() -> now(history.events(of(call))).size() == 1);

            away.stop();
            for (int i = 0; i < 3_000; i++) {
                tell(history, EventKind.CHAT, call, "PA_ada", "Ada", "{\"text\":\"" + i + "\"}");
            }
            await().atMost(PATIENCE).until(() -> counters.connected() == 0);
            await().atMost(PATIENCE).until(() -> counters.queuedBytes() > 100_000);
            assertThatThrownBy(() -> now(history.events(of(call))))
                    .hasCauseInstanceOf(HistoryUnavailableException.class);

            away.resume();
            await().atMost(PATIENCE).until(() -> counters.queuedBytes() == 0);
            List<KeptEvent> first = now(history.events(of(call)));
            List<KeptEvent> all = new ArrayList<>(first);
            while (!first.isEmpty()) {
                first = now(history.events(of(call).after(first.getLast().key(), 1_000)));
                all.addAll(first);
            }
            assertThat(all).hasSize(3_001);
            for (int i = 0; i < 3_000; i++) {
                assertThat(all.get(i + 1).detail().path("text").asText())
                        .isEqualTo(Integer.toString(i));
            }
            for (Drop why : Drop.values()) {
                assertThat(counters.dropped(why)).as(why.name()).isZero();
            }
        }
    }
}
