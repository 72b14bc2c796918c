package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AccessTokens;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.ApiConfig;
import io.sluice.api.Grants;
import io.sluice.room.Permissions;
import io.sluice.transport.TrackSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes access tokens, for those who may, and in dev mode for the same machine. Used from all event loops. */
final class TokenOperations {
    private static final String TOKENS = "/api/v1/tokens";
    private static final String DEV_TOKEN = "/api/v1/dev/token";

    /** A working day: nobody's trial ends in the middle, and no token of a trial lives on. */
    private static final Duration DEV_VALIDITY = Duration.ofHours(12);

    /** LiveKit's. */
    private static final Duration USUAL_VALIDITY = Duration.ofHours(6);

    private final AccessTokens tokens;
    private final ApiConfig config;
    private final int maxMetadataChars;
    private final RandomGenerator random;
    private final Clock clock;

    TokenOperations(
            AccessTokens tokens,
            ApiConfig config,
            int maxMetadataChars,
            RandomGenerator random,
            Clock clock) {
        this.tokens = tokens;
        this.config = config;
        this.maxMetadataChars = maxMetadataChars;
        this.random = random;
        this.clock = clock;
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        operations.add(Operation.post(TOKENS, Operation.Access.BEARER_OR_DEV, this::make));
        if (config.access().devMode()) {
            // Where the page gets its tokens from.
            operations.add(Operation.post(DEV_TOKEN, Operation.Access.OPEN, this::makeForPage));
        }
        return operations;
    }

    private void make(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        Grants grants = grants(body);
        long mostSeconds = config.limits().rest().maxTokenValidity().toSeconds();
        Long ttlSeconds = body.whole("ttlSeconds", 1, mostSeconds);
        body.requireNoOthers();
        Bearer bearer = call.bearer();
        if (bearer != null) {
            requireKeyOfOperator(bearer);
            requireMayGive(bearer.grants(), grants);
        }
        Duration usual =
                USUAL_VALIDITY.toSeconds() <= mostSeconds
                        ? USUAL_VALIDITY
                        : config.limits().rest().maxTokenValidity();
        // Signed by the key of whoever asks, so that who takes the key back takes these back too.
        String apiKey =
                bearer == null ? config.access().keys().names().getFirst() : bearer.apiKey();
        answer(call, apiKey, grants, ttlSeconds == null ? usual : Duration.ofSeconds(ttlSeconds));
    }

    private Grants grants(Fields body) throws Refusal {
        String room = body.text("room", Integer.MAX_VALUE);
        if (room != null) {
            Call.roomName(room);
        }
        String identity = body.text("identity", AccessTokens.MAX_IDENTITY_CHARS);
        String name = body.text("name", AccessTokens.MAX_IDENTITY_CHARS);
        String metadata = body.text("metadata", maxMetadataChars);
        boolean roomJoin = body.flag("roomJoin", true);
        boolean roomCreate = body.flag("roomCreate", false);
        boolean roomList = body.flag("roomList", false);
        boolean roomAdmin = body.flag("roomAdmin", false);
        boolean canPublish = body.flag("canPublish", true);
        boolean canSubscribe = body.flag("canSubscribe", true);
        boolean canPublishData = body.flag("canPublishData", canPublish);
        Set<TrackSource> sources = sources(body);
        Long maxBitrate =
                body.whole(
                        "maxBitrate",
                        RoomOperations.MIN_MAX_BITRATE,
                        RoomOperations.MAX_MAX_BITRATE);
        if (roomJoin && (identity == null || identity.isEmpty())) {
            throw Fields.invalid(
                    "identity", "is missing: it names the participant; or set roomJoin to false");
        }
        if ((roomJoin || roomAdmin) && room == null) {
            throw Fields.invalid(
                    "room", "is missing: roomJoin, which is usual, and roomAdmin are for one room");
        }
        return new Grants(
                identity == null ? "" : identity,
                name,
                metadata,
                roomJoin,
                roomCreate,
                roomList,
                roomAdmin,
                room,
                new Permissions(
                        canPublish,
                        canSubscribe,
                        canPublishData,
                        maxBitrate == null ? 0 : maxBitrate,
                        sources,
                        false));
    }

    private static Set<TrackSource> sources(Fields body) throws Refusal {
        List<String> names = body.texts("canPublishSources", TrackSource.values().length);
        EnumSet<TrackSource> sources = EnumSet.noneOf(TrackSource.class);
        if (names != null) {
            for (String name : names) {
                sources.add(source(name));
            }
        }
        return sources;
    }

    private static TrackSource source(String name) throws Refusal {
        for (TrackSource source : TrackSource.values()) {
            if (RestJson.wireName(source).equals(name)) {
                return source;
            }
        }
        throw Fields.invalid(
                "canPublishSources",
                "may name camera, microphone, screen_share and screen_share_audio only");
    }

    /** What the server signed for itself it looks at anew each time: it lends its name to nobody. */
    private void requireKeyOfOperator(Bearer bearer) throws Refusal {
        if (!config.access().keys().names().contains(bearer.apiKey())) {
            throw Call.forbidden("a token that the server gave for a call makes no others");
        }
    }

    /** Nobody gives what he does not have; who may create rooms may do anything with one of them. */
    private static void requireMayGive(Grants own, Grants given) throws Refusal {
        String room = given.room();
        boolean ofRoom = given.roomJoin() || given.roomAdmin();
        if (ofRoom && !own.roomCreate() && (room == null || !own.isAdminOf(room))) {
            throw Call.forbidden(
                    "for a token to a room video.roomCreate must be true, or video.roomAdmin be"
                            + " true and video.room this room's name");
        }
        if (given.roomCreate() && !own.roomCreate()) {
            throw Call.forbidden("only who has video.roomCreate may give it");
        }
        if (given.roomList() && !own.roomList()) {
            throw Call.forbidden("only who has video.roomList may give it");
        }
    }

    private void makeForPage(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String room = Call.roomName(body.requiredText("room", Integer.MAX_VALUE));
        String wanted = body.text("identity", AccessTokens.MAX_IDENTITY_CHARS);
        String name = body.text("name", AccessTokens.MAX_IDENTITY_CHARS);
        body.requireNoOthers();
        String identity = wanted == null || wanted.isEmpty() ? guest() : wanted;
        answer(
                call,
                config.access().keys().names().getFirst(),
                Grants.join(room, identity, name),
                DEV_VALIDITY);
    }

    private String guest() {
        return "guest-" + HexFormat.of().toHexDigits(random.nextInt());
    }

    private void answer(Call call, String apiKey, Grants grants, Duration validity) {
        ObjectNode answer = RestJson.object().put("token", tokens.issue(apiKey, grants, validity));
        put(answer, "room", grants.room());
        put(answer, "identity", grants.identity());
        // JWTs count whole seconds.
        Instant expiresAt = clock.instant().plus(validity).truncatedTo(ChronoUnit.SECONDS);
        call.answer(200, answer.put("expiresAt", expiresAt.toString()));
    }

    private static void put(ObjectNode answer, String field, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            answer.put(field, value);
        }
    }
}
