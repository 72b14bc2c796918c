package io.sluice.plain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.sluice.room.MessageForm;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomMessage;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message behind an envelope: one line of JSON that ends with a line feed. What a client writes says
 * for whom ({@code to}, identities), what it reads from whom ({@code from}, {@code participant}).
 */
final class EnvelopeForm implements MessageForm {
    /** A thousand identities of 60 characters. */
    static final int MAX_ENVELOPE_BYTES = 65_536;

    private static final int MAX_DEPTH = 8;
    private static final byte END = '\n';

    private final JsonFactory json =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build();

    @Override
    public @Nullable RoomMessage read(
            ParticipantInfo sender, ChannelOptions channel, DataMessage written) {
        byte[] bytes = written.bytes();
        int end = end(bytes);
        if (end < 0) {
            return null;
        }
        List<String> to = new ArrayList<>();
        if (end > 0 && !readEnvelope(bytes, end, to)) {
            return null;
        }
        byte[] content = Arrays.copyOfRange(bytes, end + 1, bytes.length);
        return new RoomMessage(sender, channel, new DataMessage(written.kind(), content), to);
    }

    private static int end(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, MAX_ENVELOPE_BYTES); i++) {
            if (bytes[i] == END) {
                return i;
            }
        }
        return -1;
    }

    private boolean readEnvelope(byte[] bytes, int length, List<String> to) {
        try (JsonParser parser = json.createParser(bytes, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!name.equals("to")) {
                    parser.skipChildren();
                } else if (value != JsonToken.START_ARRAY || !readTo(parser, to)) {
                    return false;
                }
            }
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (IOException malformed) {
            return false;
        }
    }

    private static boolean readTo(JsonParser parser, List<String> to) throws IOException {
        JsonToken next = parser.nextToken();
        while (next == JsonToken.VALUE_STRING && to.size() < RoomMessage.MAX_RECEIVERS) {
            to.add(parser.getText());
            next = parser.nextToken();
        }
        return next == JsonToken.END_ARRAY && !to.isEmpty();
    }

    @Override
    public DataMessage write(RoomMessage message) {
        byte[] envelope = envelope(message.namedSender()).getBytes(StandardCharsets.UTF_8);
        byte[] content = message.content().bytes();
        byte[] bytes = Arrays.copyOf(envelope, envelope.length + content.length);
        System.arraycopy(content, 0, bytes, envelope.length, content.length);
        return new DataMessage(message.content().kind(), bytes);
    }

    private static String envelope(@Nullable ParticipantInfo sender) {
        if (sender == null) {
            return "{}\n";
        }
        StringBuilder text = new StringBuilder("{\"from\":\"");
        JsonStringEncoder.getInstance().quoteAsString(sender.identity(), text);
        // Ids are ours, and need no escapes.
        return text.append("\",\"participant\":\"")
                .append(sender.participantId())
                .append("\"}\n")
                .toString();
    }
}
