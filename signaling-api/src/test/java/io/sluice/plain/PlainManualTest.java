package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.room.LeaveReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The manual leaves out nothing that a client can meet. */
final class PlainManualTest {
    private static String manual() throws IOException {
        return Files.readString(Path.of("..", "docs", "plain-protocol.md"));
    }

    private static String openApi() throws IOException {
        return Files.readString(
                Path.of("src", "main", "resources", "io", "sluice", "api", "rest", "openapi.yaml"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameEveryReasonToBeGone(LeaveReason reason) throws IOException {
        String word = "`" + reason.name().toLowerCase(Locale.ROOT) + "`";
        assertThat(manual().split("`reason` is one of", 2)[1].split("```", 2)[0]).contains(word);
        assertThat(openApi().split("Of `participant-left`:", 2)[1].split("\\.\n", 2)[0])
                .contains(word);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameEveryCloseCode(CloseCode code) throws IOException {
        assertThat(manual().split("## Close codes", 2)[1].split("## Limits", 2)[0])
                .containsPattern("\\b" + code.code() + "\\b");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameEveryError(ErrorCode code) throws IOException {
        assertThat(manual().split("\\| code \\| meaning \\|", 2)[1].split("\n\n", 2)[0])
                .contains("`" + code.wireName() + "`");
    }

    /** Not as a failed handshake: who runs the server is the one to look into it. */
    @Test
    void shouldCloseWithTheCodeOfAServerErrorAfterADefect() {
        assertThat(CloseCode.of(LeaveReason.INTERNAL)).isEqualTo(CloseCode.INTERNAL);
        assertThat(CloseCode.INTERNAL.code()).isEqualTo((short) 1011);
    }
}
