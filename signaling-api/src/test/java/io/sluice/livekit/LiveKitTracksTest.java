package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.plain.ScriptedRoom;
import io.sluice.room.Guise;
import io.sluice.room.Muting;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.TrackDetails;
import io.sluice.room.TrackInfo;
import io.sluice.transport.ReceiveSection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import livekit.LivekitModels;
import livekit.LivekitModels.Encryption;
import livekit.LivekitModels.SimulcastCodecInfo;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.SimulcastCodec;
import livekit.LivekitRtc.SubscribedQuality;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients of the LiveKit protocol publish, and what they are sent. */
final class LiveKitTracksTest extends LiveKitServerTest {
    @Test
    void publishesATrackUnderTheIdThatItWasAnnouncedWith() {
        SignalClient ada = joined("ada");
        ada.send(addTrack(label("audio"), TrackType.AUDIO));
        ada.send(addTrack(label("video"), TrackType.VIDEO));
        var microphone = ada.next(MessageCase.TRACK_PUBLISHED).getTrackPublished();
        var camera = ada.next(MessageCase.TRACK_PUBLISHED).getTrackPublished();
        assertThat(microphone.getCid()).isEqualTo(label("audio"));
        assertThat(camera.getTrack().getSid()).startsWith("TR_");
        ada.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        RoomCommand.Negotiated agreed = room.agree();
        assertThat(agreed.receive())
                .extracting(ReceiveSection::trackId)
                .containsExactlyInAnyOrder(
                        microphone.getTrack().getSid(), camera.getTrack().getSid());
        assertThat(agreed.details().values())
                .extracting(TrackDetails::name)
                .containsExactlyInAnyOrder("my audio", "my video");
        ada.next(MessageCase.ANSWER);
        var self = ada.next(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertThat(self.getIdentity()).isEqualTo("ada");
        assertThat(self.getTracksList()).hasSize(2);
    }

    /** What is answered first is sent, and browsers offer plain Opus first. */
    @ParameterizedTest
    @CsvSource({"false,NONE,63 111", "true,NONE,111 63", "false,GCM,111 63"})
    void answersSoundWithRedundancyFirstUnlessItIsRefused(
            boolean refused, Encryption.Type encryption, String answered) {
        SignalClient ada = joined("ada");
        SignalRequest.Builder microphone = addTrack(label("audio"), TrackType.AUDIO);
        microphone.getAddTrackBuilder().setDisableRed(refused).setEncryption(encryption);
        ada.send(microphone);
        ada.send(addTrack(label("video"), TrackType.VIDEO));
        ada.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        room.agree();

        ada.next(MessageCase.TRACK_PUBLISHED);
        ada.next(MessageCase.TRACK_PUBLISHED);
        assertThat(ada.next(MessageCase.ANSWER).getAnswer().getSdp())
                .contains("m=audio 9 UDP/TLS/RTP/SAVPF " + answered + "\r\n");
    }

    static Stream<Consumer<AddTrackRequest.Builder>> tooMuch() {
        String name = "n".repeat(257);
        VideoLayer layer = VideoLayer.getDefaultInstance();
        return Stream.of(
                track -> track.addAllLayers(Collections.nCopies(9, layer)),
                track ->
                        track.addAllSimulcastCodecs(
                                Collections.nCopies(9, SimulcastCodec.getDefaultInstance())),
                track ->
                        track.addSimulcastCodecs(
                                SimulcastCodec.newBuilder()
                                        .addAllLayers(Collections.nCopies(9, layer))),
                track -> track.setCid(name),
                track -> track.setName(name),
                track -> track.setStream(name));
    }

    /** What is announced of a track is shown to everybody: one message was to cut all others off as too slow. */
    @ParameterizedTest
    @MethodSource("tooMuch")
    void refusesWhatWouldBeALotToShow(Consumer<AddTrackRequest.Builder> more) {
        SignalClient ada = joined("ada");
        SignalRequest.Builder camera = addTrack(label("video"), TrackType.VIDEO);
        more.accept(camera.getAddTrackBuilder());
        ada.send(camera);
        assertThat(ada.next(MessageCase.REQUEST_RESPONSE).getRequestResponse().getReason())
                .isEqualTo(RequestResponse.Reason.LIMIT_EXCEEDED);
    }

    @Test
    void waitsForWhatIsAnnouncedAfterTheOffer() throws IOException {
        restart(Duration.ofMinutes(1));
        SignalClient ada = joined("ada");
        ada.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        ada.send(addTrack(label("audio"), TrackType.AUDIO));
        ada.next(MessageCase.TRACK_PUBLISHED);
        assertThat(room.waiting()).isZero();
        ada.send(addTrack(label("video"), TrackType.VIDEO));
        ada.next(MessageCase.TRACK_PUBLISHED);
        assertThat(room.agree().receive()).hasSize(2);
    }

    @Test
    void takesNoTrackThatNobodyAnnounced() throws IOException {
        restart(Duration.ofMillis(50));
        SignalClient ada = joined("ada");
        ada.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        assertThat(room.agree().receive()).isEmpty();
        ada.next(MessageCase.ANSWER);
    }

    @Test
    void refusesATrackThatIsAnnouncedTwice() {
        SignalClient ada = joined("ada");
        ada.send(addTrack("cid", TrackType.AUDIO));
        ada.next(MessageCase.TRACK_PUBLISHED);
        ada.send(addTrack("cid", TrackType.AUDIO));
        assertThat(ada.next(MessageCase.REQUEST_RESPONSE).getRequestResponse().getReason())
                .isEqualTo(RequestResponse.Reason.QUEUED);
    }

    @Test
    void refusesATrackWhenThePermissionIsTakenBack() {
        SignalClient eve = connect("eve", request());
        ScriptedRoom.Seat seat = room.admit();
        eve.next(MessageCase.JOIN);
        eve.next(MessageCase.REFRESH_TOKEN);
        seat.hears(
                new RoomEvent.ParticipantUpdated(
                        new ParticipantInfo(
                                "PA_eve",
                                "eve",
                                "eve",
                                "",
                                Map.of(),
                                Guise.PERSON,
                                new Permissions(false, true, true),
                                true,
                                Instant.EPOCH)));
        var self = eve.next(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertThat(self.getPermission().getCanPublish()).isFalse();
        eve.next(MessageCase.REFRESH_TOKEN);
        eve.send(addTrack("cid", TrackType.AUDIO));
        assertThat(eve.next(MessageCase.REQUEST_RESPONSE).getRequestResponse().getReason())
                .isEqualTo(RequestResponse.Reason.NOT_ALLOWED);
    }

    @Test
    void mutesWhatIsPublished() {
        SignalClient ada = publishing("ada");
        ada.send(
                SignalRequest.newBuilder()
                        .setMute(MuteTrackRequest.newBuilder().setSid("TR_x").setMuted(true)));
        RoomCommand.Mute mute = room.next(RoomCommand.Mute.class);
        assertThat(mute.trackId()).isEqualTo("TR_x");
        assertThat(mute.participantId()).isEqualTo("PA_ada");
    }

    @Test
    void answersNoFloodOfOffers() {
        SignalClient ada = joined("ada");
        int flood = 80;
        for (int id = 1; id <= flood; id++) {
            ada.send(SignalRequest.newBuilder().setOffer(offer(RECEIVING, id)));
        }
        ada.send(SignalRequest.newBuilder().setPing(1));
        ada.next(MessageCase.PONG);
        room.agree();
        assertThat(ada.next(MessageCase.ANSWER).getAnswer().getId()).isEqualTo(1);
        ada.next(MessageCase.UPDATE);
        room.agree();
        assertThat(ada.next(MessageCase.ANSWER).getAnswer().getId()).isLessThan(flood);
    }

    @Test
    void tellsOfATrackBeforeItAsksForASection() {
        SignalClient ada = connect("ada", request().setPublisherOffer(offer(RECEIVING, 1)));
        ScriptedRoom.Seat seat = room.admit(ScriptedRoom.track("TR_1", Codec.VP8));
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        room.agree();
        ada.next(MessageCase.ANSWER);
        ada.next(MessageCase.UPDATE);
        seat.hears(new RoomEvent.TrackPublished(ScriptedRoom.track("TR_2", Codec.VP8)));
        var bob = ada.next(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertThat(bob.getTracksList()).hasSize(2);
        assertThat(bob.getVersion()).isGreaterThan(1);
        var required =
                ada.next(MessageCase.MEDIA_SECTIONS_REQUIREMENT).getMediaSectionsRequirement();
        assertThat(required.getNumVideos()).isEqualTo(1);
        assertThat(required.getNumAudios()).isZero();
    }

    @Test
    void forwardsOnlyWhatIsAskedForWhereTheClientWantsThat() {
        SignalClient ada =
                connect("ada", JoinRequest.newBuilder().setPublisherOffer(offer(RECEIVING, 1)));
        room.admit(ScriptedRoom.track("TR_1", Codec.VP8));
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        assertThat(room.agree().send()).isEmpty();
        ada.next(MessageCase.ANSWER);
        ada.next(MessageCase.UPDATE);
        ada.send(
                SignalRequest.newBuilder()
                        .setSubscription(
                                UpdateSubscription.newBuilder()
                                        .addTrackSids("TR_1")
                                        .setSubscribe(true)));
        ada.send(
                SignalRequest.newBuilder()
                        .setTrackSetting(
                                UpdateTrackSettings.newBuilder()
                                        .addTrackSids("TR_1")
                                        .setQuality(VideoQuality.LOW)));
        ada.next(MessageCase.MEDIA_SECTIONS_REQUIREMENT);
        ada.send(SignalRequest.newBuilder().setOffer(offer(RECEIVING, 2)));
        assertThat(room.agree().send()).hasSize(1);
        // What was wished before there was anything to wish it of.
        RoomCommand.Wish wish = room.next(RoomCommand.Wish.class);
        assertThat(wish.trackId()).isEqualTo("TR_1");
    }

    @Test
    void publishesATrackInTwoCodecs() {
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        ada.send(addTrack(label("audio"), TrackType.AUDIO));
        ada.next(MessageCase.TRACK_PUBLISHED);
        ada.send(video(label("video"), "", codec("vp9", label("video")), codec("vp8", "")));
        LivekitModels.TrackInfo track =
                ada.next(MessageCase.TRACK_PUBLISHED).getTrackPublished().getTrack();
        assertThat(track.getCodecsList())
                .extracting(SimulcastCodecInfo::getMimeType)
                .containsExactly("video/VP9", "video/VP8");
        ada.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        RoomCommand.Negotiated first = room.agree();
        assertThat(first.receive())
                .anySatisfy(section -> {
                    assertThat(section.trackId()).isEqualTo(track.getSid());
                    assertThat(section.codecs().getFirst().format().codec()).isEqualTo(Codec.VP9);
                });
        assertThat(first.details().values())
                .extracting(TrackDetails::backupPromised)
                .containsExactlyInAnyOrder(false, true);
        ada.next(MessageCase.ANSWER);
        ada.next(MessageCase.UPDATE);

        seat.hears(new RoomEvent.BackupWanted(track.getSid(), true, Map.of()));
        assertThat(wanted(ada)).isEqualTo("vp9 LOW MEDIUM HIGH, vp8 LOW MEDIUM HIGH");
        ada.send(video("backup", track.getSid(), codec("vp8", "backup")));
        var published = ada.next(MessageCase.TRACK_PUBLISHED).getTrackPublished();
        assertThat(published.getCid()).isEqualTo("backup");
        assertThat(published.getTrack().getSid()).isEqualTo(track.getSid());
        assertThat(published.getTrack().getCodecs(1).getCid()).isEqualTo("backup");
        ada.send(SignalRequest.newBuilder().setOffer(offer(withBackup(), 2)));
        RoomCommand.Negotiated both = room.agree();
        assertThat(both.receive()).hasSize(3);
        assertThat(both.details().values())
                .singleElement()
                .satisfies(one -> assertThat(one.backupOf()).isEqualTo(track.getSid()));
        ada.next(MessageCase.ANSWER);
        var self = ada.next(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertThat(self.getTracksList()).hasSize(2);
        assertThat(self.getTracks(1).getCodecsList()).hasSize(2);

        Map<String, Boolean> low = new LinkedHashMap<>();
        low.put("q", true);
        low.put("h", false);
        seat.hears(new RoomEvent.BackupWanted(track.getSid(), true, low));
        assertThat(wanted(ada)).isEqualTo("vp9 LOW MEDIUM HIGH, vp8 LOW");
        seat.hears(new RoomEvent.EncodingsWanted(track.getSid(), Map.of("0", false)));
        assertThat(wanted(ada)).isEqualTo("vp9, vp8 LOW");

        ada.send(video("third", track.getSid(), codec("h264", "third")));
        assertThat(ada.next(MessageCase.REQUEST_RESPONSE).getRequestResponse().getReason())
                .isEqualTo(RequestResponse.Reason.UNSUPPORTED_TYPE);
        ada.send(video("other", "TR_other", codec("vp8", "other")));
        assertThat(ada.next(MessageCase.REQUEST_RESPONSE).getRequestResponse().getReason())
                .isEqualTo(RequestResponse.Reason.NOT_FOUND);
    }

    private static SignalRequest.Builder video(
            String clientId, String sid, SimulcastCodec... codecs) {
        return SignalRequest.newBuilder()
                .setAddTrack(
                        AddTrackRequest.newBuilder()
                                .setCid(clientId)
                                .setSid(sid)
                                .setType(TrackType.VIDEO)
                                .setSource(LivekitModels.TrackSource.CAMERA)
                                .addAllSimulcastCodecs(List.of(codecs)));
    }

    private static SimulcastCodec codec(String name, String clientId) {
        return SimulcastCodec.newBuilder().setCodec(name).setCid(clientId).build();
    }

    /** The recorded offer with its camera once more, as another track. */
    private static String withBackup() {
        int video = SENDING.indexOf("m=video");
        String again =
                SENDING.substring(video)
                        .replaceAll("a=mid:[^\r]*", "a=mid:backup")
                        .replace(label("video"), "backup")
                        .replaceAll("a=ssrc[^\r]*\r\n", "");
        return SENDING.replaceFirst("(a=group:BUNDLE [^\r]*)", "$1 backup") + again;
    }

    /** The qualities that are wanted, by codec. */
    private static String wanted(SignalClient client) {
        return client
                .next(MessageCase.SUBSCRIBED_QUALITY_UPDATE)
                .getSubscribedQualityUpdate()
                .getSubscribedCodecsList()
                .stream()
                .map(codec ->
                        codec.getCodec()
                                + codec.getQualitiesList().stream()
                                        .filter(SubscribedQuality::getEnabled)
                                        .map(one -> " " + one.getQuality())
                                        .collect(Collectors.joining()))
                .collect(Collectors.joining(", "));
    }

    /** A track whose publisher has promised another codec. */
    private static TrackInfo promised(TrackInfo track) {
        AddTrackRequest announced = AddTrackRequest.newBuilder().setCid("cid").build();
        return new TrackInfo(
                track.trackId(),
                track.participantId(),
                track.identity(),
                track.kind(),
                track.source(),
                track.format(),
                track.muting(),
                LiveKitModels.details(announced, true, ""));
    }

    @Test
    void tellsOfATrackThatComesInAnotherCodec() {
        SignalClient ada = connect("ada", request().setPublisherOffer(offer(RECEIVING, 1)));
        TrackInfo unknown = promised(ScriptedRoom.track("TR_1", Codec.H265));
        ScriptedRoom.Seat seat = room.admit(unknown);
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        assertThat(room.agree().send()).isEmpty();
        assertThat(room.next(RoomCommand.NeedBackups.class).trackIds()).containsExactly("TR_1");
        ada.next(MessageCase.ANSWER);
        ada.next(MessageCase.UPDATE);
        CodecFormat vp8 = new CodecFormat(Codec.VP8, Map.of());
        seat.hears(
                new RoomEvent.BackupsChanged(
                        unknown.with(List.of(new TrackInfo.Backup(vp8, List.of())))));
        assertThat(
                        ada.next(MessageCase.UPDATE)
                                .getUpdate()
                                .getParticipants(0)
                                .getTracks(0)
                                .getCodecsList())
                .extracting(SimulcastCodecInfo::getMimeType)
                .containsExactly("video/H265", "video/VP8");
        assertThat(room.next(RoomCommand.NeedBackups.class).trackIds()).isEmpty();
        ada.next(MessageCase.MEDIA_SECTIONS_REQUIREMENT);
    }

    @Test
    void tellsWhoIsMutedByTheRoom() {
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        ada.send(addTrack(label("audio"), TrackType.AUDIO));
        ada.send(addTrack(label("video"), TrackType.VIDEO));
        String trackId =
                ada.next(MessageCase.TRACK_PUBLISHED).getTrackPublished().getTrack().getSid();
        ada.next(MessageCase.TRACK_PUBLISHED);
        ada.send(SignalRequest.newBuilder().setOffer(offer(SENDING, 1)));
        room.agree();
        ada.next(MessageCase.ANSWER);
        ada.next(MessageCase.UPDATE);
        TrackInfo own = ScriptedRoom.track(trackId, "PA_ada", "ada", Codec.OPUS);
        seat.hears(new RoomEvent.TrackMuted(own.with(Muting.BY_ROOM)));
        var self = ada.next(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertThat(self.getTracksList()).anyMatch(track -> track.getMuted());
        assertThat(ada.next(MessageCase.MUTE).getMute().getSid()).isEqualTo(trackId);
    }
}
