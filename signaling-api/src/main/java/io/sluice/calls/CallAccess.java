package io.sluice.calls;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.AddressRates;
import io.sluice.api.rest.Call;
import io.sluice.api.rest.Fields;
import io.sluice.api.rest.Refusal;
import io.sluice.calls.CallCounters.Outcome;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the call that a request is about, and says who may do something about it. Used from all event loops. */
final class CallAccess {
    static final String CALLS = "/api/v1/calls";
    static final String CALL = CALLS + "/{code}";

    /** Random enough not to be guessed, short enough to be kept in a page. */
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_-]{16,128}");

    static final int MAX_DEVICE_CHARS = 128;

    private final CallBook book;
    private final CallCounters counters;
    private final AddressRates wrongCodes;

    CallAccess(CallBook book, CallCounters counters, CallsConfig config) {
        this.book = book;
        this.counters = counters;
        wrongCodes =
                new AddressRates(
                        config.wrongCodeInterval(), config.wrongCodeBurst(), config.maxAddresses());
    }

    /** The call of the code in the path. Who has guessed too many codes is not even told of a right one. */
    CallRecord find(Call call) throws Refusal {
        long nowNanos = System.nanoTime();
        if (wrongCodes.isSpent(call.address(), nowNanos)) {
            counters.count(Outcome.TOO_MANY_CODES);
            throw tooMany(
                    call, 5, "too-many-codes", "Too many wrong codes came from your address.");
        }
        Optional<CallRecord> found = CallCodes.read(call.parameter("code")).flatMap(book::find);
        if (found.isEmpty()) {
            boolean _ = wrongCodes.pass(call.address(), nowNanos);
            counters.count(Outcome.WRONG_CODE);
        }
        return found.orElseThrow(CallAccess::noCall);
    }

    /** The same call, somewhat later. */
    CallRecord again(String code) throws Refusal {
        return book.find(code).orElseThrow(CallAccess::noCall);
    }

    static Refusal noCall() {
        return new Refusal(
                404,
                "call-not-found",
                "Not found",
                "There is no call of this code: it was mistyped, or the call has ended.");
    }

    static Refusal tooMany(Call call, long seconds, String name, String why) {
        call.routing().response().putHeader("retry-after", Long.toString(seconds));
        return new Refusal(429, name, "Too many attempts", why + " Wait " + seconds + " seconds.");
    }

    /** The call, if whoever asks is its host, or administers its room. */
    CallRecord requireHost(Call call) throws Refusal {
        CallRecord found = find(call);
        Bearer bearer = call.bearer();
        if (bearer == null || !bearer.grants().isAdminOf(CallCodes.room(found.code()))) {
            throw new Refusal(
                    403, "not-host", "Not allowed", "Only the host of this call may do this.");
        }
        return found;
    }

    /** What proves that somebody is the one who was here before. */
    static String device(Fields body) throws Refusal {
        String device = body.requiredText("device", MAX_DEVICE_CHARS);
        if (!DEVICE.matcher(device).matches()) {
            throw Fields.invalid(
                    "device", "must be 16 to 128 letters, digits, hyphens and underscores");
        }
        return device;
    }
}
