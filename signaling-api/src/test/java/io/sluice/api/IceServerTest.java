package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** STUN and TURN servers that clients are told of. */
final class IceServerTest {
    @Test
    void shouldBeLinkedInTheWordsOfTheStandard() {
        assertThat(IceServer.parse(List.of("stun:s:1", " turn:t:2?transport=udp u p ")))
                .extracting(IceServer::link)
                .containsExactly(
                        "<stun:s:1>; rel=\"ice-server\"",
                        "<turn:t:2?transport=udp>; rel=\"ice-server\"; username=\"u\";"
                                + " credential=\"p\"; credential-type=\"password\"");
    }

    @Test
    void shouldNotPutAPasswordIntoALog() {
        assertThat(new IceServer("turn:t", "u", "secret")).asString().doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://s",
                "stun:",
                "stun:s>",
                "stun:a,b",
                "turn:t",
                "turn:t user",
                "turn:t user pass\"word",
                "turn:t us,er password",
                "turn:t a b c"
            })
    void shouldRefuseWhatIsNone(String line) {
        assertThatThrownBy(() -> IceServer.parse(List.of(line)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("password\"", "pass\"");
    }
}
