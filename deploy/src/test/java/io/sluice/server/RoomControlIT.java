package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitStatistics;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.room.Origin;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomsListener;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import io.sluice.room.ViewerRule;
import io.sluice.server.client.ClientOptions;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a room does to the media of its participants, and hears in it. */
final class RoomControlIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What the native client says of each audio packet. */
    private static final int LEVEL = 30;

    private static final ClientOptions.Media AUDIO = new ClientOptions.Media(50, 1, 80);

    /** Packets that may come between two looks. */
    private static final long SLACK = 3;

    /** Keeps who speaks. */
    private static final class Ear implements RoomsListener {
        private volatile List<String> speakers = List.of();
        private volatile int level;
        private volatile String leader = "";

        @Override
        public void onRoomStarted(RoomInfo room) {}

        @Override
        public void onRoomEvent(String roomId, String name, RoomEvent event) {
            if (event instanceof RoomEvent.ActiveSpeakers(List<Speaker> now)) {
                level = now.stream().mapToInt(Speaker::audioLevel).min().orElse(0);
                speakers = now.stream().map(Speaker::identity).sorted().toList();
            } else if (event instanceof RoomEvent.DominantSpeakerChanged leads) {
                leader = leads.identity();
            }
        }

        @Override
        public void onRoomEnded(String roomId, String name, RoomEnd reason) {}
    }

    /**
     * Mutes a publisher whose viewer is on its loop, or on another.
     *
     * @param spillBusyShare of the home loop; 0 places everybody on the least busy one
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.7, 0})
    void shouldForwardAndHearNothingOfWhoIsMutedAndGoOnWithoutAHole(double spillBusyShare)
            throws Exception {
        SluiceConfig config =
                TestServer.config()
                        .withRoom(RoomConfig.defaults().withSpillBusyShare(spillBusyShare));
        Ear ear = new Ear();
        try (NativeStage stage = new NativeStage(config);
                AutoCloseable _ = stage.server().sluice().rooms().listen(ear)) {
            stage.expectCuts();
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            Room room = stage.server().sluice().rooms().find("conference").orElseThrow();
            awaitTracks(ada, 2);
            awaitTracks(bob, 2);
            awaitSpeakers(ear, List.of("ada", "bob"));
            assertThat(ear.level).isBetween(LEVEL, LEVEL + 5);
            assertThat(ear.leader).isNotEmpty();

            mute(room, "ada", true);
            awaitSpeakers(ear, List.of("bob"));
            await().atMost(PATIENCE).until(() -> ear.leader.equals("bob"));
            awaitSent(ada, 20);
            long before = packets(bob);
            awaitSent(ada, 50);
            assertThat(packets(bob)).isEqualTo(before);

            mute(room, "ada", false);
            awaitSpeakers(ear, List.of("ada", "bob"));
            awaitMore(bob, 20);
            NativeStage.awaitNothingMissing(bob);
            holdCutOnce(ada, bob);
        }
    }

    /** A wish that comes between two packets of a frame cuts it. */
    private static void holdCutOnce(NativeClient publisher, NativeClient viewer) {
        NativeStage.holdClean(publisher);
        assertThat(viewer.statistics().wrongContent()).isLessThanOrEqualTo(1);
        assertThat(viewer.statistics().srtpRefused()).isZero();
        assertThat(viewer.failures()).isEmpty();
    }

    @Test
    void shouldForwardNothingToWhomThePublisherDoesNotLetWatch() throws Exception {
        try (NativeStage stage = new NativeStage(TestServer.config())) {
            stage.expectCuts();
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            Room room = stage.server().sluice().rooms().find("conference").orElseThrow();
            awaitTracks(bob, 2);
            awaitMore(bob, 20);

            permit(room, "ada", new ViewerRule(false, Map.of()));
            awaitSent(ada, 20);
            long before = packets(bob);
            awaitSent(ada, 50);
            assertThat(packets(bob)).isEqualTo(before);

            permit(room, "ada", ViewerRule.EVERYBODY);
            awaitMore(bob, 20);
            holdCutOnce(ada, bob);
        }
    }

    private static void permit(Room room, String publisher, ViewerRule rule) {
        CompletableFuture<RoomInfo> described = new CompletableFuture<>();
        room.submit(new RoomCommand.Describe(described));
        described.orTimeout(10, TimeUnit.SECONDS).join().participants().stream()
                .filter(one -> one.identity().equals(publisher))
                .forEach(one ->
                        room.submit(new RoomCommand.PermitViewers(one.participantId(), rule)));
    }

    @Test
    void shouldForwardTheLoudestOnlyInALargeRoom() throws Exception {
        SluiceConfig config =
                TestServer.config()
                        .withRoom(
                                RoomConfig.defaults()
                                        .withLoudestAudio(new RoomConfig.LoudestAudio(1, 3)));
        try (NativeStage stage = new NativeStage(config)) {
            NativeClient ada = stage.join(stage.options("ada").media(AUDIO, null));
            NativeClient bob = stage.join(stage.options("bob").media(AUDIO, null));
            ada.speakAt(20);
            bob.speakAt(60);
            awaitTracks(ada, 1);
            NativeClient eve = stage.join(stage.options("eve").viewer());
            awaitTracks(eve, 2);
            awaitOnlyFrom(eve, ada);

            bob.speakAt(10);
            awaitOnlyFrom(eve, bob);
            NativeStage.awaitNothingMissing(eve);
        }
    }

    private static void awaitOnlyFrom(NativeClient viewer, NativeClient speaker) {
        String speakerId = Objects.requireNonNull(speaker.statistics().participantId());
        await().atMost(PATIENCE)
                .until(() -> {
                    long spoken = packets(viewer, speakerId);
                    long all = packets(viewer);
                    awaitSent(speaker, 20);
                    long more = packets(viewer, speakerId) - spoken;
                    return more > 0 && packets(viewer) - all <= more + SLACK;
                });
    }

    private static long packets(NativeClient viewer, String speakerId) {
        return viewer.statistics().live().stream()
                .filter(track -> speakerId.equals(track.participantId()))
                .mapToLong(ClientStatistics.Received::packets)
                .sum();
    }

    private static void awaitSpeakers(Ear ear, List<String> identities) {
        await().atMost(PATIENCE).until(() -> ear.speakers.equals(identities));
    }

    private static void mute(Room room, String identity, boolean muted) {
        CompletableFuture<RoomInfo> described = new CompletableFuture<>();
        room.submit(new RoomCommand.Describe(described));
        for (TrackInfo track : described.orTimeout(10, TimeUnit.SECONDS).join().tracks()) {
            if (track.identity().equals(identity)) {
                CompletableFuture<TrackInfo> done = new CompletableFuture<>();
                room.submit(new RoomCommand.Mute(track.trackId(), muted, Origin.ROOM, "", done));
                done.orTimeout(10, TimeUnit.SECONDS).join();
            }
        }
    }

    private static void awaitSent(NativeClient client, int packets) {
        long before = sent(client.statistics());
        awaitStatistics(client, packets + " sent", seen -> sent(seen) >= before + packets);
    }

    private static long sent(ClientStatistics seen) {
        return seen.sent().stream().mapToLong(ClientStatistics.Sent::packets).sum();
    }

    private static long packets(NativeClient client) {
        return client.statistics().live().stream()
                .mapToLong(ClientStatistics.Received::packets)
                .sum();
    }
}
