package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.plain.ScriptedRoom;
import io.sluice.room.MessageForm;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import livekit.LivekitModels;
import livekit.LivekitModels.DataTrackInfo;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.DataTrackSubscriberHandles.PublishedDataTrack;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.PublishDataTrackRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import livekit.LivekitRtc.UnpublishDataTrackRequest;
import livekit.LivekitRtc.UpdateDataSubscription;
import org.junit.jupiter.api.Test;

/** Data tracks: who is told of them, and where their packets go. */
final class LiveKitDataTracksTest extends LiveKitServerTest {
    private static final ParticipantInfo ADA = info("ada");
    private static final ParticipantInfo BOB = info("bob");
    private static final ChannelOptions CHANNEL =
            new ChannelOptions(LiveKitDialect.DATA_TRACK, "", false, 0, ChannelOptions.UNLIMITED);

    private static ParticipantInfo info(String identity) {
        return new ParticipantInfo("PA_" + identity, identity, "", "", Instant.EPOCH);
    }

    private static SignalRequest.Builder publish(int handle, String name) {
        return SignalRequest.newBuilder()
                .setPublishDataTrackRequest(
                        PublishDataTrackRequest.newBuilder().setPubHandle(handle).setName(name));
    }

    private static SignalRequest.Builder unpublish(int handle) {
        return SignalRequest.newBuilder()
                .setUnpublishDataTrackRequest(
                        UnpublishDataTrackRequest.newBuilder().setPubHandle(handle));
    }

    private static SignalRequest.Builder subscribe(String trackId, boolean wanted) {
        return SignalRequest.newBuilder()
                .setUpdateDataSubscription(
                        UpdateDataSubscription.newBuilder()
                                .addUpdates(
                                        UpdateDataSubscription.Update.newBuilder()
                                                .setTrackSid(trackId)
                                                .setSubscribe(wanted)));
    }

    private static DataTrackInfo published(SignalClient client) {
        DataTrackInfo track =
                client.next(MessageCase.PUBLISH_DATA_TRACK_RESPONSE)
                        .getPublishDataTrackResponse()
                        .getInfo();
        // Everybody is told how it is described from now on, itself included.
        client.next(MessageCase.UPDATE);
        return track;
    }

    private static RequestResponse.Reason refused(SignalClient client) {
        return client.next(MessageCase.REQUEST_RESPONSE).getRequestResponse().getReason();
    }

    private static Map<Integer, PublishedDataTrack> handles(SignalClient client) {
        return client.next(MessageCase.DATA_TRACK_SUBSCRIBER_HANDLES)
                .getDataTrackSubscriberHandles()
                .getSubHandlesMap();
    }

    /** A packet under a handle: a whole frame of two bytes. */
    private static byte[] packet(int handle) {
        return ByteBuffer.allocate(14)
                .put((byte) 0x18)
                .put((byte) 0)
                .putShort((short) handle)
                .putShort((short) 7)
                .putShort((short) 8)
                .putInt(9)
                .put((byte) 1)
                .put((byte) 2)
                .array();
    }

    private RoomMessage say(ParticipantInfo who, byte[] packet) {
        MessageForm form = protocol.dialect().form(CHANNEL);
        return Objects.requireNonNull(
                form.read(who, CHANNEL, new DataMessage(DataMessage.Kind.BINARY, packet)));
    }

    @Test
    void goToThoseWhoSubscribe() {
        SignalClient ada = joined("ada");
        ada.send(publish(1, "positions"));
        DataTrackInfo first = published(ada);
        assertThat(first.getSid()).startsWith("DTR_");
        ada.send(publish(0xffff, "sensor"));
        DataTrackInfo second = published(ada);

        // The scripted room has Bob in it from the beginning, and knows nothing of Ada.
        SignalClient bob = joined("bob");
        bob.send(subscribe("DTR_none", true));
        bob.send(subscribe(second.getSid(), true));
        Map<Integer, PublishedDataTrack> handles = handles(bob);
        assertThat(handles).hasSize(1);
        int handle = handles.keySet().iterator().next();
        PublishedDataTrack told = handles.values().iterator().next();
        assertThat(told.getTrackSid()).isEqualTo(second.getSid());
        assertThat(told.getPublisherIdentity()).isEqualTo("ada");
        assertThat(told.getPublisherSid()).isEqualTo("PA_ada");

        RoomMessage passed = say(ADA, packet(0xffff));
        assertThat(passed.to()).containsExactly("bob");
        assertThat(protocol.dialect().channel(passed)).isEqualTo(CHANNEL);
        assertThat(protocol.dialect().form(CHANNEL).write(passed).bytes())
                .isEqualTo(packet(handle));
        assertThat(say(ADA, packet(1)).to()).isEqualTo(RoomMessage.NOBODY);
        assertThat(say(ADA, packet(2)).to()).isEqualTo(RoomMessage.NOBODY);
        assertThat(say(BOB, packet(1)).to()).isEqualTo(RoomMessage.NOBODY);

        bob.send(subscribe(second.getSid(), false));
        assertThat(handles(bob)).isEmpty();
        assertThat(say(ADA, packet(0xffff)).to()).isEqualTo(RoomMessage.NOBODY);
    }

