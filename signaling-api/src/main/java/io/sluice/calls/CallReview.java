package io.sluice.calls;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.Grants;
import io.sluice.api.TokenException;
import io.sluice.api.TokenException.Reason;
import io.sluice.api.TokenReview;
import io.sluice.room.Guise;
import io.sluice.room.Permissions;
import io.sluice.transport.TrackSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds every token for the room of a call against the call as it is now: who was removed or blocked does not come
 * back by an old token, and a role counts from the moment it changes. Used from any thread.
 */
final class CallReview implements TokenReview {
    /** What signs the tokens of calls, instead of one of the operator's keys. */
    static final String API_KEY = "sluice-calls";

    /** Everybody in the call is told it of everybody; nobody can change one's own. */
    static final String ROLE_ATTRIBUTE = "sluice.role";

    private final CallBook book;
    private final boolean keysAreSecret;

    /**
     * @param keysAreSecret whether tokens that other keys sign let into calls; in dev mode everybody has the key
     */
    CallReview(CallBook book, boolean keysAreSecret) {
        this.book = book;
        this.keysAreSecret = keysAreSecret;
    }

    @Override
    public Bearer review(Bearer bearer) throws TokenException {
        Grants grants = bearer.grants();
        Optional<String> code = Optional.ofNullable(grants.room()).flatMap(CallCodes::ofRoom);
        boolean isOurs = bearer.apiKey().equals(API_KEY);
        if (!isOurs && (code.isEmpty() || keysAreSecret || !grants.roomJoin())) {
            return bearer;
        }
        CallRecord call =
                code.flatMap(book::find)
                        .orElseThrow(() -> refused("The call has ended, or never was."));
        if (!isOurs) {
            throw refused("Calls are joined by POST /api/v1/calls/{code}/join.");
        }
        Member member =
                call.member(grants.identity())
                        .filter(Member::isAdmitted)
                        .orElseThrow(() -> refused("The token's bearer may not be in the call."));
        return new Bearer(API_KEY, grants(call, grants.identity(), member), bearer.expiresAt());
    }

    private static TokenException refused(String why) {
        return new TokenException(Reason.NOT_GRANTED, why);
    }

    /** What somebody may do in a call. */
    static Grants grants(CallRecord call, String identity, Member member) {
        return new Grants(
                identity,
                member.name(),
                null,
                true,
                false,
                false,
                member.role() == Role.HOST,
                CallCodes.room(call.code()),
                new Permissions(
                        mayPublish(member.role()),
                        true,
                        true,
                        0,
                        call.settings().audioOnly() ? Set.of(TrackSource.MICROPHONE) : Set.of(),
                        false),
                Map.of(ROLE_ATTRIBUTE, member.role().word()),
                null,
                Guise.PERSON);
    }

    static boolean mayPublish(Role role) {
        return switch (role) {
            case HOST, SPEAKER -> true;
            case VIEWER -> false;
        };
    }
}
