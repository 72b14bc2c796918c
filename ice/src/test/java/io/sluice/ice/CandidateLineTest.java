package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CandidateLineTest {
    private static final IceConfig CONFIG = IceConfig.defaults();

    private static InetAddress ip(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "candidate:", "a=candidate:"})
    void shouldReadACandidateWithAndWithoutItsPrefix(String prefix) {
        String value =
                prefix
                        + "842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.2 rport"
                        + " 46154 generation 0 ufrag EEtu network-id 1";
        assertThat(CandidateLine.read(value, false))
                .isEqualTo(
                        new CandidateLine.Result.Read(
                                new CandidateLine(
                                        "842163049",
                                        1677729535L,
                                        ip("203.0.113.7"),
                                        46154,
                                        "srflx")));
    }

    @ParameterizedTest
    @CsvSource({
        "1 1 udp 1 4f1c8e0a-7d2b-4a57.local 9 typ host, IGNORED",
        "1 1 tcp 1 203.0.113.7 9 typ host tcptype active, IGNORED",
        "1 2 udp 1 203.0.113.7 9 typ host, IGNORED",
        "1 1 udp 1 127.0.0.1 9 typ host, IGNORED",
        "1 1 udp 1 fe80::1 9 typ host, IGNORED",
        "1 1 udp 1 239.0.0.1 9 typ host, IGNORED",
        "1 1 udp 1 0.0.0.0 9 typ host, IGNORED",
        "1 1 udp 1 203.0.113.7 0 typ host, IGNORED",
        "1 1 udp 1 203.0.113.7 9 typ new, IGNORED",
        "1 1 udp 1 203.0.113.7 99999 typ host, MALFORMED",
        "1 1 udp -1 203.0.113.7 9 typ host, MALFORMED",
        "1 1 udp 9999999999 203.0.113.7 9 typ host, MALFORMED",
        "1 x udp 1 203.0.113.7 9 typ host, MALFORMED",
        "1 1 udp 1 999.0.113.7 9 typ host, MALFORMED",
        "1 1 udp 1 :::: 9 typ host, MALFORMED",
        "1 1 udp 1 203.0.113.7 9, MALFORMED",
        "1 1 udp 1 2 9 typ host, IGNORED",
        "1 1 udp 1 203.113 9 typ host, IGNORED",
        "123456789012345678901234567890123 1 udp 1 203.0.113.7 9 typ host, MALFORMED",
        "1\t1 1 udp 1 203.0.113.7 9 typ host, MALFORMED",
        "'', MALFORMED",
    })
    void shouldDropWhatCannotBeUsedWithTheRightReason(String value, CandidateDrop reason) {
        assertThat(CandidateLine.read(value, false))
                .isEqualTo(new CandidateLine.Result.Dropped(reason));
    }

    @Test
    void shouldAnnounceIpv6BeforeIpv4AndNoLinkLocalOrLoopback() {
        List<InetAddress> bound =
                List.of(ip("192.0.2.2"), ip("127.0.0.1"), ip("fe80::1"), ip("2001:db8::2"));
        assertThat(CandidateLine.local(bound, 7882, CandidateLine.NO_TCP, CONFIG))
                .containsExactly(
                        "1 1 udp 2130706431 2001:db8:0:0:0:0:0:2 7882 typ host",
                        "2 1 udp 2130706175 192.0.2.2 7882 typ host");
    }

    @Test
    void shouldAnnounceLoopbackWhereThereIsNothingElse() {
        assertThat(CandidateLine.local(List.of(ip("127.0.0.1")), 1, CandidateLine.NO_TCP, CONFIG))
                .containsExactly("1 1 udp 2130706431 127.0.0.1 1 typ host");
    }

    @Test
    void shouldAnnounceThePublicAddressOfANat() {
        List<InetAddress> bound = List.of(ip("10.0.0.2"), ip("192.0.2.2"));
        IceConfig mapped =
                CONFIG.withAddresses(
                        new IceConfig.Addresses(
                                false, Map.of(ip("10.0.0.2"), ip("203.0.113.7")), List.of()));
        assertThat(CandidateLine.local(bound, 1, CandidateLine.NO_TCP, mapped))
                .containsExactly(
                        "1 1 udp 2130706431 203.0.113.7 1 typ host",
                        "2 1 udp 2130706175 192.0.2.2 1 typ host");
        IceConfig flat =
                CONFIG.withAddresses(
                        new IceConfig.Addresses(false, Map.of(), List.of(ip("203.0.113.9"))));
        assertThat(CandidateLine.local(bound, 1, CandidateLine.NO_TCP, flat))
                .containsExactly("1 1 udp 2130706431 203.0.113.9 1 typ host");
    }

    @Test
    void shouldPreferUdpToTcpAndKeepFoundationsApart() {
        List<InetAddress> bound = List.of(ip("192.0.2.1"), ip("2001:db8::1"));
        // RFC 6544 4.2: 90 of 126, and passive 4 in the upper bits of the local preference.
        assertThat(CandidateLine.local(bound, 7882, 7881, CONFIG))
                .containsExactly(
                        "1 1 udp 2130706431 2001:db8:0:0:0:0:0:1 7882 typ host",
                        "2 1 udp 2130706175 192.0.2.1 7882 typ host",
                        "3 1 tcp 1520435199 2001:db8:0:0:0:0:0:1 7881 typ host tcptype passive",
                        "4 1 tcp 1520434943 192.0.2.1 7881 typ host tcptype passive");
    }
}
