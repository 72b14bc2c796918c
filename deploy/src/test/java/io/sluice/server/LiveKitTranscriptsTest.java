package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.sluice.server.Transcript.Asks;
import io.sluice.server.Transcript.Connects;
import io.sluice.server.Transcript.Hangs;
import io.sluice.server.Transcript.Hears;
import io.sluice.server.hostile.SignalSocket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What real clients of LiveKit said to this server once is said again, byte by byte, and the server answers as it did:
 * so a change of the protocol shows where there is neither Node.js nor a browser.
 */
final class LiveKitTranscriptsTest {
    private static final Pattern ID = Pattern.compile("(?:RM|PA|TR|DTR)_[2-9A-Za-z]{12}");

    /** What an answer or an offer agrees on; ids, keys, addresses and SSRCs are made anew each time. */
    private static final Pattern AGREED =
            Pattern.compile(
                    "(?:m=|a=(?:mid|rtpmap|fmtp|rtcp-fb|extmap|rid|simulcast|msid|sendonly|recvonly"
                            + "|sendrecv|inactive|setup|group|sctp-port)\\b).*");

    private static final Pattern JOIN_REQUEST = Pattern.compile("(?<=join_request=)[^&]+");

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rtc-node-1.1.0-one", "rtc-node-1.1.0-two",
                "livekit-client-2.23.0-one", "livekit-client-2.23.0-two"
            })
    void shouldAnswerAsWhenItWasRecorded(String name)
            throws StartException, InvalidProtocolBufferException {
        try (TestServer server = TestServer.start()) {
            new Play(server, http).play(Transcript.recorded(name));
        } finally {
            http.shutdownNow();
        }
    }

    /** One transcript that is said again. */
    private static final class Play {
        private final TestServer server;
        private final HttpClient http;
        private final Map<String, SignalSocket> sockets = new HashMap<>();

        /** Those of today by those that were recorded. */
        private final Map<String, String> ids = new HashMap<>();

        private Play(TestServer server, HttpClient http) {
            this.server = server;
            this.http = http;
        }

        void play(List<Transcript.Line> lines) throws InvalidProtocolBufferException {
            for (int i = 0; i < lines.size(); i++) {
                Transcript.Line line = lines.get(i);
                String about = "line %d: %s".formatted(i + 1, Transcript.about(line));
                switch (line) {
                    case Connects(var who, var path) -> sockets.put(who, connect(who, path));
                    case Asks(var who, byte[] message) -> socket(who).trySend(today(message));
                    case Hears(var who, var message) -> hear(socket(who), message, about);
                    case Hangs(var who) -> socket(who).close();
                }
            }
        }

        private SignalSocket socket(String who) {
            return Objects.requireNonNull(sockets.get(who), who);
        }

        private SignalSocket connect(String who, String path) {
            String token = Transcript.token(server, who);
            String today =
                    JOIN_REQUEST
                            .matcher(path)
                            .replaceFirst(found ->
                                    joinRequest(
                                            URLDecoder.decode(
                                                    found.group(), StandardCharsets.UTF_8)));
            return new SignalSocket(
                    http,
                    URI.create(
                            "ws://127.0.0.1:%d%s&access_token=%s"
                                    .formatted(server.sluice().httpPort(), today(today), token)));
        }

        /** Who comes back is known by an id inside; else it is as it was. */
        private String joinRequest(String parameter) {
            try {
                WrappedJoinRequest wrapped =
                        WrappedJoinRequest.parseFrom(Base64.getUrlDecoder().decode(parameter));
                byte[] request = wrapped.getJoinRequest().toByteArray();
                if (wrapped.getCompression() == WrappedJoinRequest.Compression.GZIP) {
                    request = new GZIPInputStream(new ByteArrayInputStream(request)).readAllBytes();
                }
                byte[] today = today(request);
                if (Arrays.equals(today, request)) {
                    return URLEncoder.encode(parameter, StandardCharsets.UTF_8);
                }
                return Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                WrappedJoinRequest.newBuilder()
                                        .setJoinRequest(ByteString.copyFrom(today))
                                        .build()
                                        .toByteArray());
            } catch (IOException malformed) {
                throw new IllegalArgumentException(parameter, malformed);
            }
        }

        /** Ids have one length: any message stays whole when they are replaced. */
        private byte[] today(byte[] message) {
            return today(new String(message, StandardCharsets.ISO_8859_1))
                    .getBytes(StandardCharsets.ISO_8859_1);
        }

        private String today(String text) {
            return ID.matcher(text)
                    .replaceAll(found -> ids.getOrDefault(found.group(), found.group()));
        }

        private void hear(SignalSocket socket, SignalResponse recorded, String about)
                throws InvalidProtocolBufferException {
            SignalResponse heard =
                    socket.await(
                            message -> Transcript.SAID_IN_ORDER.contains(message.getMessageCase()));
            assertThat(heard.getMessageCase()).as(about).isEqualTo(recorded.getMessageCase());
            List<String> then = idsOf(recorded);
            List<String> now = idsOf(heard);
            assertThat(now).as("%s: ids in %s", about, heard).hasSameSizeAs(then);
            for (int i = 0; i < then.size(); i++) {
                ids.putIfAbsent(then.get(i), now.get(i));
            }
            assertThat(agreed(heard)).as(about).isEqualTo(today(agreed(recorded)));
        }

        private static List<String> idsOf(SignalResponse message) {
            String text = new String(message.toByteArray(), StandardCharsets.ISO_8859_1);
            return ID.matcher(text).results().map(MatchResult::group).toList();
        }
    }

    /** What of a message is the same each time. */
    private static String agreed(SignalResponse message) throws InvalidProtocolBufferException {
        SignalResponse.Builder agreed = message.toBuilder();
        switch (message.getMessageCase()) {
            // Times and versions of the server; who is there is in their ids.
            case JOIN -> agreed.clearJoin();
            case RECONNECT -> agreed.clearReconnect();
            case ANSWER -> agreed.setAnswer(agreed(message.getAnswer()));
            case OFFER -> agreed.setOffer(agreed(message.getOffer()));
            default -> {}
        }
        return JsonFormat.printer().print(agreed);
    }

    private static SessionDescription agreed(SessionDescription description) {
        String sdp =
                description
                        .getSdp()
                        .lines()
                        .filter(line -> AGREED.matcher(line).matches())
                        .collect(Collectors.joining("\n"));
        return description.toBuilder().setSdp(sdp).build();
    }
}
