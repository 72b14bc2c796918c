package io.sluice.api.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.sluice.api.Problem;
import io.sluice.room.Topology;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's JSON object, read field by field. A field of another type is refused, not guessed, and so is one that
 * nobody asked for: a misspelt field that does nothing is found late.
 *
 * <p>Owned by the request's event loop.
 */
public final class Fields {
    /** A list in the object is the deepest there is. */
    private static final int MAX_DEPTH = 4;

    private static final int MAX_NAME_CHARS = 256;
    private static final int MAX_NUMBER_CHARS = 20;

    /** Of a field's name, when it is told back. */
    private static final int MAX_TOLD_CHARS = 64;

    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxNameLength(MAX_NAME_CHARS)
                                                    .maxNumberLength(MAX_NUMBER_CHARS)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode object;
    private final Set<String> asked = new LinkedHashSet<>();

    private Fields(JsonNode object) {
        this.object = object;
    }

    static Fields parse(byte[] body) throws Refusal {
        JsonNode node;
        try {
            // Of bytes Jackson would take UTF-16 and UTF-32 too (RFC 8259 8.1).
            node =
                    MAPPER.readTree(
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .decode(ByteBuffer.wrap(body))
                                    .toString());
        } catch (CharacterCodingException | JsonProcessingException malformed) {
            throw malformed(
                    "The body is not valid JSON in UTF-8, or deeper than "
                            + MAX_DEPTH
                            + " levels.");
        }
        if (node == null || !node.isObject()) {
            throw malformed("The body must be a JSON object; {} is the shortest.");
        }
        return new Fields(node);
    }

    private static Refusal malformed(String detail) {
        return new Refusal(Problem.badRequest("malformed-body", detail));
    }

    /** Scripts write null for what they do not have: it counts as left out. */
    private @Nullable JsonNode field(String name) {
        asked.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    public @Nullable String text(String name, int maxChars) throws Refusal {
        JsonNode value = field(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw invalid(name, "must be a string, not " + typeOf(value));
        }
        String text = value.asText();
        if (text.length() > maxChars) {
            throw invalid(name, "has " + text.length() + " characters but may have " + maxChars);
        }
        return text;
    }

    public String requiredText(String name, int maxChars) throws Refusal {
        String text = text(name, maxChars);
        if (text == null) {
            throw invalid(name, "is missing");
        }
        return text;
    }

    public @Nullable Long whole(String name, long least, long most) throws Refusal {
        JsonNode value = field(name);
        if (value == null) {
            return null;
        }
        boolean fits =
                value.isIntegralNumber()
                        && value.canConvertToLong()
                        && value.asLong() >= least
                        && value.asLong() <= most;
        if (!fits) {
            throw invalid(name, "must be a whole number from " + least + " to " + most);
        }
        return value.asLong();
    }

    public @Nullable Boolean flag(String name) throws Refusal {
        JsonNode value = field(name);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw invalid(name, "must be true or false, not " + typeOf(value));
        }
        return value.asBoolean();
    }

    public boolean flag(String name, boolean absent) throws Refusal {
        Boolean value = flag(name);
        return value == null ? absent : value;
    }

    public @Nullable List<String> texts(String name, int maxTexts) throws Refusal {
        JsonNode value = field(name);
        if (value == null) {
            return null;
        }
        if (!value.isArray() || value.size() > maxTexts) {
            throw invalid(name, "must be a list of at most " + maxTexts + " strings");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw invalid(name, "must be a list of strings only");
            }
            texts.add(element.asText());
        }
        return texts;
    }

    /** Which way sound and pictures are to take. */
    public @Nullable Topology topology() throws Refusal {
        String word = text("topology", Integer.MAX_VALUE);
        if (word == null) {
            return null;
        }
        return Topology.named(word)
                .orElseThrow(() -> invalid("topology", "must be sfu, mesh or auto"));
    }

    /** An object of strings; empty where there is none. */
    Map<String, String> textsByName(String name, int maxTexts, int maxChars) throws Refusal {
        JsonNode value = field(name);
        if (value == null) {
            return Map.of();
        }
        if (!value.isObject() || value.size() > maxTexts) {
            throw invalid(name, "must be an object of at most " + maxTexts + " strings");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (var text : value.properties()) {
            if (!text.getValue().isTextual() || text.getValue().asText().length() > maxChars) {
                throw invalid(
                        name,
                        "must be an object of strings only, of " + maxChars + " characters each");
            }
            texts.put(text.getKey(), text.getValue().asText());
        }
        return texts;
    }

    /** Refuses what nobody asked for; to be called when all fields have been read. */
    public void requireNoOthers() throws Refusal {
        for (var field : object.properties()) {
            String name = field.getKey();
            if (!asked.contains(name)) {
                throw Refusal.invalid(
                        "unknown-field",
                        "There is no field \""
                                + (name.length() > MAX_TOLD_CHARS
                                        ? name.substring(0, MAX_TOLD_CHARS) + "…"
                                        : name)
                                + "\" here; the fields are "
                                + String.join(", ", asked)
                                + ".");
            }
        }
    }

    public static Refusal invalid(String field, String what) {
        return Refusal.invalid("invalid-field", "The field \"" + field + "\" " + what + ".");
    }

    private static String typeOf(JsonNode value) {
        JsonNodeType type = value.getNodeType();
        return switch (type) {
            case ARRAY -> "a list";
            case BOOLEAN -> "true or false";
            case NUMBER -> "a number";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a string";
            case NULL, MISSING -> "nothing";
        };
    }
}
