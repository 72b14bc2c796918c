package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AccessTokens.Bearer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RequestRatesTest {
    private static final int AT_ONCE = 3;

    private final RequestRates rates = new RequestRates(limits(new Rate(1, AT_ONCE)));

    private static ApiLimits limits(Rate requestsPerKey) {
        ApiLimits usual = ApiLimits.defaults();
        return usual.withRest(usual.rest().withRequestsPerKey(requestsPerKey));
    }

    private int passing(Grants grants) {
        int passing = 0;
        for (int i = 0; i < 2 * AT_ONCE; i++) {
            passing += rates.passKey(new Bearer("key", grants, Instant.MAX), 0) ? 1 : 0;
        }
        return passing;
    }

    /** Each of a thousand people has a token of the key, and an address. */
    @Test
    void shouldLeaveTheApplicationItsRequestsWhateverPeopleAsk() {
        assertThat(passing(Grants.join("maths", "eve", null))).isEqualTo(AT_ONCE);
        assertThat(passing(Grants.administration("app", true, false, null))).isEqualTo(AT_ONCE);
        assertThat(rates.refusedOfKeys()).isEqualTo(2L * AT_ONCE);
    }
}
