package io.sluice.server.log;

import io.sluice.dtls.DtlsFailure;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomEnd;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomsListener;
import io.sluice.room.TrackInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes one line for each event of a room's life, with room, participant and track as fields. What changes
 * all the time (speakers, quality) and what applications keep in metadata is not logged. Called by all
 * loops.
 */
public final class RoomLog implements RoomsListener {
    private static final Logger LOG = LoggerFactory.getLogger(RoomLog.class);

    @Override
    public void onRoomStarted(RoomInfo room) {
        line(room.roomId(), room.name())
                .addKeyValue("maxParticipants", room.settings().maxParticipants())
                .log("Room started");
    }

    @Override
    public void onRoomEnded(String roomId, String name, RoomEnd reason) {
        line(roomId, name).addKeyValue("reason", reason).log("Room ended");
    }

    @Override
    public void onRoomEvent(String roomId, String name, RoomEvent event) {
        switch (event) {
            case RoomEvent.ParticipantJoined(ParticipantInfo participant) ->
                    line(roomId, name, participant).log("Participant joined");
            case RoomEvent.ParticipantConnected(ParticipantInfo participant) ->
                    line(roomId, name, participant).log("Participant connected");
            case RoomEvent.ParticipantLeft(ParticipantInfo participant, LeaveReason reason) ->
                    line(roomId, name, participant)
                            .addKeyValue("reason", reason)
                            .log("Participant left");
            case RoomEvent.TrackPublished(TrackInfo track) ->
                    line(roomId, name, track)
                            .addKeyValue("source", track.source())
                            .addKeyValue("codec", track.format().codec())
                            .log("Track published");
            case RoomEvent.TrackUnpublished(TrackInfo track) ->
                    line(roomId, name, track).log("Track unpublished");
            case RoomEvent.TrackMuted(TrackInfo track) ->
                    line(roomId, name, track)
                            .addKeyValue("muting", track.muting())
                            .log("Track muted");
            case RoomEvent.TrackUnmuted(TrackInfo track) ->
                    line(roomId, name, track).log("Track unmuted");
            case RoomEvent.RoomUpdated _ -> line(roomId, name).log("Room updated");
            case RoomEvent.ParticipantUpdated(ParticipantInfo participant) ->
                    line(roomId, name, participant).log("Participant updated");
            case RoomEvent.RoomClosing(RoomEnd reason) ->
                    line(roomId, name).addKeyValue("reason", reason).log("Room closing");
            case RoomEvent.DataCutOff(String participantId, String identity, String label) ->
                    line(roomId, name)
                            .addKeyValue("participantId", participantId)
                            .addKeyValue("identity", identity)
                            .addKeyValue("label", label)
                            .log("Data channel cut off: its receiver was too slow");
            case RoomEvent.ConnectionQualityChanged _,
                    RoomEvent.ActiveSpeakers _,
                    RoomEvent.DominantSpeakerChanged _,
                    RoomEvent.Personal _ -> {}
        }
    }

    @Override
    public void onHandshakeFailed(
            String roomId, String name, ParticipantInfo participant, DtlsFailure reason) {
        line(roomId, name, participant).addKeyValue("reason", reason).log("DTLS failed");
    }

    private static LoggingEventBuilder line(String roomId, String name) {
        return LOG.atInfo().addKeyValue("room", name).addKeyValue("roomId", roomId);
    }

    private static LoggingEventBuilder line(
            String roomId, String name, ParticipantInfo participant) {
        return line(roomId, name)
                .addKeyValue("participant", participant.identity())
                .addKeyValue("participantId", participant.participantId());
    }

    private static LoggingEventBuilder line(String roomId, String name, TrackInfo track) {
        return line(roomId, name)
                .addKeyValue("participant", track.identity())
                .addKeyValue("participantId", track.participantId())
                .addKeyValue("track", track.trackId());
    }
}
