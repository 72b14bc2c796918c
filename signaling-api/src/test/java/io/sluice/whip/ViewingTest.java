package io.sluice.whip;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.room.Joined;
import io.sluice.room.Muting;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.TrackDetails;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which tracks a viewer's sections carry. */
final class ViewingTest {
    private static final TrackInfo ADA_VOICE = track("ada", Codec.OPUS, TrackSource.MICROPHONE);
    private static final TrackInfo ADA_FACE = track("ada", Codec.VP8, TrackSource.CAMERA);
    private static final TrackInfo ADA_SCREEN = track("ada", Codec.VP8, TrackSource.SCREEN_SHARE);
    private static final TrackInfo BOB_VOICE = track("bob", Codec.OPUS, TrackSource.MICROPHONE);
    private static final TrackInfo BOB_FACE = track("bob", Codec.VP8, TrackSource.CAMERA);
    private static final TrackInfo CYD_FACE = track("cyd", Codec.AV1, TrackSource.CAMERA);

    private static TrackInfo track(String who, Codec codec, TrackSource source) {
        return track(who, codec, source, TrackDetails.NONE);
    }

    private static TrackInfo track(
            String who, Codec codec, TrackSource source, TrackDetails details) {
        return new TrackInfo(
                "TR_" + who + source,
                "PA_" + who,
                who,
                codec.kind(),
                source,
                new CodecFormat(codec, Map.of()),
                Muting.NONE,
                details);
    }

    private static Viewing viewing(@Nullable String identity, TrackInfo... tracks) {
        ParticipantInfo self = new ParticipantInfo("PA_v", "viewer", "", "", Instant.EPOCH);
        RoomInfo room =
                new RoomInfo(
                        "RM_1",
                        "hall",
                        Instant.EPOCH,
                        RoomSettings.defaults(RoomConfig.defaults()),
                        List.of(),
                        List.of(tracks));
        LocalTransport local =
                new LocalTransport(
                        "localfrag",
                        "localpasswordlocalpassword",
                        "sha-256 " + "AB:".repeat(31) + "AB",
                        List.of(),
                        "cname0");
        Viewing viewing = new Viewing(new SecureRandom(), identity);
        String offer =
                WhipServer.offer("recvonly", "audio", "video").replace("H264/90000", "VP8/90000");
        viewing.answer(SessionDescription.parse(offer), new Joined(self, local, room));
        return viewing;
    }

    private static List<String> carried(Viewing viewing) {
        return viewing.send().stream().map(SendSection::trackId).sorted().toList();
    }

    private static List<String> ids(TrackInfo... tracks) {
        return List.of(tracks).stream().map(TrackInfo::trackId).sorted().toList();
    }

    private static RoomEvent leads(String who) {
        return new RoomEvent.DominantSpeakerChanged("PA_" + who, who);
    }

    @Test
    void shouldFollowWhoLeads() {
        Viewing viewing = viewing(null, ADA_VOICE, ADA_FACE, BOB_VOICE, BOB_FACE);
        assertThat(carried(viewing)).isEqualTo(ids(ADA_VOICE, ADA_FACE));
        List<Integer> ssrcs = viewing.send().stream().map(SendSection::ssrc).toList();
        assertThat(viewing.note(leads("bob"))).isTrue();
        assertThat(carried(viewing)).isEqualTo(ids(BOB_VOICE, BOB_FACE));
        assertThat(viewing.send()).extracting(SendSection::ssrc).isEqualTo(ssrcs);
        assertThat(viewing.note(leads("bob"))).isFalse();
    }

    @Test
    void shouldKeepThePictureWhereTheLeaderHasNone() {
        Viewing viewing = viewing(null, ADA_VOICE, ADA_FACE, BOB_VOICE);
        assertThat(viewing.note(leads("bob"))).isTrue();
        assertThat(carried(viewing)).isEqualTo(ids(BOB_VOICE, ADA_FACE));
        assertThat(viewing.note(new RoomEvent.TrackPublished(BOB_FACE))).isTrue();
        assertThat(carried(viewing)).isEqualTo(ids(BOB_VOICE, BOB_FACE));
    }

