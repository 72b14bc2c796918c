package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.Loop;
import io.sluice.transport.NegotiatedCodec;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import io.sluice.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One track in two codecs: who is asked for the second one, and who gets it. */
final class BackupsTest extends RoomFixture {
    private static final NegotiatedCodec VP8 = codec(Codec.VP8, 96);
    private static final NegotiatedCodec VP9 = codec(Codec.VP9, 98);
    private static final TrackDetails PROMISED = details(true, "");
    private static final TrackInfo.Backup IN_VP8 = new TrackInfo.Backup(VP8.format(), List.of());

    private Guest ada;
    private Guest bob;

    private static NegotiatedCodec codec(Codec codec, int payloadType) {
        return new NegotiatedCodec(
                new CodecFormat(codec, Map.of()),
                payloadType,
                NegotiatedCodec.NO_RTX,
                true,
                true,
                true);
    }

    private static TrackDetails details(boolean backupPromised, String backupOf) {
        return TrackDetails.NONE.withBackup(backupPromised, backupOf);
    }

    private static ReceiveSection camera(String mid, String trackId, NegotiatedCodec codec) {
        return new ReceiveSection(
                mid,
                trackId,
                MediaKind.VIDEO,
                TrackSource.CAMERA,
                List.of(codec),
                Map.of(),
                Map.of(),
                List.of());
    }

    private static SendSection watches(NegotiatedCodec codec) {
        return new SendSection("0", "TR_v", codec, Map.of(), 1, 0);
    }