    @Test
    void areAnnouncedToThoseWhoKnowThePublisher() {
        SignalClient cleo = connect("cleo", request());
        ScriptedRoom.Seat seat = room.admit();
        cleo.next(MessageCase.JOIN);
        cleo.next(MessageCase.REFRESH_TOKEN);
        seat.hears(new RoomEvent.ParticipantJoined(ADA));
        cleo.next(MessageCase.UPDATE);
        SignalClient ada = joined("ada");
        ada.send(publish(1, "positions"));
        DataTrackInfo track = published(ada);
        LivekitModels.ParticipantInfo told =
                cleo.next(MessageCase.UPDATE).getUpdate().getParticipants(0);
        assertThat(told.getIdentity()).isEqualTo("ada");
        assertThat(told.getDataTracksList()).containsExactly(track);

        ada.send(unpublish(1));
        assertThat(cleo.next(MessageCase.UPDATE).getUpdate().getParticipants(0).getDataTracksList())
                .isEmpty();
        assertThat(
                        ada.next(MessageCase.UNPUBLISH_DATA_TRACK_RESPONSE)
                                .getUnpublishDataTrackResponse()
                                .getInfo())
                .isEqualTo(track);
        ada.next(MessageCase.UPDATE);
        assertThat(say(ADA, packet(1)).to()).isEqualTo(RoomMessage.NOBODY);
    }

    @Test
    void areRefusedWhereTheyCannotBe() {
        SignalClient ada = connect("ada", request());
        ScriptedRoom.Seat seat = room.admit();
        ada.next(MessageCase.JOIN);
        ada.next(MessageCase.REFRESH_TOKEN);
        ada.send(publish(0, "a"));
        assertThat(refused(ada)).isEqualTo(RequestResponse.Reason.INVALID_HANDLE);
        ada.send(publish(70_000, "a"));
        assertThat(refused(ada)).isEqualTo(RequestResponse.Reason.INVALID_HANDLE);
        ada.send(publish(1, ""));
        assertThat(refused(ada)).isEqualTo(RequestResponse.Reason.INVALID_NAME);
        ada.send(publish(1, "a"));
        published(ada);
        ada.send(publish(1, "b"));
        assertThat(refused(ada)).isEqualTo(RequestResponse.Reason.DUPLICATE_HANDLE);
        ada.send(publish(2, "a"));
        assertThat(refused(ada)).isEqualTo(RequestResponse.Reason.DUPLICATE_NAME);

        ParticipantInfo silenced =
                new ParticipantInfo(
                        "PA_ada",
                        "ada",
                        "",
                        "",
                        Map.of(),
                        ADA.guise(),
                        new Permissions(true, true, false),
                        true,
                        Instant.EPOCH);
        seat.hears(new RoomEvent.ParticipantUpdated(silenced));
        ada.next(MessageCase.UPDATE);
        ada.next(MessageCase.REFRESH_TOKEN);
        ada.next(MessageCase.UNPUBLISH_DATA_TRACK_RESPONSE);
        ada.next(MessageCase.UPDATE);
        ada.send(publish(3, "c"));
        assertThat(refused(ada)).isEqualTo(RequestResponse.Reason.NOT_ALLOWED);
    }

    @Test
    void areSubscribedToWithoutAWordByWhoSaysSo() {
        SignalClient ada = joined("ada");
        ada.send(publish(5, "positions"));
        published(ada);
        SignalClient bob =
                connect(
                        "bob",
                        JoinRequest.newBuilder()
                                .setConnectionSettings(
                                        ConnectionSettings.newBuilder()
                                                .setAutoSubscribeDataTrack(true)));
        room.admit();
        bob.next(MessageCase.JOIN);
        bob.next(MessageCase.REFRESH_TOKEN);
        assertThat(handles(bob)).hasSize(1);
        ada.send(publish(6, "more"));
        published(ada);
        assertThat(handles(bob)).hasSize(2);
        ada.send(SignalRequest.newBuilder().setLeave(LeaveRequest.getDefaultInstance()));
        assertThat(handles(bob)).hasSize(1);
        assertThat(handles(bob)).isEmpty();
        assertThat(protocol.dataTracks().route("PA_ada", 5)).isNull();
    }

    @Test
    void dropWhatIsNoPacketOfThem() {
        MessageForm form = protocol.dialect().form(CHANNEL);
        for (byte[] bad :
                new byte[][] {{}, new byte[11], {0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}}) {
            assertThat(form.read(ADA, CHANNEL, new DataMessage(DataMessage.Kind.BINARY, bad)))
                    .isNull();
        }
    }
}
