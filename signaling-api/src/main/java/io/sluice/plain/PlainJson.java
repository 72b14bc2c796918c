package io.sluice.plain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.IceServer;
import io.sluice.api.WishLimits;
import io.sluice.forward.ViewerWish;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.Speaker;
import io.sluice.room.TrackInfo;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sdp.ForwardedTrack;
import io.sluice.transport.TrackSource;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The messages as JSON. Unknown fields are ignored, so that clients may be newer than the server. */
final class PlainJson {
    /** A candidate within a message is the deepest there is. */
    private static final int MAX_DEPTH = 8;

    private static final int MAX_NAME_CHARS = 256;
    private static final int MAX_NUMBER_CHARS = 20;

    /** As many as a negotiator takes sections. */
    private static final int MAX_SOURCES = 256;

    /** LiveKit's limit for names. */
    private static final int MAX_DISPLAY_NAME_CHARS = 256;

    /** Longer than any real candidate, IPv6 and extensions included. */
    private static final int MAX_CANDIDATE_CHARS = 1_024;

    /** An unsigned short (W3C's RTCDataChannelInit). */
    private static final int MAX_CHANNEL_LIMIT = 65_535;

    private final ObjectMapper mapper;
    private final Supplier<List<IceServer>> iceServers;

    /** Tells clients of no ICE servers. */
    PlainJson(int maxMessageBytes) {
        this(maxMessageBytes, List::of);
    }

