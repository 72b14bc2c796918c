package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AddressRatesTest {
    private static final long SECOND = 1_000_000_000L;

    private final AddressRates rates = new AddressRates(new Rate(1, 2), 3);

    @Test
    void shouldGiveEachAddressABurstAndThenARate() {
        for (String address : new String[] {"192.0.2.1", "192.0.2.2"}) {
            assertThat(rates.pass(address, 0)).isTrue();
            assertThat(rates.pass(address, 0)).isTrue();
            assertThat(rates.pass(address, 0)).isFalse();
            assertThat(rates.pass(address, SECOND)).isTrue();
            assertThat(rates.pass(address, SECOND)).isFalse();
        }
        assertThat(rates.refused()).isEqualTo(4);
    }

    @Test
    void shouldCountTheAddressesOfOneIpv6NetworkAsOne() {
        assertThat(rates.pass("2001:db8::1", 0)).isTrue();
        assertThat(rates.pass("2001:db8::ffff:2", 0)).isTrue();
        assertThat(rates.pass("2001:db8::3", 0)).isFalse();
        assertThat(rates.pass("2001:db8:0:1::3", 0)).isTrue();
    }

    @Test
    void shouldTakeAMappedAddressForTheIpv4OneThatItIs() {
        assertThat(rates.pass("192.0.2.1", 0)).isTrue();
        assertThat(rates.pass("::ffff:192.0.2.1", 0)).isTrue();
        assertThat(rates.pass("192.0.2.1", 0)).isFalse();
    }

    @Test
    void shouldRememberNoMoreAddressesThanAllowed() {
        for (int i = 1; i <= 3; i++) {
            assertThat(rates.pass("192.0.2." + i, 0)).isTrue();
        }
        assertThat(rates.pass("192.0.2.4", 0)).isFalse();
        assertThat(rates.pass("192.0.2.4", SECOND)).isTrue();
    }
}
