package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.forward.ViewerWish;
import io.sluice.sctp.ChannelOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text is a message or is refused with words. */
final class MessageFuzzTest {
    private static final int MAX_MESSAGE_BYTES = 256 * 1024;

    private final PlainJson json = new PlainJson(MAX_MESSAGE_BYTES);

    static List<byte[]> messages() {
        return Stream.of(
                        "{\"type\":\"join\",\"token\":\"t\",\"name\":\"Ada\"}",
                        "{\"type\":\"join\",\"session\":\"s\",\"seq\":7}",
                        "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\",\"sources\":{\"0\":\"camera\"}}",
                        "{\"type\":\"ice-candidate\",\"candidate\":{\"candidate\":\"candidate:1 1 udp 1"
                                + " ::1 9 typ host\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}}",
                        "{\"type\":\"ice-candidate\",\"candidate\":\"a=candidate:1\"}",
                        "{\"type\":\"ice-candidate\",\"candidate\":null}",
                        "{\"type\":\"mute\",\"mid\":\"0\",\"muted\":true}",
                        "{\"type\":\"wish\",\"track\":\"TR_1\",\"maxHeight\":360,\"maxFps\":15,"
                                + "\"priority\":1,\"paused\":false}",
                        "{\"type\":\"leave\"}",
                        "{\"type\":\"ping\",\"x\":[1,-2.5e3,true,\"\\u00e4\"]}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @MethodSource("messages")
    @FuzzTest
    void message(byte[] bytes) {
        try {
            check(json.read(new String(bytes, StandardCharsets.UTF_8)));
        } catch (BadMessage refused) {
            assertThat(refused.text()).hasSizeBetween(10, 200);
        }
    }

    private static void check(ClientMessage message) {
        switch (message) {
            case ClientMessage.Join(_, String name, _, long seq, _) -> {
                assertThat(name == null || name.length() <= 256).isTrue();
                assertThat(seq).isGreaterThanOrEqualTo(ClientMessage.Join.UNKNOWN_SEQ);
            }
            case ClientMessage.Offer(String sdp, var sources) -> {
                assertThat(sdp).isNotNull();
                assertThat(sources).hasSizeLessThanOrEqualTo(256);
            }
            case ClientMessage.Candidate(String value, var _) ->
                    assertThat(value).hasSizeLessThanOrEqualTo(1_024).isEqualTo(value.strip());
            case ClientMessage.Answer(String sdp, _) -> assertThat(sdp).isNotNull();
            case ClientMessage.Mute(String track, String mid, _) ->
                    assertThat((track == null) != (mid == null)).isTrue();
            case ClientMessage.Wish(String track, ViewerWish wish) -> {
                assertThat(track).isNotNull();
                assertThat(wish.priority()).isBetween(0, 255);
            }
            case ClientMessage.Channel(int id, ChannelOptions options) -> {
                assertThat(id).isBetween(0, 65_534);
                assertThat(options.label()).hasSizeLessThanOrEqualTo(1_024);
            }
            case ClientMessage.Leave(), ClientMessage.Ping() -> {
                // Nothing in them.
            }
        }
    }
}
