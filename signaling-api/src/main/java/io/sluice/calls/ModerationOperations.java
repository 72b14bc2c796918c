package io.sluice.calls;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.rest.Call;
import io.sluice.api.rest.Fields;
import io.sluice.api.rest.Operation;
import io.sluice.api.rest.Refusal;
import io.sluice.transport.TrackSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the host does about others: mute, remove, block and unblock, roles. Used from all event loops. */
final class ModerationOperations {
    private static final String PERSON = CallAccess.CALL + "/participants/{identity}";
    private static final int MAX_WORD_CHARS = 32;

    private final CallBook book;
    private final CallAccess access;
    private final CallRooms rooms;

    ModerationOperations(CallBook book, CallAccess access, CallRooms rooms) {
        this.book = book;
        this.access = access;
        this.rooms = rooms;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                        CallAccess.CALL + "/blocked", Operation.Access.BEARER, this::listBlocked),
                Operation.post(PERSON + "/mute", Operation.Access.BEARER, this::mute),
                Operation.post(PERSON + "/remove", Operation.Access.BEARER, this::remove),
                Operation.post(PERSON + "/block", Operation.Access.BEARER, this::block),
                Operation.post(PERSON + "/role", Operation.Access.BEARER, this::changeRole));
    }

    private void mute(Call call) throws Refusal {
        CallRecord record = begin(call);
        Fields body = call.body();
        TrackSource source = source(body.text("source", MAX_WORD_CHARS));
        body.requireNoOthers();
        String identity = person(call, record);
        call.await(rooms.mute(record, identity, source), _ -> call.answerNothing());
    }

    /** Null where nothing is said: everything. */
    private static @Nullable TrackSource source(@Nullable String word) throws Refusal {
        if (word == null) {
            return null;
        }
        for (TrackSource source : TrackSource.values()) {
            if (source.name().toLowerCase(Locale.ROOT).equals(word)) {
                return source;
            }
        }
        throw Fields.invalid(
                "source", "must be camera, microphone, screen_share or screen_share_audio");
    }

    private void remove(Call call) throws Refusal {
        CallRecord record = begin(call);
        call.body().requireNoOthers();
        sendAway(call, record, Standing.REMOVED);
    }

    private void block(Call call) throws Refusal {
        CallRecord record = begin(call);
        boolean blocked = call.body().flag("blocked", true);
        call.body().requireNoOthers();
        if (blocked) {
            sendAway(call, record, Standing.BLOCKED);
            return;
        }
        String identity = person(call, record);
        change(
                record,
                identity,
                before ->
                        before.standing() == Standing.BLOCKED
                                ? before.with(Standing.REMOVED)
                                : before);
        call.answerNothing();
    }

    private void listBlocked(Call call) throws Refusal {
        CallRecord record = begin(call);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode blocked = answer.putArray("blocked");
        record.members()
                .forEach((identity, member) -> {
                    if (member.standing() == Standing.BLOCKED) {
                        blocked.addObject().put("identity", identity).put("name", member.name());
                    }
                });
        call.answer(200, answer);
    }

    private void sendAway(Call call, CallRecord record, Standing standing) throws Refusal {
        String identity = other(call, record);
        // First, so that the room's goodbye is not answered by coming back.
        change(record, identity, before -> before.with(standing).with(roleOfOutsider(before)));
        call.await(rooms.remove(record, identity), _ -> call.answerNothing());
    }

    /** Another device of the host's that is sent away is host no more; a viewer stays one. */
    private static Role roleOfOutsider(Member member) {
        return member.role() == Role.HOST ? Role.SPEAKER : member.role();
    }

    private void changeRole(Call call) throws Refusal {
        CallRecord record = begin(call);
        Fields body = call.body();
        String word = body.requiredText("role", MAX_WORD_CHARS);
        body.requireNoOthers();
        Role role =
                Role.of(word)
                        .orElseThrow(
                                () -> Fields.invalid("role", "must be host, speaker or viewer"));
        String identity = other(call, record);
        if (!record.isAdmitted(identity)) {
            throw noPerson();
        }
        if (role == Role.HOST) {
            handOn(call, record, identity);
            return;
        }
        change(record, identity, before -> before.with(role));
        call.await(rooms.setRole(record, identity, role), _ -> call.answerNothing());
    }

    private void handOn(Call call, CallRecord record, String identity) throws Refusal {
        CallRecord changed =
                book.change(record.code(), before -> before.handOn(identity))
                        .orElseThrow(CallAccess::noCall);
        for (var one : record.members().entrySet()) {
            if (one.getValue().role() == Role.HOST && !one.getKey().equals(identity)) {
                call.await(rooms.setRole(changed, one.getKey(), Role.SPEAKER), _ -> {});
            }
        }
        call.await(rooms.setRole(changed, identity, Role.HOST), _ -> call.answerNothing());
    }

    private CallRecord begin(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        return access.requireHost(call);
    }

    private static String person(Call call, CallRecord record) throws Refusal {
        String identity = call.parameter("identity");
        if (record.member(identity).isEmpty()) {
            throw noPerson();
        }
        return identity;
    }

    private static Refusal noPerson() {
        return new Refusal(
                404,
                "participant-not-found",
                "Not found",
                "Nobody of this identity has been in the call.");
    }

    /** A host that removed itself would leave a call that nobody can end. */
    private static String other(Call call, CallRecord record) throws Refusal {
        String identity = person(call, record);
        Bearer bearer = call.bearer();
        if (bearer != null && bearer.grants().identity().equals(identity)) {
            throw new Refusal(
                    409,
                    "own-identity",
                    "Not possible",
                    "A host does not do this to itself: make another one host first.");
        }
        return identity;
    }

    private void change(CallRecord record, String identity, UnaryOperator<Member> change)
            throws Refusal {
        if (book.change(record.code(), before -> before.change(identity, change)).isEmpty()) {
            throw CallAccess.noCall();
        }
    }
}
