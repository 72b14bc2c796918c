package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchingAnswerTest {
    private static final String OFFER =
            """
            v=0
            a=group:BUNDLE 0 1
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            a=sendonly
            a=mid:0
            a=rtcp-mux
            a=ice-ufrag:server
            a=setup:actpass
            a=rtpmap:111 opus/48000/2
            a=ssrc:6 cname:x
            a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host
            m=video 0 UDP/TLS/RTP/SAVPF 96
            a=inactive
            a=mid:1
            """;

    @Test
    void shouldTakeWhatIsOfferedAndNameItsOwnSide() {
        try (ClientPool pool = new ClientPool(1, GeneratorConfig.defaults())) {
            LoadClient client = pool.next(1).getFirst();

            String answer = WatchingAnswer.write(OFFER, client);

            assertThat(answer.lines())
                    .containsSubsequence(
                            "a=ice-ufrag:" + client.ufrag(),
                            "a=group:BUNDLE 0 1",
                            "m=audio 9 UDP/TLS/RTP/SAVPF 111",
                            "a=setup:active",
                            "a=candidate:" + client.candidate(),
                            "a=recvonly",
                            "a=mid:0",
                            "a=rtpmap:111 opus/48000/2",
                            "m=video 0 UDP/TLS/RTP/SAVPF 96",
                            "a=inactive")
                    .noneMatch(line -> line.contains("server") || line.startsWith("a=ssrc"));
            assertThat(answer.lines().filter(line -> line.startsWith("a=candidate"))).hasSize(1);
        }
    }
}
