package io.sluice.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CallEventTest {
    private static CallEvent event(String name, String detail) {
        return new CallEvent(
                "e1", EventKind.JOINED, "RM_a", "maths", 5, "PA_a", "ada", name, detail);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ada",
                "=1+1",
                "Robert'); DROP TABLE history_event;--",
                "two\nlines",
                "\u202Eada",
                "👩‍🚀"
            })
    void shouldComeBackFromItsLineAsItWas(String name) {
        CallEvent event = event(name, "{\"reason\":\"left\"}");
        assertThat(CallEvent.ofLine(event.line())).contains(event);
        // Lines are told apart by their ends.
        assertThat(new String(event.line(), UTF_8)).matches("(?s)[^\n]*\n");
    }

    @Test
    void shouldFitTheDatabaseWhateverItIsMadeOf() {
        CallEvent event = event("a\0" + "👩".repeat(400), "{\"text\":\"a\\u0000b\"}");
        assertThat(event.name()).startsWith("a\uFFFD").hasSizeLessThanOrEqualTo(512);
        assertThat(Character.isHighSurrogate(event.name().charAt(event.name().length() - 1)))
                .isFalse();
        assertThat(event.details().path("text").asText()).isEqualTo("ab");
        assertThat(event("a", "{\"text\":\"" + "x".repeat(20_000) + "\"}").detail())
                .isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "null", "[]", "{}", "{\"k\":\"NOTHING\"}", "{\"k\":", "\0\0"})
    void shouldBeNothingWhereALineIsBroken(String line) {
        assertThat(CallEvent.ofLine(line.getBytes(UTF_8))).isEmpty();
    }
}
