package io.sluice.api;

import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.ApiLimits.RestLimits;

/**
 * How often the interfaces for applications may be asked: by each address, before anything is read, and by the tokens
 * of each API key. Shared by all of them; used from any thread.
 */
public final class RequestRates {
    private final AddressRates addresses;
    private final KeyRates keys;

    /** Of tokens that only join: there are as many as people, who must not use up what the application needs. */
    private final KeyRates people;

    public RequestRates(ApiLimits limits) {
        addresses = new AddressRates(limits.rest().requests(), limits.maxAddresses());
        keys = new KeyRates(limits.rest().requestsPerKey());
        people = new KeyRates(limits.rest().requestsPerKey());
    }

    /** Takes other rates from now on. */
    public void limit(RestLimits changed) {
        addresses.limit(changed.requests());
        keys.limit(changed.requestsPerKey());
        people.limit(changed.requestsPerKey());
    }

    /** Returns whether one more request of an address, an IP literal, may pass. */
    public boolean pass(String address, long nowNanos) {
        return addresses.pass(address, nowNanos);
    }

    /** Returns whether one more request with such a token, which was verified, may pass. */
    public boolean passKey(Bearer bearer, long nowNanos) {
        KeyRates rates = bearer.grants().isAdministration() ? keys : people;
        return rates.pass(bearer.apiKey(), nowNanos);
    }

    /** Requests refused because their address, or too many addresses, came too often. */
    public long refused() {
        return addresses.refused();
    }

    /** Requests refused because too many came with tokens of their key. */
    public long refusedOfKeys() {
        return keys.refused() + people.refused();
    }

    /** Addresses that are counted now. */
    public int addresses() {
        return addresses.addresses();
    }
}
