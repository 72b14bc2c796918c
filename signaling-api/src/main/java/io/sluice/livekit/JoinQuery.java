package io.sluice.livekit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import org.jspecify.annotations.Nullable;

/** Reads what clients with two connections say of themselves: one query parameter for each thing. */
final class JoinQuery {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private JoinQuery() {}

    /** The same as others say in a join request. */
    static JoinRequest read(MultiMap parameters) throws BadJoinRequest {
        JoinRequest.Builder request =
                JoinRequest.newBuilder()
                        .setConnectionSettings(
                                ConnectionSettings.newBuilder()
                                        .setAutoSubscribe(flag(parameters, "auto_subscribe", true))
                                        .setAdaptiveStream(
                                                flag(parameters, "adaptive_stream", false))
                                        .setAutoSubscribeDataTrack(
                                                flag(
                                                        parameters,
                                                        "auto_subscribe_data_track",
                                                        false)))
                        .setReconnect(flag(parameters, "reconnect", false));
        String participant = parameters.get("sid");
        if (participant != null) {
            request.setParticipantSid(participant);
        }
        return request.putAllParticipantAttributes(attributes(parameters.get("attributes")))
                .build();
    }

    private static boolean flag(MultiMap parameters, String name, boolean usual) {
        String value = parameters.get(name);
        if (value == null || value.isEmpty()) {
            return usual;
        }
        return value.equals("1") || value.equalsIgnoreCase("true");
    }

    /** JSON in base64 for addresses (RFC 4648 5). */
    private static Map<String, String> attributes(@Nullable String value) throws BadJoinRequest {
        if (value == null || value.isEmpty()) {
            return Map.of();
        }
        try {
            byte[] json = Base64.getUrlDecoder().decode(value);
            Map<String, String> attributes =
                    JSON.readValue(new String(json, StandardCharsets.UTF_8), STRINGS);
            if (attributes == null || attributes.containsValue(null)) {
                throw new BadJoinRequest("attributes are no object of strings");
            }
            return attributes;
        } catch (IllegalArgumentException | JsonProcessingException malformed) {
            throw new BadJoinRequest("attributes are not base64url of an object of strings");
        }
    }
}
