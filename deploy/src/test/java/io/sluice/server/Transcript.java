package io.sluice.server;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.api.Grants;
import io.sluice.room.Permissions;
import io.sluice.room.RoomSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;

/** What clients and a server said to each other in LiveKit's protocol, one line after the other. */
final class Transcript {
    /**
     * What answers a client, or asks it for something. The rest comes when it comes: what happens to media, which a
     * transcript has none of, and what is said again and again.
     */
    static final Set<MessageCase> SAID_IN_ORDER =
            EnumSet.of(
                    MessageCase.JOIN,
                    MessageCase.RECONNECT,
                    MessageCase.ANSWER,
                    MessageCase.OFFER,
                    MessageCase.TRACK_PUBLISHED,
                    MessageCase.TRACK_UNPUBLISHED,
                    MessageCase.REQUEST_RESPONSE,
                    MessageCase.MEDIA_SECTIONS_REQUIREMENT,
                    MessageCase.SUBSCRIPTION_RESPONSE,
                    MessageCase.PUBLISH_DATA_TRACK_RESPONSE,
                    MessageCase.UNPUBLISH_DATA_TRACK_RESPONSE,
                    MessageCase.DATA_TRACK_SUBSCRIBER_HANDLES,
                    MessageCase.MUTE,
                    MessageCase.LEAVE);

    private static final Duration TOKEN_VALIDITY = Duration.ofMinutes(10);

    private Transcript() {}

    /** One line. */
    sealed interface Line {
        /** The client's identity. */
        String who();
    }

    /** @param path with what a client asks for, without its token */
    record Connects(String who, String path) implements Line {}

    record Asks(String who, byte[] message) implements Line {}

    record Hears(String who, SignalResponse message) implements Line {}

    record Hangs(String who) implements Line {}

    /** Of whoever joins the room of transcripts, and may change itself there. */
    static String token(TestServer server, String identity) {
        Permissions permissions =
                new Permissions(true, true, true, RoomSettings.ANY_BITRATE, Set.of(), true);
        Grants grants =
                new Grants(identity, null, null, true, false, false, false, "hall", permissions);
        return server.sluice().tokens().issue("devkey", grants, TOKEN_VALIDITY);
    }

    /** A name without its ending. */
    static List<Line> recorded(String name) {
        String resource = "/io/sluice/server/livekit/" + name + ".txt.gz";
        try (InputStream in =
                new GZIPInputStream(
                        Objects.requireNonNull(Transcript.class.getResourceAsStream(resource)))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Transcript::line)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Writes lines that {@link #recorded} reads. */
    static void write(Path directory, String name, List<String> lines) throws IOException {
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(directory.resolve(name + ".txt.gz")))) {
            out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Reads a line as {@code tap.mjs} writes it. */
    static Line line(String text) {
        String[] words = text.split(" ", 3);
        return switch (words[1]) {
            case "GET" -> new Connects(words[0], words[2]);
            case ">" -> new Asks(words[0], Base64.getDecoder().decode(words[2]));
            case "<" -> new Hears(words[0], response(Base64.getDecoder().decode(words[2])));
            case "end" -> new Hangs(words[0]);
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static SignalResponse response(byte[] message) {
        try {
            return SignalResponse.parseFrom(message);
        } catch (InvalidProtocolBufferException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    /** Whether a transcript has use for a line: not for what comes when it comes, and for no addresses. */
    static boolean isKept(Line line) {
        return switch (line) {
            case Connects _, Hangs _ -> true;
            case Hears(_, var message) -> SAID_IN_ORDER.contains(message.getMessageCase());
            case Asks(_, byte[] message) ->
                    switch (request(message).getMessageCase()) {
                        case PING, PING_REQ, TRICKLE -> false;
                        default -> true;
                    };
        };
    }

    private static SignalRequest request(byte[] message) {
        try {
            return SignalRequest.parseFrom(message);
        } catch (InvalidProtocolBufferException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    /** What a line is about, for its reader. */
    static String about(Line line) {
        String what =
                switch (line) {
                    case Connects _ -> "connects";
                    case Hangs _ -> "hangs up";
                    case Hears(_, var message) -> "hears " + message.getMessageCase();
                    case Asks(_, byte[] message) -> "says " + request(message).getMessageCase();
                };
        return line.who() + " " + what.toLowerCase(Locale.ROOT);
    }
}
