package io.sluice.calls;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A call by its code, as it is at one moment. Immutable.
 *
 * @param code in the form of {@link CallCodes}
 * @param hostKeyHash of the secret by which its maker becomes host on another device; null: it was handed on
 * @param usedMillis when somebody came in last
 * @param members by identity, whoever came first first
 */
record CallRecord(
        String code,
        CallSettings settings,
        @Nullable String hostKeyHash,
        long usedMillis,
        Map<String, Member> members) {

    /** Who is remembered of one call, some 150 bytes each; of more the first are forgotten. */
    static final int MAX_MEMBERS = 500;

    CallRecord {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    Optional<Member> member(String identity) {
        return Optional.ofNullable(members.get(identity));
    }

    /** Whether this one is remembered as somebody who may be in the call. */
    boolean isAdmitted(String identity) {
        return member(identity).filter(Member::isAdmitted).isPresent();
    }

    boolean isHost(String identity) {
        return member(identity)
                .filter(one -> one.isAdmitted() && one.role() == Role.HOST)
                .isPresent();
    }

    boolean isBlocked(String identity) {
        return member(identity).filter(one -> one.standing() == Standing.BLOCKED).isPresent();
    }

    CallRecord with(CallSettings changed) {
        return new CallRecord(code, changed, hostKeyHash, usedMillis, members);
    }

    /** Somebody comes in. */
    CallRecord with(String identity, Member member, long nowMillis) {
        Map<String, Member> changed = new LinkedHashMap<>(members);
        if (changed.put(identity, member) == null && changed.size() > MAX_MEMBERS) {
            forgetOne(changed);
        }
        return new CallRecord(code, settings, hostKeyHash, nowMillis, changed);
    }

    /** Changes what is remembered of somebody, if anything is. */
    CallRecord change(String identity, UnaryOperator<Member> change) {
        Map<String, Member> changed = new LinkedHashMap<>(members);
        changed.computeIfPresent(identity, (_, before) -> change.apply(before));
        return new CallRecord(code, settings, hostKeyHash, usedMillis, changed);
    }

    /** Another becomes the host, and whoever was it speaks on; the maker's key opens nothing any more. */
    CallRecord handOn(String identity) {
        Map<String, Member> changed = new LinkedHashMap<>(members);
        changed.replaceAll((key, one) ->
                key.equals(identity)
                        ? one.with(Role.HOST)
                        : one.role() == Role.HOST ? one.with(Role.SPEAKER) : one);
        return new CallRecord(code, settings, null, usedMillis, changed);
    }

    /** Guests before those who are blocked, who would like that. */
    private static void forgetOne(Map<String, Member> members) {
        for (Standing standing :
                new Standing[] {Standing.REMOVED, Standing.ADMITTED, Standing.BLOCKED}) {
            for (var one : members.entrySet()) {
                if (one.getValue().standing() == standing && one.getValue().role() != Role.HOST) {
                    members.remove(one.getKey());
                    return;
                }
            }
        }
    }
}
