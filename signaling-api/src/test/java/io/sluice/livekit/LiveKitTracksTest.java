package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
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
import java.time.Instant;
import java.util.Map;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.junit.jupiter.api.Test;

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

    @Test
    void waitsForWhatIsAnnouncedAfterTheOffer() {
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
    void takesNoTrackThatNobodyAnnounced() {
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
        TrackInfo any = ScriptedRoom.track(trackId, Codec.OPUS);
        seat.hears(
                new RoomEvent.TrackMuted(
                        new TrackInfo(
                                trackId,
                                "PA_ada",
                                "ada",
                                any.kind(),
                                any.source(),
                                any.format(),
                                Muting.BY_ROOM)));
        var self = ada.next(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertThat(self.getTracksList()).anyMatch(track -> track.getMuted());
        assertThat(ada.next(MessageCase.MUTE).getMute().getSid()).isEqualTo(trackId);
    }
}
