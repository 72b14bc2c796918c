package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.dtls.DtlsRole;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class RemoteTextTest {
    private static final String ANSWER =
            """
            v=0
            a=ice-ufrag:abcd
            a=ice-pwd:secret
            a=fingerprint:sha-256 AB
            a=setup:passive
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            a=candidate:1 1 udp 2130706431 192.0.2.1 7881 typ host
            a=candidate:2 1 udp 2130706430 127.0.0.1 7882 typ host
            a=recvonly
            m=video 9 UDP/TLS/RTP/SAVPF 96 97
            a=sendonly
            a=ssrc-group:FID 4294967295 5
            a=ssrc:4294967295 cname:x
            a=ssrc:5 cname:x
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            a=sendonly
            a=ssrc:6 cname:x
            """;

    @Test
    void shouldTakeWhatTheServerSends() {
        RemoteSide side = RemoteText.read(ANSWER);

        assertThat(side.address()).isEqualTo(new InetSocketAddress("127.0.0.1", 7882));
        assertThat(side.ufrag()).isEqualTo("abcd");
        assertThat(side.streams())
                .containsExactly(
                        new RemoteSide.Stream(true, -1, 5), new RemoteSide.Stream(false, 6, 0));
    }

    @Test
    void shouldSayWhatToDoWithoutACandidateOnLoopback() {
        assertThatThrownBy(() -> RemoteText.read(ANSWER.replace("127.0.0.1", "192.0.2.2")))
                .hasMessageContaining("development mode");
    }

    @Test
    void shouldBeTheServerOfTheHandshakeOnlyForWhoInsistsOnTheClient() {
        assertThat(RemoteText.read(ANSWER).role()).isEqualTo(DtlsRole.CLIENT);
        assertThat(RemoteText.read(ANSWER.replace("passive", "actpass")).role())
                .isEqualTo(DtlsRole.CLIENT);
        assertThat(RemoteText.read(ANSWER.replace("passive", "active")).role())
                .isEqualTo(DtlsRole.SERVER);
    }
}