    private void publish(Guest who, Map<String, TrackDetails> details, ReceiveSection... sections) {
        CompletableFuture<Void> reply = new CompletableFuture<>();
        rooms.room("r")
                .submit(
                        new RoomCommand.Negotiated(
                                who.id(),
                                Leg.FIRST,
                                REMOTE,
                                List.of(sections),
                                List.of(),
                                details,
                                reply));
        reply.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private void publishBoth() {
        publish(
                ada,
                Map.of("TR_v", PROMISED, "TR_b", details(false, "TR_v")),
                camera("0", "TR_v", VP9),
                camera("1", "TR_b", VP8));
    }

    private void need(String... trackIds) {
        rooms.room("r").submit(new RoomCommand.NeedBackups(bob.id(), Set.of(trackIds)));
    }

    private List<TrackInfo> tracks() {
        return ask(rooms.room("r"), RoomCommand.Describe::new).tracks();
    }

    private static List<RoomEvent> heard(Guest who) {
        return who.events.stream()
                .filter(event ->
                        event instanceof RoomEvent.BackupWanted
                                || event instanceof RoomEvent.BackupsChanged)
                .toList();
    }

    @BeforeEach
    void publish() {
        ada = join("r", "ada");
        bob = join("r", "bob");
        publish(ada, Map.of("TR_v", PROMISED), camera("0", "TR_v", VP9));
    }

    @Test
    void shouldAskForAnotherCodecWhileSomebodyNeedsIt() {
        Guest cleo = join("r", "cleo");
        String cleoId = cleo.id();
        need("TR_v", "TR_of_nobody");
        rooms.room("r").submit(new RoomCommand.NeedBackups(cleoId, Set.of("TR_v")));
        need();
        tracks();
        RoomEvent wanted = new RoomEvent.BackupWanted("TR_v", true, Map.of());
        assertThat(heard(ada)).containsExactly(wanted);
        rooms.room("r").submit(new RoomCommand.Leave(cleoId, LeaveReason.LEFT));
        rooms.room("r").submit(new RoomCommand.NeedBackups(cleoId, Set.of("TR_v")));
        tracks();
        assertThat(heard(ada))
                .containsExactly(wanted, new RoomEvent.BackupWanted("TR_v", false, Map.of()));
    }

    @Test
    void shouldNotAskForAnotherCodecForWhoMayNotWatch() {
        permit(new ViewerRule(false, Map.of()));
        need("TR_v");
        tracks();
        assertThat(heard(ada)).isEmpty();

        permit(ViewerRule.EVERYBODY);
        RoomEvent wanted = new RoomEvent.BackupWanted("TR_v", true, Map.of());
        tracks();
        assertThat(heard(ada)).containsExactly(wanted);

        permit(new ViewerRule(false, Map.of()));
        tracks();
        RoomEvent unwanted = new RoomEvent.BackupWanted("TR_v", false, Map.of());
        assertThat(heard(ada)).containsExactly(wanted, unwanted);
    }

    /** As when a publisher may not publish for a while: the viewer's session needs not even notice. */
    @Test
    void shouldAskAgainForATrackThatComesAgain() {
        need("TR_v");
        publish(ada, Map.of());
        publish(ada, Map.of("TR_v", PROMISED), camera("0", "TR_v", VP9));
        tracks();
        RoomEvent wanted = new RoomEvent.BackupWanted("TR_v", true, Map.of());
        assertThat(heard(ada)).containsExactly(wanted, wanted);

        permit(new ViewerRule(false, Map.of()));
        publish(ada, Map.of());
        publish(ada, Map.of("TR_v", PROMISED), camera("0", "TR_v", VP9));
        tracks();
        RoomEvent unwanted = new RoomEvent.BackupWanted("TR_v", false, Map.of());
        assertThat(heard(ada)).containsExactly(wanted, wanted, unwanted);
    }

    private void permit(ViewerRule rule) {
        rooms.room("r").submit(new RoomCommand.PermitViewers(ada.id(), rule));
    }

    @Test
    void shouldShowOneTrackInTwoCodecs() {
        publishBoth();
        TrackInfo both = tracks().getFirst();
        assertThat(tracks()).hasSize(1);
        assertThat(both.format()).isEqualTo(VP9.format());
        assertThat(both.backups()).containsExactly(IN_VP8);
        assertThat(both.formats()).containsExactly(VP9.format(), VP8.format());
        assertThat(heard(bob)).containsExactly(new RoomEvent.BackupsChanged(both));
        assertThat(heard(ada))
                .containsExactly(new RoomEvent.BackupWanted("TR_v", true, Map.of("0", true)));

        TrackInfo muted =
                ask(
                        rooms.room("r"),
                        reply -> new RoomCommand.Mute("TR_v", true, Origin.ROOM, "", reply));
        assertThat(muted.backups()).isEqualTo(both.backups());

        publish(ada, Map.of(), camera("0", "TR_v", VP9));
        assertThat(tracks().getFirst().backups()).isEmpty();
        assertThat(heard(bob)).last().isEqualTo(new RoomEvent.BackupsChanged(tracks().getFirst()));
        publish(ada, Map.of());
        assertThat(tracks()).isEmpty();
    }

    @Test
    void shouldTakeNoBackupThatIsNone() {
        Guest eve = join("r", "eve");
        publish(eve, Map.of("TR_e", details(false, "TR_v")), camera("0", "TR_e", VP8));
        publish(
                ada,
                Map.of("TR_w", details(false, "TR_v")),
                camera("0", "TR_v", VP9),
                camera("1", "TR_w", VP9));
        publish(
                ada,
                Map.of("TR_x", details(false, "TR_none")),
                camera("0", "TR_v", VP9),
                camera("1", "TR_x", VP8));
        assertThat(tracks()).hasSize(1);
        assertThat(tracks().getFirst().backups()).isEmpty();
        assertThat(heard(bob)).isEmpty();
        // What nobody heard of ends quietly.
        publish(eve, Map.of());
        assertThat(tracks()).hasSize(1);
    }

    @Test
    void shouldLetAViewerChangeBetweenTheCodecs() {
        publishBoth();
        for (NegotiatedCodec codec : List.of(VP8, VP9, VP8)) {
            negotiate("r", bob, List.of(), List.of());
            negotiate("r", bob, List.of(), List.of(watches(codec)));
            ViewerWish wish =
                    ask(
                            rooms.room("r"),
                            reply ->
                                    new RoomCommand.Wish(
                                            bob.id(),
                                            "TR_v",
                                            Origin.PARTICIPANT,
                                            one -> one,
                                            reply));
            assertThat(wish).isEqualTo(ViewerWish.EVERYTHING);
        }
        assertThat(ada.events)
                .filteredOn(RoomEvent.TrackWatched.class::isInstance)
                .containsExactly(new RoomEvent.TrackWatched("TR_v"));
    }

    private static PublishedTrack track(String key, NegotiatedCodec codec, String of, Loop loop) {
        ReceiveSection section = camera("0", key, codec);
        TrackInfo info =
                new TrackInfo(
                        of.isEmpty() ? key : of,
                        "PA_a",
                        "ada",
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        codec.format(),
                        Muting.NONE,
                        details(of.isEmpty(), of));
        return new PublishedTrack(key, info, Transport.track(section, loop), loop);
    }

    private static Participant participant(Participants all, String name, Loop loop) {
        ParticipantInfo info = new ParticipantInfo("PA_" + name, name, name, "", NOW);
        Mailbox none = new Mailbox(loop, info, DataDialect.BARE, false, Mailbox.Outlet.NONE);
        Participant participant = new Participant(info, _ -> {}, loop, null, none, null);
        all.add(participant);
        return participant;
    }

    /** A client may say it as often as it likes: it must not cost a walk over all that is in the room. */
    @Test
    void shouldLookOnlyAtWhatIsNeeded() {
        Loop loop = loops.all().getFirst();
        Participants all = new Participants(_ -> {}, _ -> {});
        Publications publications = new Publications(all, new Loudest(RoomConfig.LoudestAudio.OFF));
        Participant publisher = participant(all, "a", loop);
        Participant viewer = participant(all, "b", loop);
        List<String> ids = List.of("TR_1", "TR_2", "TR_3", "TR_4", "TR_5");
        for (String id : ids) {
            PublishedTrack published = track(id, VP9, "", loop);
            publisher.published().put(id, published);
            publications.announce(publisher, List.of(published));
            loop.execute(published.track()::close);
        }

        List<String> seen = new ArrayList<>();
        publications.needBackups(
                "PA_b", Set.of("TR_2", "TR_gone"), track -> seen.add(track.trackId()));
        assertThat(seen).containsExactly("TR_2");

        Wishes wishes = new Wishes(rooms.config(), loop, all, publications, true);
        wishes.needBackups("PA_b", Set.copyOf(ids));
        assertThat(viewer.backupsNeeded()).hasSize(rooms.config().maxSubscriptionsPerParticipant());

        assertThat(wishes.permit("PA_a", ViewerRule.NOBODY)).isTrue();
        assertThat(wishes.permit("PA_a", new ViewerRule(false, Map.of()))).isFalse();
        assertThat(wishes.permit("PA_gone", ViewerRule.NOBODY)).isFalse();
    }

    @Test
    void shouldGiveEachViewerTheCodecThatItWasPromised() {
        Loop loop = loops.all().getFirst();
        PublishedTrack first = track("TR_v", VP9, "", loop);
        PublishedTrack second = track("TR_x", VP8, "TR_v", loop);

        first.backup(second);
        assertThat(first.in(Codec.VP9)).isSameAs(first);
        assertThat(first.in(Codec.VP8)).isSameAs(second);
        assertThat(first.in(Codec.H264)).isNull();
        first.backup(null);
        assertThat(first.in(Codec.VP8)).isNull();
        loop.execute(first.track()::close);
        loop.execute(second.track()::close);
    }
}
