package io.sluice.livekit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalTarget;
import livekit.LivekitRtc.TrickleRequest;

/** Candidates as they stand in LiveKit's messages: JSON, as browsers write them. */
final class Candidates {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CANDIDATE = "candidate:";

    private Candidates() {}

    /** The value of {@code a=candidate}; empty if it cannot be read. */
    static Optional<String> read(TrickleRequest trickle) {
        try {
            String value = JSON.readTree(trickle.getCandidateInit()).path("candidate").asText("");
            return Optional.of(
                    value.startsWith(CANDIDATE) ? value.substring(CANDIDATE.length()) : value);
        } catch (JsonProcessingException malformed) {
            return Optional.empty();
        }
    }

    /** Of the connection in which the client offers. Some clients need both names of a section. */
    static SignalResponse.Builder write(String value, String mid) {
        String init =
                JSON.createObjectNode()
                        .put("candidate", CANDIDATE + value)
                        .put("sdpMid", mid)
                        .put("sdpMLineIndex", 0)
                        .toString();
        return SignalResponse.newBuilder()
                .setTrickle(
                        TrickleRequest.newBuilder()
                                .setCandidateInit(init)
                                .setTarget(SignalTarget.PUBLISHER));
    }
}
