package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.room.Guise;
import io.sluice.room.MessageForm;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvelopeFormTest {
    private static final ChannelOptions CHANNEL =
            new ChannelOptions(
                    "chat",
                    PlainDialect.ENVELOPED,
                    true,
                    ChannelOptions.UNLIMITED,
                    ChannelOptions.UNLIMITED);
    private static final ParticipantInfo ADA =
            new ParticipantInfo("PA_1", "a\"d\na", "Ada", "", Instant.EPOCH);

    private final MessageForm form = new PlainDialect().form(CHANNEL);

    private @Nullable RoomMessage read(String text) {
        return form.read(
                ADA,
                CHANNEL,
                new DataMessage(DataMessage.Kind.STRING, text.getBytes(StandardCharsets.UTF_8)));
    }

    private RoomMessage known(String text) {
        return Objects.requireNonNull(read(text));
    }

    private static String text(DataMessage message) {
        return new String(message.bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldNotNameAHiddenSender() {
        ParticipantInfo eve =
                new ParticipantInfo(
                        "PA_e",
                        "eve",
                        "Eve",
                        "",
                        Map.of(),
                        new Guise(Guise.Kind.AGENT, true),
                        Permissions.ALL,
                        true,
                        Instant.EPOCH);
        RoomMessage message = new RoomMessage(eve, CHANNEL, known("{}\nhi").content(), List.of());
        assertThat(text(form.write(message))).isEqualTo("{}\nhi");
    }

    @Test
    void shouldReadForWhomItIs() {
        RoomMessage message = known("{\"x\":{\"y\":[1]},\"to\":[\"bob\",\"cärol\"]}\nhi\nthere");
        assertThat(message.to()).containsExactly("bob", "cärol");
        assertThat(text(message.content())).isEqualTo("hi\nthere");
        assertThat(message.content().kind()).isEqualTo(DataMessage.Kind.STRING);
        assertThat(message.sender()).isEqualTo(ADA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}\nhi", "\nhi", "{\"other\":1}\nhi"})
    void shouldTakeAnEnvelopeWithoutReceiversForEverybody(String written) {
        RoomMessage message = known(written);
        assertThat(message.to()).isEmpty();
        assertThat(text(message.content())).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hi",
                "{}",
                "hi\n",
                "[]\nhi",
                "{\"to\":\"bob\"}\nhi",
                "{\"to\":[]}\nhi",
                "{\"to\":[1]}\nhi",
                "{\"to\":[\"bob\",{}]}\nhi",
                "{\"to\":[\"bob\"]\nhi",
                "{} {}\nhi",
                "{\"a\":[[[[[[[[[[[1]]]]]]]]]]]}\nhi"
            })
    void shouldRefuseWhatIsNoEnvelope(String written) {
        assertThat(read(written)).isNull();
    }

    @Test
    void shouldBoundTheEnvelopeAndItsReceivers() {
        assertThat(read(" ".repeat(EnvelopeForm.MAX_ENVELOPE_BYTES) + "{}\nhi")).isNull();
        String many = "\"b\",".repeat(RoomMessage.MAX_RECEIVERS) + "\"b\"";
        assertThat(read("{\"to\":[" + many + "]}\nhi")).isNull();
    }

    @Test
    void shouldBearAnyBytes() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 10) {
                bytes[0] = '{';
                bytes[9] = '\n';
            }
            form.read(ADA, CHANNEL, new DataMessage(DataMessage.Kind.BINARY, bytes));
        }
    }

    @Test
    void shouldWriteFromWhomItIs() {
        DataMessage content = new DataMessage(DataMessage.Kind.BINARY, new byte[] {'h', 'i'});
        DataMessage written = form.write(new RoomMessage(ADA, CHANNEL, content, List.of("bob")));
        assertThat(text(written))
                .isEqualTo("{\"from\":\"a\\\"d\\na\",\"participant\":\"PA_1\"}\nhi");
        assertThat(written.kind()).isEqualTo(DataMessage.Kind.BINARY);
        assertThat(text(form.write(new RoomMessage(null, CHANNEL, content, List.of()))))
                .isEqualTo("{}\nhi");
    }

    @Test
    void shouldLeaveMessagesOfOtherChannelsAsTheyAre() {
        MessageForm bare = new PlainDialect().form(ChannelOptions.reliable("chat"));
        DataMessage content = new DataMessage(DataMessage.Kind.BINARY, new byte[] {1});
        RoomMessage message =
                Objects.requireNonNull(bare.read(ADA, ChannelOptions.reliable("chat"), content));
        assertThat(bare.write(message)).isSameAs(content);
    }
}
