package io.sluice.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6184 8.1 and 8.2.2. */
final class H264FormatTest {
    private static H264Format format(String profileLevel, String mode, String asymmetry) {
        return H264Format.of(
                Map.of(
                        "profile-level-id", profileLevel,
                        "packetization-mode", mode,
                        "level-asymmetry-allowed", asymmetry));
    }

    @ParameterizedTest
    @CsvSource({
        "42e01f, constrained baseline",
        "42401f, constrained baseline",
        "42C01F, constrained baseline",
        "4d801f, constrained baseline",
        "58c01f, constrained baseline",
        "42001f, baseline",
        "58801f, baseline",
        "4d001f, main",
        "4d401f, main",
        "58001f, extended",
        "58401f, extended",
        "64001f, high",
        "640c1f, constrained high",
        "f4001f, f400",
        "nonsense, nonsense"
    })
    void shouldKnowTheSpellingsOfAProfile(String profileLevel, String profile) {
        assertThat(format(profileLevel, "1", "1").profile()).isEqualTo(profile);
    }

    @Test
    void shouldTakeAnyLevelWhereItMayDiffer() {
        assertThat(format("42e01f", "1", "1").decodes(format("42e034", "1", "0"))).isTrue();
        assertThat(format("42e01f", "1", "1").decodes(format("58c034", "1", "1"))).isTrue();
    }

    @Test
    void shouldTakeNoHigherLevelWhereItMayNot() {
        H264Format stream = format("42e01f", "1", "1");
        assertThat(format("42e01e", "1", "0").decodes(stream)).isFalse();
        assertThat(format("42e01f", "1", "0").decodes(stream)).isTrue();
        assertThat(format("42e034", "1", "0").decodes(stream)).isTrue();
        assertThat(H264Format.of(Map.of("profile-level-id", "42e01e")).levelAsymmetry()).isFalse();
    }

    @Test
    void shouldNotTakeAnotherProfileOrPacketization() {
        assertThat(format("64001f", "1", "1").decodes(format("42e01f", "1", "1"))).isFalse();
        assertThat(format("42e01f", "0", "1").decodes(format("42e01f", "1", "1"))).isFalse();
        assertThat(format("42e01f", "1", "1").decodes(format("42e01f", "0", "1"))).isFalse();
    }

    @Test
    void shouldNotForwardWhatIsInterleaved() {
        assertThat(format("42e01f", "2", "1").isForwarded()).isFalse();
        assertThat(format("42e01f", "nonsense", "1").isForwarded()).isFalse();
        assertThat(format("42e01f", "0", "1").isForwarded()).isTrue();
    }

    @Test
    void shouldOrderTheLevelThatHasALetter() {
        H264Format stream = format("42f00b", "1", "1");
        assertThat(format("42e00a", "1", "0").decodes(stream)).as("1 takes 1b").isFalse();
        assertThat(format("42e00b", "1", "0").decodes(stream)).as("1.1 takes 1b").isTrue();
        assertThat(format("42f00b", "1", "0").decodes(format("42e00b", "1", "1"))).isFalse();
        assertThat(format("640009", "1", "0").level()).isEqualTo(stream.level());
    }
}