    @Test
    void shouldNotGoOverToWhatItCannotDecode() {
        Viewing viewing = viewing(null, ADA_FACE, CYD_FACE);
        assertThat(viewing.note(leads("cyd"))).isFalse();
        assertThat(carried(viewing)).isEqualTo(ids(ADA_FACE));
    }

    private static final TrackInfo CYD_PROMISES =
            track("cyd", Codec.AV1, TrackSource.CAMERA, TrackDetails.NONE.withBackup(true, ""));

    private static final TrackInfo CYD_IN_BOTH =
            CYD_PROMISES.with(List.of(new TrackInfo.Backup(ADA_FACE.format(), List.of())));

    @Test
    void shouldAwaitOnlyWhatItWouldShowBeforeWhatItShows() {
        Viewing viewing = viewing(null, ADA_FACE, CYD_PROMISES);
        assertThat(viewing.awaited()).isEmpty();
        assertThat(viewing.note(leads("cyd"))).isFalse();
        assertThat(viewing.awaited()).isEqualTo(Set.of(CYD_FACE.trackId()));
        assertThat(viewing.note(new RoomEvent.BackupsChanged(CYD_IN_BOTH))).isTrue();
        assertThat(carried(viewing)).isEqualTo(ids(CYD_FACE));
        assertThat(viewing.awaited()).isEmpty();
    }

    @Test
    void shouldLeaveACodecThatEndsAndTakeItWhenItComesAnew() {
        Viewing viewing = viewing(null, ADA_FACE, CYD_IN_BOTH);
        assertThat(viewing.note(leads("cyd"))).isTrue();
        assertThat(viewing.note(new RoomEvent.BackupsChanged(CYD_PROMISES))).isTrue();
        assertThat(carried(viewing)).isEqualTo(ids(ADA_FACE));
        assertThat(viewing.awaited()).isEqualTo(Set.of(CYD_FACE.trackId()));

        Viewing alone = viewing("cyd", CYD_IN_BOTH);
        assertThat(alone.note(new RoomEvent.BackupsChanged(CYD_PROMISES))).isFalse();
        assertThat(alone.awaited()).isEqualTo(Set.of(CYD_FACE.trackId()));
        assertThat(alone.note(new RoomEvent.BackupsChanged(CYD_IN_BOTH))).isTrue();
    }

    @Test
    void shouldShowOneParticipantAndItsReturn() {
        Viewing viewing = viewing("bob", ADA_VOICE, ADA_FACE);
        assertThat(viewing.send()).isEmpty();
        assertThat(viewing.note(new RoomEvent.TrackPublished(BOB_FACE))).isTrue();
        assertThat(viewing.note(leads("ada"))).isFalse();
        assertThat(carried(viewing)).isEqualTo(ids(BOB_FACE));
        // What is gone stays until something comes: an SSRC does not begin twice.
        assertThat(viewing.note(new RoomEvent.TrackUnpublished(BOB_FACE))).isFalse();
        assertThat(carried(viewing)).isEqualTo(ids(BOB_FACE));
        TrackInfo again =
                new TrackInfo(
                        "TR_again",
                        "PA_bob2",
                        "bob",
                        MediaKind.VIDEO,
                        TrackSource.CAMERA,
                        BOB_FACE.format(),
                        Muting.NONE);
        assertThat(viewing.note(new RoomEvent.TrackPublished(again))).isTrue();
        assertThat(carried(viewing)).containsExactly("TR_again");
    }

    @Test
    void shouldPreferTheFaceToTheScreenAndStayWithIt() {
        Viewing viewing = viewing("ada", ADA_SCREEN);
        assertThat(carried(viewing)).isEqualTo(ids(ADA_SCREEN));
        assertThat(viewing.note(new RoomEvent.TrackPublished(ADA_FACE))).isTrue();
        assertThat(carried(viewing)).isEqualTo(ids(ADA_FACE));
    }
}
