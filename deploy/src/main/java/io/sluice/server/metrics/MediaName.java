package io.sluice.server.metrics;

import io.sluice.rtp.MediaCount;

/**
 * What a count of media is called outside.
 *
 * @param name with dots, without {@code total}
 * @param help one sentence
 */
record MediaName(String name, String help) {

    static MediaName of(MediaCount what) {
        return switch (what) {
            case RTP_PACKETS_RECEIVED ->
                    new MediaName(
                            "sluice.rtp.packets.received",
                            "RTP packets from publishers that proved their sender;"
                                    + " retransmissions included.");
            case RTP_BYTES_RECEIVED ->
                    new MediaName(
                            "sluice.rtp.received.bytes",
                            "Bytes of RTP packets from publishers, without tags.");
            case RTP_PACKETS_SENT ->
                    new MediaName(
                            "sluice.rtp.packets.sent",
                            "RTP packets to viewers; retransmissions included.");
            case RTP_BYTES_SENT ->
                    new MediaName(
                            "sluice.rtp.sent.bytes",
                            "Bytes of RTP packets to viewers, tags included.");
            case RTCP_PACKETS_RECEIVED ->
                    new MediaName(
                            "sluice.rtcp.packets.received",
                            "Compound RTCP packets that proved their sender.");
            case RTCP_BYTES_RECEIVED ->
                    new MediaName(
                            "sluice.rtcp.received.bytes",
                            "Bytes of RTCP packets received, without tags.");
            case RTCP_PACKETS_SENT ->
                    new MediaName("sluice.rtcp.packets.sent", "Compound RTCP packets sent.");
            case RTCP_BYTES_SENT ->
                    new MediaName(
                            "sluice.rtcp.sent.bytes", "Bytes of RTCP packets sent, tags included.");
            case NACKS_RECEIVED ->
                    new MediaName(
                            "sluice.nacks.received",
                            "NACK entries from viewers, of up to 17 packets each.");
            case PACKETS_ASKED_FOR_BY_VIEWERS ->
                    new MediaName(
                            "sluice.retransmissions.requested.by.viewers",
                            "Packets that viewers asked for again, each time counted.");
            case RETRANSMISSIONS_SENT ->
                    new MediaName(
                            "sluice.retransmissions.sent", "Packets sent to viewers once more.");
            case COPIES_SENT ->
                    new MediaName(
                            "sluice.retransmissions.copies.sent",
                            "Copies that followed packets sent once more, so that one of the two"
                                    + " arrives.");
            case KEPT_PACKETS_EVICTED ->
                    new MediaName(
                            "sluice.history.packets.evicted",
                            "Packets kept for resending that were let go early, because memory for"
                                    + " them is bounded.");
            case NACKS_SENT -> new MediaName("sluice.nacks.sent", "NACK messages to publishers.");
            case PACKETS_ASKED_OF_PUBLISHERS ->
                    new MediaName(
                            "sluice.retransmissions.requested.of.publishers",
                            "Packets that publishers were asked for again, each time counted.");
            case RETRANSMISSIONS_RECEIVED ->
                    new MediaName(
                            "sluice.retransmissions.received",
                            "Packets that publishers sent again on an SSRC for that (RFC 4588).");
            case PACKETS_RECOVERED ->
                    new MediaName(
                            "sluice.rtp.packets.recovered",
                            "Packets that came by a retransmission (RFC 4588) only.");
            case MISSING_PACKETS_FOUND ->
                    new MediaName(
                            "sluice.rtp.missing.packets.found",
                            "Missing packets that came after all, late or sent again.");
            case MISSING_PACKETS_GIVEN_UP ->
                    new MediaName(
                            "sluice.rtp.missing.packets.given.up",
                            "Missing packets that publishers are not asked for any more.");
            case PICTURE_LOSSES_RECEIVED ->
                    new MediaName(
                            "sluice.picture.losses.received",
                            "Picture loss indications (PLI) from viewers.");
            case FULL_INTRA_REQUESTS_RECEIVED ->
                    new MediaName(
                            "sluice.full.intra.requests.received",
                            "Full intra requests (FIR) from viewers.");
            case PICTURE_LOSSES_SENT ->
                    new MediaName(
                            "sluice.picture.losses.sent",
                            "Picture loss indications (PLI) to publishers.");
            case KEYFRAMES_RECEIVED ->
                    new MediaName("sluice.keyframes.received", "Keyframes from publishers.");
            case TRANSPORT_FEEDBACK_SENT ->
                    new MediaName(
                            "sluice.transport.feedback.sent",
                            "Messages of transport-wide feedback to publishers.");
            case TRANSPORT_FEEDBACK_RECEIVED ->
                    new MediaName(
                            "sluice.transport.feedback.received",
                            "Messages from viewers on which packets came when: transport-wide"
                                    + " feedback, or that of RFC 8888.");
            case TRANSPORT_FEEDBACK_MISSED ->
                    new MediaName(
                            "sluice.transport.feedback.missed.packets",
                            "Packets that came too late or too many to be reported.");
            case BANDWIDTH_ESTIMATES_RECEIVED ->
                    new MediaName(
                            "sluice.bandwidth.estimates.received",
                            "Estimates of bandwidth (REMB) from viewers.");
            case BANDWIDTH_REPORTS_IGNORED ->
                    new MediaName(
                            "sluice.bandwidth.reports.ignored",
                            "Reports of viewers on what came to them that were ignored, because they"
                                    + " cannot be true.");
            case BANDWIDTH_ESTIMATES_SENT ->
                    new MediaName(
                            "sluice.bandwidth.estimates.sent",
                            "Limits (REMB) told to publishers: what they may send, or what arrives of"
                                    + " those that take no transport-wide feedback.");
            case PACKETS_PACED ->
                    new MediaName(
                            "sluice.rtp.packets.paced",
                            "Packets of video to viewers that had to wait for their turn.");
            case PROBES_SENT ->
                    new MediaName(
                            "sluice.probes.sent",
                            "Probes of what the path to a viewer carries, of several packets each.");
            case PROBE_PACKETS_SENT ->
                    new MediaName(
                            "sluice.probe.packets.sent",
                            "Packets sent to viewers for nothing but a probe: retransmissions or"
                                    + " padding.");
            case PROBE_BYTES_SENT ->
                    new MediaName(
                            "sluice.probe.bytes.sent",
                            "Bytes sent to viewers for nothing but a probe, headers included.");
            case ALLOCATIONS_CHANGED ->
                    new MediaName(
                            "sluice.allocations.changed",
                            "Times that another encoding of a track was granted to a viewer, since its"
                                    + " network carries more or less.");
            case STREAMS_PAUSED ->
                    new MediaName(
                            "sluice.streams.paused",
                            "Times that a track was paused for a viewer, since its network carries"
                                    + " nothing of it.");
            case STREAM_RESTARTS ->
                    new MediaName(
                            "sluice.stream.restarts",
                            "Streams that began anew at another sequence number without telling.");
            case HANDED_OVER ->
                    new MediaName(
                            "sluice.handoff.packets",
                            "Packets handed to another loop; those refused are dropped with the"
                                    + " reason handoff_full.");
            case HOLES_CLOSED ->
                    new MediaName(
                            "sluice.rtp.holes.closed",
                            "Packets of padding to viewers, in the place of packets of layers that they"
                                    + " do not get.");
            case SUBSCRIPTIONS_BEGUN ->
                    new MediaName("sluice.subscriptions.begun", "Subscriptions begun.");
            case SUBSCRIPTIONS_ENDED ->
                    new MediaName("sluice.subscriptions.ended", "Subscriptions ended.");
        };
    }
}
