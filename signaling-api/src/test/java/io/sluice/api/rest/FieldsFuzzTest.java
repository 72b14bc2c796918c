package io.sluice.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** Any body is read to the values that it has, within what was asked for, or is refused with words. */
final class FieldsFuzzTest {
    private static final int MAX_CHARS = 20;
    private static final int MAX_TEXTS = 5;
    private static final long LEAST = -3;
    private static final long MOST = 200;

    private record Values(
            String name,
            @Nullable String metadata,
            @Nullable Long maxParticipants,
            @Nullable List<String> codecs,
            @Nullable Boolean unmuteAllowed) {}

    static List<byte[]> bodies() {
        String deep = "[".repeat(60_000);
        return Stream.of(
                        "{}",
                        "{\"name\":\"maths\"}",
                        "{\"name\":\"maths\",\"metadata\":\"m\",\"maxParticipants\":200,"
                                + "\"codecs\":[\"VP8\",\"opus\"],\"unmuteAllowed\":true}",
                        " {\"name\" : \"\\u0000\\ud83d\\ude00\\n\", \"metadata\":null }\r\n",
                        "{\"name\":\"a\",\"name\":\"b\"}",
                        "{\"name\":\"a\",\"nmae\":1}",
                        "{\"name\":\"a\",\"maxParticipants\":-3e2}",
                        "{\"name\":\"a\",\"maxParticipants\":" + "9".repeat(1_000) + "}",
                        "{\"name\":\"a\",\"codecs\":[[],{},7]}",
                        "{\"name\":\"\\ud800\"}",
                        "{\"name\":" + deep,
                        deep,
                        "{} {}",
                        "")
                .map(text -> text.getBytes(UTF_8))
                .toList();
    }

    @MethodSource("bodies")
    @FuzzTest
    void body(byte[] bytes) throws Refusal, JsonProcessingException {
        Values values;
        try {
            values = read(bytes);
        } catch (Refusal refused) {
            Problem problem = refused.problem();
            assertThat(problem.status()).isIn(400, 422);
            assertThat(problem.detail()).hasSizeBetween(10, 300);
            return;
        }
        assertThat(values.name()).hasSizeLessThanOrEqualTo(MAX_CHARS);
        assertThat(values.metadata() == null || values.metadata().length() <= MAX_CHARS).isTrue();
        assertThat(values.codecs() == null || values.codecs().size() <= MAX_TEXTS).isTrue();
        if (values.maxParticipants() != null) {
            assertThat(values.maxParticipants()).isBetween(LEAST, MOST);
        }
        // Half a surrogate pair, which JSON can escape, has no UTF-8.
        if (isText(values)) {
            assertThat(read(written(values))).isEqualTo(values);
        }
        // Nobody else reads anything else in it.
        assertThat(new ObjectMapper().readTree(new String(bytes, UTF_8)).path("name").asText())
                .isEqualTo(values.name());
    }

    private static Values read(byte[] bytes) throws Refusal {
        Fields fields = Fields.parse(bytes);
        Values values =
                new Values(
                        fields.requiredText("name", MAX_CHARS),
                        fields.text("metadata", MAX_CHARS),
                        fields.whole("maxParticipants", LEAST, MOST),
                        fields.texts("codecs", MAX_TEXTS),
                        fields.flag("unmuteAllowed"));
        fields.requireNoOthers();
        return values;
    }

    private static boolean isText(Values values) {
        return UTF_8.newEncoder().canEncode(values.toString());
    }

    private static byte[] written(Values values) {
        ObjectNode body = RestJson.object().put("name", values.name());
        body.put("metadata", values.metadata());
        body.put("maxParticipants", values.maxParticipants());
        body.put("unmuteAllowed", values.unmuteAllowed());
        if (values.codecs() != null) {
            ArrayNode codecs = body.putArray("codecs");
            values.codecs().forEach(codecs::add);
        }
        return body.toString().getBytes(UTF_8);
    }
}
