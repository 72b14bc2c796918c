package io.sluice.room;

/** What happens in a room, as one participant should hear it. */
public sealed interface RoomEvent {

    record ParticipantJoined(ParticipantInfo participant) implements RoomEvent {}

    record ParticipantLeft(ParticipantInfo participant, LeaveReason reason) implements RoomEvent {}

    /** A track of somebody else can now be subscribed to. */
    record TrackPublished(TrackInfo track) implements RoomEvent {}

    record TrackUnpublished(TrackInfo track) implements RoomEvent {}

    /** One more local address (RFC 8838), as the value of {@code a=candidate}. */
    record LocalCandidate(String candidate) implements RoomEvent {}

    /** ICE and DTLS of this participant are up: media flows. */
    record TransportConnected() implements RoomEvent {}

    /** This participant is out of the room; nothing follows. */
    record Left(LeaveReason reason) implements RoomEvent {}
}