    PlainJson(int maxMessageBytes, Supplier<List<IceServer>> iceServers) {
        this.iceServers = iceServers;
        StreamReadConstraints constraints =
                StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(MAX_NAME_CHARS)
                        .maxNumberLength(MAX_NUMBER_CHARS)
                        .maxStringLength(maxMessageBytes)
                        .maxDocumentLength(maxMessageBytes)
                        .build();
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        mapper = new ObjectMapper(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    ClientMessage read(String text) throws BadMessage {
        JsonNode message;
        try {
            message = mapper.readTree(text);
        } catch (JsonProcessingException malformed) {
            // The parser's own message may quote a token.
            throw new BadMessage("This is not valid JSON, or too deep or large.");
        }
        if (!message.isObject()) {
            throw new BadMessage("A message is a JSON object with a \"type\".");
        }
        String type = text(message, "type");
        return switch (type) {
            case "join" -> join(message);
            case "offer" -> new ClientMessage.Offer(required(message, "sdp"), sources(message));
            case "answer" ->
                    new ClientMessage.Answer(required(message, "sdp"), offerNumber(message));
            case "ice-candidate" ->
                    new ClientMessage.Candidate(
                            candidate(message.get("candidate")),
                            subscribing(message, "connection"));
            case "mute" -> mute(message);
            case "wish" -> wish(message);
            case "channel" -> channel(message);
            case "leave" -> new ClientMessage.Leave();
            case "ping" -> new ClientMessage.Ping();
            case null -> throw new BadMessage("The message has no \"type\".");
            default ->
                    throw new BadMessage(
                            "The type is none of join, offer, answer, ice-candidate, mute, wish,"
                                    + " channel, leave, ping.");
        };
    }

    private static ClientMessage.Join join(JsonNode message) throws BadMessage {
        String name = text(message, "name");
        if (name != null && name.length() > MAX_DISPLAY_NAME_CHARS) {
            throw new BadMessage("\"name\" is longer than " + MAX_DISPLAY_NAME_CHARS + ".");
        }
        JsonNode seq = message.get("seq");
        if (seq != null && (!seq.isIntegralNumber() || !seq.canConvertToLong())) {
            throw new BadMessage("\"seq\" must be a whole number.");
        }
        return new ClientMessage.Join(
                text(message, "token"),
                name,
                text(message, "session"),
                seq == null || seq.asLong() < 0 ? ClientMessage.Join.UNKNOWN_SEQ : seq.asLong(),
                subscribing(message, "subscribe"));
    }

    private static int offerNumber(JsonNode message) throws BadMessage {
        JsonNode id = message.get("id");
        if (id != null && !id.canConvertToInt()) {
            throw new BadMessage("\"id\" must be the id of an offer.");
        }
        return id == null ? 0 : id.asInt();
    }

    private static Subscribing subscribing(JsonNode message, String field) throws BadMessage {
        return subscribing(text(message, field))
                .orElseThrow(() -> new BadMessage("\"" + field + "\" must be answer or offer."));
    }

    /** The word for it, in messages and in addresses; where there is none, the client offers. */
    static Optional<Subscribing> subscribing(@Nullable String word) {
        return switch (word) {
            case null -> Optional.of(Subscribing.BY_ANSWER);
            case "answer" -> Optional.of(Subscribing.BY_ANSWER);
            case "offer" -> Optional.of(Subscribing.BY_OFFER);
            default -> Optional.empty();
        };
    }

    private static ClientMessage.Mute mute(JsonNode message) throws BadMessage {
        String track = text(message, "track");
        String mid = text(message, "mid");
        if ((track == null) == (mid == null)) {
            throw new BadMessage("Say which: either \"track\" or \"mid\".");
        }
        JsonNode muted = message.get("muted");
        if (muted == null || !muted.isBoolean()) {
            throw new BadMessage("\"muted\" must be true or false.");
        }
        return new ClientMessage.Mute(track, mid, muted.asBoolean());
    }

    private static ClientMessage.Wish wish(JsonNode message) throws BadMessage {
        JsonNode paused = message.get("paused");
        if (paused != null && !paused.isBoolean()) {
            throw new BadMessage("\"paused\" must be true or false.");
        }
        ViewerWish all = ViewerWish.EVERYTHING;
        return new ClientMessage.Wish(
                required(message, "track"),
                new ViewerWish(
                        paused != null && paused.asBoolean(),
                        whole(message, "maxHeight", 1, WishLimits.MAX_HEIGHT, all.maxHeight()),
                        whole(message, "maxFps", 1, WishLimits.MAX_FPS, all.maxFramesPerSecond()),
                        whole(message, "priority", 0, WishLimits.MAX_PRIORITY, all.priority())));
    }

    private static ClientMessage.Channel channel(JsonNode message) throws BadMessage {
        int unlimited = ChannelOptions.UNLIMITED;
        int id = whole(message, "id", 0, DataChannel.MAX_ID, -1);
        if (id < 0) {
            throw new BadMessage("The message has no \"id\".");
        }
        int retransmits = whole(message, "maxRetransmits", 0, MAX_CHANNEL_LIMIT, unlimited);
        int millis = whole(message, "maxPacketLifeTime", 0, MAX_CHANNEL_LIMIT, unlimited);
        if (retransmits != unlimited && millis != unlimited) {
            throw new BadMessage("Either \"maxRetransmits\" or \"maxPacketLifeTime\".");
        }
        JsonNode ordered = message.get("ordered");
        if (ordered != null && !ordered.isBoolean()) {
            throw new BadMessage("\"ordered\" must be true or false.");
        }
        return new ClientMessage.Channel(
                id,
                new ChannelOptions(
                        channelName(message, "label"),
                        channelName(message, "protocol"),
                        ordered == null || ordered.asBoolean(),
                        retransmits,
                        millis));
    }

    private static String channelName(JsonNode message, String field) throws BadMessage {
        String name = text(message, field);
        if (name == null) {
            return "";
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > ChannelOptions.MAX_NAME_BYTES) {
            throw new BadMessage(
                    "\"%s\" is longer than %d bytes."
                            .formatted(field, ChannelOptions.MAX_NAME_BYTES));
        }
        return name;
    }

    private static int whole(JsonNode message, String field, int least, int most, int absent)
            throws BadMessage {
        JsonNode value = message.get(field);
        if (value == null || value.isNull()) {
            return absent;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.asInt() < least
                || value.asInt() > most) {
            throw new BadMessage(
                    "\"%s\" must be a whole number from %d to %d.".formatted(field, least, most));
        }
        return value.asInt();
    }

    private static Map<String, TrackSource> sources(JsonNode message) throws BadMessage {
        JsonNode sources = message.get("sources");
        if (sources == null || sources.isNull()) {
            return Map.of();
        }
        if (!sources.isObject() || sources.size() > MAX_SOURCES) {
            throw new BadMessage(
                    "\"sources\" must be an object of at most " + MAX_SOURCES + " fields.");
        }
        Map<String, TrackSource> byMid = new HashMap<>();
        for (var entry : sources.properties()) {
            byMid.put(entry.getKey(), source(entry.getValue()));
        }
        return byMid;
    }

    private static TrackSource source(JsonNode name) throws BadMessage {
        for (TrackSource source : TrackSource.values()) {
            if (name.isTextual() && wireName(source).equals(name.asText())) {
                return source;
            }
        }
        throw new BadMessage(
                "A source is one of camera, microphone, screen_share, screen_share_audio.");
    }

    /** A string, what {@code RTCIceCandidate.toJSON()} gives, or null or nothing for the end of candidates. */
    private static String candidate(@Nullable JsonNode value) throws BadMessage {
        if (value == null || value.isNull()) {
            return "";
        }
        if (value.isObject()) {
            return candidate(value.get("candidate"));
        }
        if (!value.isTextual() || value.asText().length() > MAX_CANDIDATE_CHARS) {
            throw new BadMessage(
                    "\"candidate\" must be a candidate's text, an RTCIceCandidate, or null.");
        }
        String text = value.asText().strip();
        String attribute = text.startsWith("a=") ? text.substring(2) : text;
        return attribute.startsWith("candidate:")
                ? attribute.substring("candidate:".length())
                : attribute;
    }

    private static String required(JsonNode message, String field) throws BadMessage {
        String value = text(message, field);
        if (value == null) {
            throw new BadMessage("The message has no \"" + field + "\".");
        }
        return value;
    }

    private static @Nullable String text(JsonNode message, String field) throws BadMessage {
        JsonNode value = message.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new BadMessage("\"" + field + "\" must be a string.");
        }
        return value.asText();
    }

    /** Writes a message that is not kept for a resumed session. */
    String write(ServerMessage message) {
        return tree(message).toString();
    }

    /** Writes a message with its number in its session. */
    String write(ServerMessage message, long seq) {
        return tree(message).put("seq", seq).toString();
    }

    private ObjectNode tree(ServerMessage message) {
        // No default: a new message type must fail to compile here.
        return switch (message) {
            case ServerMessage.Joined joined -> joined(joined);
            case ServerMessage.Answered answered ->
                    answered(typed("answer").put("sdp", answered.sdp()), answered);
            case ServerMessage.Offered(String sdp, int number, var tracks) -> {
                ObjectNode offer = typed("offer").put("sdp", sdp).put("id", number);
                putTracks(offer, tracks);
                yield offer;
            }
            case ServerMessage.Candidate candidate -> candidate(candidate.value());
            case ServerMessage.ParticipantJoined joined ->
                    put(typed("participant-joined"), joined.participant());
            case ServerMessage.ParticipantLeft left ->
                    put(typed("participant-left"), left.participant())
                            .put("reason", wireName(left.reason()));
            case ServerMessage.TrackPublished published ->
                    put(typed("track-published"), published.track());
            case ServerMessage.TrackUnpublished unpublished ->
                    put(typed("track-unpublished"), unpublished.track());
            case ServerMessage.Renegotiate(int audio, int video) ->
                    typed("renegotiate").put("audio", audio).put("video", video);
            case ServerMessage.Unavailable unavailable ->
                    typed("unavailable")
                            .put("track", unavailable.trackId())
                            .put("reason", wireName(unavailable.reason()));
            case ServerMessage.Connected _ -> typed("connected");
            case ServerMessage.Left(var reason) -> typed("left").put("reason", wireName(reason));
            case ServerMessage.Failed(ErrorCode code, String text, String about) -> {
                ObjectNode error = typed("error").put("code", code.wireName()).put("message", text);
                yield about.isEmpty() ? error : error.put("about", about);
            }
            case ServerMessage.Muted(TrackInfo track) -> put(typed("muted"), track);
            case ServerMessage.TrackMuted(TrackInfo track) -> put(typed("track-muted"), track);
            case ServerMessage.TrackUnmuted(TrackInfo track) -> put(typed("track-unmuted"), track);
            case ServerMessage.ParticipantUpdated(ParticipantInfo who) ->
                    put(typed("participant-updated"), who);
            case ServerMessage.RoomUpdated(String metadata) ->
                    typed("room-updated").put("metadata", metadata);
            case ServerMessage.Quality(var participantId, var identity, var quality) ->
                    typed("connection-quality")
                            .put("participant", participantId)
                            .put("identity", identity)
                            .put("quality", wireName(quality));
            case ServerMessage.Speakers(var speakers) -> speakers(speakers);
            case ServerMessage.DominantSpeaker(String participantId, String identity) ->
                    typed("dominant-speaker")
                            .put("participant", participantId)
                            .put("identity", identity);
            case ServerMessage.Encodings(String trackId, var active) -> {
                ObjectNode encodings = typed("encodings").put("track", trackId);
                ObjectNode byName = encodings.putObject("active");
                active.forEach(byName::put);
                yield encodings;
            }
            case ServerMessage.StreamPaused(String trackId) ->
                    typed("stream-paused").put("track", trackId);
            case ServerMessage.StreamResumed(String trackId) ->
                    typed("stream-resumed").put("track", trackId);
            case ServerMessage.TrackForbidden(String publisherId, String trackId) ->
                    typed("track-forbidden").put("participant", publisherId).put("track", trackId);
            case ServerMessage.TrackPermitted(String publisherId, String trackId) ->
                    typed("track-permitted").put("participant", publisherId).put("track", trackId);
            case ServerMessage.ChannelKnown(int id) -> typed("channel").put("id", id);
            case ServerMessage.DataSlow(String label) -> typed("data-slow").put("label", label);
            case ServerMessage.DataClosed(String participantId, String identity, String label) ->
                    typed("data-closed")
                            .put("participant", participantId)
                            .put("identity", identity)
                            .put("label", label)
                            .put("reason", "too_slow");
            case ServerMessage.RoomClosing(var reason) ->
                    typed("room-closing").put("reason", wireName(reason));
            case ServerMessage.Pong _ -> typed("pong");
        };
    }

    private ObjectNode joined(ServerMessage.Joined joined) {
        ObjectNode node =
                put(typed("joined"), joined.self())
                        .put("room", joined.room())
                        .put("roomMetadata", joined.roomMetadata())
                        .put("session", joined.session())
                        .put("resumed", joined.resumed());
        RoomSettings settings = joined.settings();
        ObjectNode said =
                node.putObject("settings")
                        .put("maxParticipants", settings.maxParticipants())
                        .put("unmuteAllowed", settings.unmuteAllowed());
        ArrayNode codecs = said.putArray("codecs");
        settings.codecs().forEach(codec -> codecs.add(wireName(codec)));
        ArrayNode participants = node.putArray("participants");
        joined.participants().forEach(participant -> put(participants.addObject(), participant));
        ArrayNode tracks = node.putArray("tracks");
        joined.tracks().forEach(track -> put(tracks.addObject(), track));
        ArrayNode servers = node.putArray("iceServers");
        for (IceServer server : iceServers.get()) {
            ObjectNode told = servers.addObject().put("urls", server.url());
            if (!server.username().isEmpty()) {
                told.put("username", server.username()).put("credential", server.credential());
            }
        }
        return node;
    }

    private static ObjectNode answered(ObjectNode node, ServerMessage.Answered answered) {
        putTracks(node, answered.tracks());
        ArrayNode published = node.putArray("published");
        answered.published()
                .forEach((mid, track) -> published.addObject().put("mid", mid).put("track", track));
        return node;
    }

    private static void putTracks(ObjectNode node, List<ForwardedTrack> forwarded) {
        ArrayNode tracks = node.putArray("tracks");
        for (ForwardedTrack track : forwarded) {
            put(tracks.addObject().put("mid", track.mid()), track.track());
        }
    }

    private ObjectNode speakers(List<Speaker> speakers) {
        ObjectNode node = typed("active-speakers");
        ArrayNode all = node.putArray("speakers");
        for (Speaker speaker : speakers) {
            all.addObject()
                    .put("participant", speaker.participantId())
                    .put("identity", speaker.identity())
                    .put("level", speaker.audioLevel());
        }
        return node;
    }

    private ObjectNode candidate(String value) {
        ObjectNode node = typed("ice-candidate");
        // All sections are bundled, so that the first one's index is right for each candidate.
        node.putObject("candidate").put("candidate", "candidate:" + value).put("sdpMLineIndex", 0);
        return node;
    }

    private ObjectNode typed(String type) {
        return mapper.createObjectNode().put("type", type);
    }

    private static ObjectNode put(ObjectNode node, ParticipantInfo participant) {
        return node.put("participant", participant.participantId())
                .put("identity", participant.identity())
                .put("name", participant.name())
                .put("metadata", participant.metadata());
    }

    private static ObjectNode put(ObjectNode node, TrackInfo track) {
        node.put("participant", track.participantId())
                .put("identity", track.identity())
                .put("track", track.trackId())
                .put("kind", wireName(track.kind()))
                .put("source", wireName(track.source()))
                .put("muted", track.muting().muted());
        return track.muting().byRoom() ? node.put("mutedBy", "room") : node;
    }

    private static String wireName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
