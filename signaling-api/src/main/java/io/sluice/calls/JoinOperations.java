package io.sluice.calls;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.api.rest.Call;
import io.sluice.api.rest.Fields;
import io.sluice.api.rest.Operation;
import io.sluice.api.rest.Refusal;
import io.sluice.calls.CallCounters.Outcome;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides who comes into a call: block, lock, password and lobby, in this order. Used from all event loops. */
final class JoinOperations {
    private static final Logger LOG = LoggerFactory.getLogger(JoinOperations.class);

    private static final int MAX_HOST_KEY_CHARS = 64;

    private final CallAccess access;
    private final Entrance entrance;
    private final Lobbies lobbies;
    private final Passwords passwords;
    private final CallCounters counters;
    private final InstantSource clock;
    private final WrongPasswords wrong = new WrongPasswords();

    JoinOperations(
            CallAccess access,
            Entrance entrance,
            Lobbies lobbies,
            Passwords passwords,
            CallCounters counters,
            InstantSource clock) {
        this.access = access;
        this.entrance = entrance;
        this.lobbies = lobbies;
        this.passwords = passwords;
        this.counters = counters;
        this.clock = clock;
    }

    List<Operation> operations() {
        return List.of(
                Operation.post(CallAccess.CALL + "/join", Operation.Access.OPEN, this::join));
    }

    /** Somebody at the door. */
    private record Visitor(String identity, String name) {}

    private void join(Call call) throws Refusal {
        call.requireQueryOf(Set.of());
        CallRecord record = access.find(call);
        Fields body = call.body();
        String name = PersonNames.name(body);
        String device = CallAccess.device(body);
        String password = body.text("password", CallOperations.MAX_PASSWORD_CHARS);
        String hostKey = body.text("hostKey", MAX_HOST_KEY_CHARS);
        body.requireNoOthers();
        Visitor visitor = new Visitor(Secrets.identity(record.code(), device), name);
        requireNotBlocked(record, visitor);
        if (hostKey != null) {
            requireHostKey(record, hostKey);
            admit(call, record, visitor, true);
        } else if (record.isAdmitted(visitor.identity())) {
            admit(call, record, visitor, false);
        } else {
            requireUnlocked(record);
            passPassword(call, record, visitor, password);
        }
    }

    private void requireNotBlocked(CallRecord record, Visitor visitor) throws Refusal {
        if (record.isBlocked(visitor.identity())) {
            throw entrance.blocked();
        }
    }

    private void requireHostKey(CallRecord record, String hostKey) throws Refusal {
        String hash = record.hostKeyHash();
        if (hash == null || !Secrets.matches(hostKey, hash)) {
            counters.count(Outcome.WRONG_HOST_KEY);
            throw new Refusal(
                    403,
                    "host-key-wrong",
                    "Not allowed",
                    "This key does not make anybody the host of this call (any more).");
        }
    }

    private void requireUnlocked(CallRecord record) throws Refusal {
        if (record.settings().locked()) {
            counters.count(Outcome.LOCKED);
            throw new Refusal(423, "locked", "Locked", "The host lets nobody else into the call.");
        }
    }

    private void passPassword(
            Call call, CallRecord record, Visitor visitor, @Nullable String password)
            throws Refusal {
        String hash = record.settings().passwordHash();
        if (hash == null) {
            passLobby(call, record, visitor);
            return;
        }
        if (password == null || password.isEmpty()) {
            throw password("The call has a password; ask whoever invited you.");
        }
        long waitNanos = wrong.begin(record.code(), call.address(), System.nanoTime());
        if (waitNanos > 0) {
            counters.count(Outcome.TOO_MANY_PASSWORDS);
            throw CallAccess.tooMany(
                    call,
                    TimeUnit.NANOSECONDS.toSeconds(waitNanos) + 1,
                    "too-many-attempts",
                    "Too many wrong passwords came from your address.");
        }
        call.awaitWork(
                check(password, hash, record.code(), call.address()),
                matches -> onPassword(call, record.code(), visitor, matches));
    }

    /** What was not looked at was not wrong either. A defect is not counted as too much to do. */
    private CompletableFuture<Boolean> check(
            String password, String hash, String code, String address) {
        return passwords
                .matches(password, hash)
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        wrong.takeBack(code, address, System.nanoTime());
                    }
                    if (Passwords.isRefusal(failure)) {
                        counters.count(Outcome.BUSY);
                    }
                });
    }

    private void onPassword(Call call, String code, Visitor visitor, boolean matches)
            throws Refusal {
        if (!matches) {
            counters.count(Outcome.WRONG_PASSWORD);
            // Not the code, which would let readers of the log in.
            LOG.warn("A wrong password for a call came from {}", call.address());
            throw password("This is not the call's password.");
        }
        wrong.onRight(code, call.address());
        // Hashing takes a while, in which the host may have thought otherwise.
        CallRecord record = access.again(code);
        requireNotBlocked(record, visitor);
        requireUnlocked(record);
        passLobby(call, record, visitor);
    }

    private static Refusal password(String why) {
        return new Refusal(401, "password", "Password needed", why);
    }

    private void passLobby(Call call, CallRecord record, Visitor visitor) throws Refusal {
        if (!record.settings().lobby()) {
            admit(call, record, visitor, false);
            return;
        }
        String ticket =
                lobbies.enter(
                                record.code(),
                                visitor.identity(),
                                visitor.name(),
                                clock.millis(),
                                System.nanoTime())
                        .orElseThrow(() ->
                                new Refusal(
                                        503,
                                        "lobby-full",
                                        "Try later",
                                        "Too many people wait to be let in."));
        counters.count(Outcome.LOBBY);
        call.answer(202, JsonNodeFactory.instance.objectNode().put("ticket", ticket));
    }

    private void admit(Call call, CallRecord record, Visitor visitor, boolean asHost) {
        entrance.admit(
                call,
                record,
                visitor.identity(),
                visitor.name(),
                asHost,
                door -> call.answer(200, door));
    }
}
