package io.sluice.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bandwidth.BandwidthTrace;
import io.sluice.forward.ViewerWish;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Rooms, participants and tracks as the API shows them. */
final class RestJson {
    private static final List<String> TRACE_COLUMNS =
            List.of(
                    "seconds",
                    "estimate",
                    "target",
                    "sent",
                    "granted",
                    "loss",
                    "trend",
                    "queueMillis");

    private RestJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode room(RoomInfo room) {
        return room(
                room.name(),
                room.roomId(),
                room.createdAt(),
                room.settings(),
                room.participants().size(),
                room.tracks().size());
    }

    static ObjectNode room(
            String name,
            String roomId,
            Instant createdAt,
            RoomSettings settings,
            int participants,
            int tracks) {
        ObjectNode node =
                object().put("name", name)
                        .put("roomId", roomId)
                        .put("createdAt", time(createdAt))
                        .put("maxParticipants", settings.maxParticipants())
                        .put("emptyTimeoutSeconds", settings.emptyTimeout().toSeconds())
                        .put("metadata", settings.metadata());
        ArrayNode codecs = node.putArray("codecs");
        settings.codecs().forEach(codec -> codecs.add(codec.sdpName()));
        if (settings.maxBitrate() != RoomSettings.ANY_BITRATE) {
            node.put("maxBitrate", settings.maxBitrate());
        }
        return node.put("unmuteAllowed", settings.unmuteAllowed())
                .put("topology", settings.topology().word())
                .put("participantCount", participants)
                .put("trackCount", tracks);
    }

    /** A participant with its tracks. */
    static ObjectNode participant(ParticipantInfo participant, List<TrackInfo> tracksOfRoom) {
        ObjectNode node = participant(participant);
        ArrayNode tracks = node.putArray("tracks");
        for (TrackInfo track : tracksOfRoom) {
            if (track.participantId().equals(participant.participantId())) {
                tracks.add(track(track));
            }
        }
        return node;
    }

    static ObjectNode participant(ParticipantInfo participant) {
        ObjectNode node =
                object().put("participantId", participant.participantId())
                        .put("identity", participant.identity())
                        .put("name", participant.name())
                        .put("metadata", participant.metadata());
        ObjectNode attributes = node.putObject("attributes");
        participant.attributes().forEach(attributes::put);
        return node.put("canPublish", participant.permissions().canPublish())
                .put("canSubscribe", participant.permissions().canSubscribe())
                .put("canPublishData", participant.permissions().canPublishData())
                .put("connected", participant.connected())
                .put("joinedAt", time(participant.joinedAt()));
    }

    static ObjectNode track(TrackInfo track) {
        return object().put("trackId", track.trackId())
                .put("participantId", track.participantId())
                .put("identity", track.identity())
                .put("kind", wireName(track.kind()))
                .put("source", wireName(track.source()))
                .put("codec", track.format().codec().sdpName())
                .put("muted", track.muting().muted())
                .put("muting", wireName(track.muting()));
    }

    /** A table: what its columns are, and a line for each moment. */
    static ObjectNode trace(String identity, Optional<List<BandwidthTrace.Sample>> samples) {
        ObjectNode node = object().put("identity", identity).put("traced", samples.isPresent());
        ArrayNode columns = node.putArray("columns");
        TRACE_COLUMNS.forEach(columns::add);
        ArrayNode lines = node.putArray("samples");
        for (BandwidthTrace.Sample sample : samples.orElse(List.of())) {
            lines.addArray().addAll(values(sample));
        }
        return node;
    }

    /** The same table for a spreadsheet (RFC 4180); no lines if nothing was written down. */
    static String traceCsv(Optional<List<BandwidthTrace.Sample>> samples) {
        StringBuilder csv = new StringBuilder(String.join(",", TRACE_COLUMNS)).append("\r\n");
        for (BandwidthTrace.Sample sample : samples.orElse(List.of())) {
            csv.append(
                            values(sample).stream()
                                    .map(JsonNode::asText)
                                    .collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return csv.toString();
    }

    /** In the order of {@link #TRACE_COLUMNS}. */
    private static List<JsonNode> values(BandwidthTrace.Sample sample) {
        JsonNodeFactory numbers = JsonNodeFactory.instance;
        return List.of(
                numbers.numberNode(rounded(sample.seconds())),
                numbers.numberNode((long) sample.estimate()),
                numbers.numberNode((long) sample.target()),
                numbers.numberNode((long) sample.sent()),
                numbers.numberNode((long) sample.layer()),
                numbers.numberNode(rounded(sample.loss())),
                numbers.numberNode(rounded(sample.trend())),
                numbers.numberNode(rounded(sample.queueMillis())));
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    /** Bounds that are none are left out. */
    static ObjectNode wish(String identity, String trackId, ViewerWish wish) {
        ObjectNode node =
                object().put("identity", identity)
                        .put("trackId", trackId)
                        .put("paused", wish.paused())
                        .put("priority", wish.priority());
        if (wish.maxHeight() != ViewerWish.EVERYTHING.maxHeight()) {
            node.put("maxHeight", wish.maxHeight());
        }
        if (wish.maxFramesPerSecond() != ViewerWish.EVERYTHING.maxFramesPerSecond()) {
            node.put("maxFps", wish.maxFramesPerSecond());
        }
        return node;
    }

    static ObjectNode speaker(Speaker speaker) {
        return object().put("participantId", speaker.participantId())
                .put("identity", speaker.identity())
                .put("audioLevel", speaker.audioLevel());
    }

    /** RFC 3339, in UTC and milliseconds. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    static String wireName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
