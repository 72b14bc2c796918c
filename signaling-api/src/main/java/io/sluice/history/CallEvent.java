package io.sluice.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened in a call. Its texts fit the database: they are cut, and hold no NUL, which PostgreSQL does
 * not take.
 *
 * @param eventId unique, also among servers
 * @param callId the room's id, new for each life of a room
 * @param room its name
 * @param identity of whom it is about; empty if of nobody
 * @param name that one's, as it was shown
 * @param detail what else is to be said of this kind, a JSON object
 */
record CallEvent(
        String eventId,
        EventKind kind,
        String callId,
        String room,
        long atMillis,
        String participantId,
        String identity,
        String name,
        String detail) {
    private static final int MAX_ID_CHARS = 64;
    private static final int MAX_NAME_CHARS = 512;

    /** A chat message with its JSON escapes; more than that is not in a call's own messages. */
    static final int MAX_DETAIL_CHARS = 16_384;

    private static final String NO_DETAIL = "{}";
    private static final ObjectMapper JSON = new ObjectMapper();

    CallEvent {
        eventId = fit(eventId, MAX_ID_CHARS);
        callId = fit(callId, MAX_ID_CHARS);
        room = fit(room, MAX_NAME_CHARS);
        participantId = fit(participantId, MAX_ID_CHARS);
        identity = fit(identity, MAX_NAME_CHARS);
        name = fit(name, MAX_NAME_CHARS);
        detail = detail.length() > MAX_DETAIL_CHARS ? NO_DETAIL : detail.replace("\\u0000", "");
    }

    private static String fit(String text, int maxChars) {
        String clean = text.replace('\0', '\uFFFD');
        if (clean.length() <= maxChars) {
            return clean;
        }
        // Not between the halves of a character.
        int end = Character.isHighSurrogate(clean.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
        return clean.substring(0, end);
    }

    /** One line of UTF-8, with its end: how it is written to the journal. */
    byte[] line() {
        ObjectNode node =
                JSON.createObjectNode()
                        .put("e", eventId)
                        .put("k", kind.name())
                        .put("c", callId)
                        .put("r", room)
                        .put("t", atMillis)
                        .put("p", participantId)
                        .put("i", identity)
                        .put("n", name)
                        .put("d", detail);
        return (node + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a line; empty if it is none, as when the server died while it wrote. */
    static Optional<CallEvent> ofLine(byte[] line) {
        try {
            JsonNode node = JSON.readTree(line);
            return node == null || !node.isObject() ? Optional.empty() : Optional.of(read(node));
        } catch (IOException | IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static CallEvent read(JsonNode node) {
        return new CallEvent(
                node.path("e").asText(),
                EventKind.valueOf(node.path("k").asText()),
                node.path("c").asText(),
                node.path("r").asText(),
                node.path("t").asLong(),
                node.path("p").asText(),
                node.path("i").asText(),
                node.path("n").asText(),
                node.path("d").asText());
    }

    /** What a search looks into, in small letters: databases do not agree what these are. */
    String searched() {
        return String.join("\n", room, identity, name, detail).toLowerCase(Locale.ROOT);
    }

    /** What is said in the detail; an empty object if it is none. */
    JsonNode details() {
        return details(detail);
    }

    static JsonNode details(String detail) {
        try {
            return JSON.readTree(detail);
        } catch (JsonProcessingException broken) {
            return JSON.createObjectNode();
        }
    }
}
