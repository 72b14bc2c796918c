package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** A candidate's line is read or refused, and what is read can be used. */
final class CandidateFuzzTest {

    static List<byte[]> lines() {
        return List.of(
                bytes("candidate:1 1 udp 2130706431 203.0.113.7 46154 typ host generation 0"),
                bytes("a=candidate:1 1 UDP 1 2001:db8::1 9 typ srflx raddr :: rport 9 ufrag EEtu"),
                bytes("1 1 tcp 1 203.0.113.7 9 typ host tcptype active"),
                bytes("1 1 udp 1 4f1c8e0a-7d2b-4a57.local 9 typ host"),
                bytes("1 1 udp 1 ::ffff:203.0.113.7 9 typ prflx"));
    }

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    @MethodSource("lines")
    @FuzzTest
    void candidate(byte[] bytes) {
        String line = new String(bytes, StandardCharsets.UTF_8);
        if (CandidateLine.read(line, false)
                instanceof CandidateLine.Result.Read(CandidateLine read)) {
            assertThat(read.port()).isBetween(1, 65_535);
            assertThat(read.priority()).isBetween(0L, 0xffff_ffffL);
            assertThat(read.address().isLoopbackAddress()).isFalse();
            assertThat(read.address().isAnyLocalAddress()).isFalse();
            assertThat(read.foundation()).matches("[!-~]{1,32}");
            String written =
                    "candidate:%s 1 udp %d %s %d typ %s"
                            .formatted(
                                    read.foundation(),
                                    read.priority(),
                                    read.address().getHostAddress(),
                                    read.port(),
                                    read.type());
            assertThat(CandidateLine.read(written, false))
                    .isEqualTo(new CandidateLine.Result.Read(read));
        }
    }
}
