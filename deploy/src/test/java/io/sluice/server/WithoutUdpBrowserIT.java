package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.ice.TcpCounters;
import io.sluice.ice.TcpFrameDrop;
import io.sluice.ice.TcpRefusal;
import io.sluice.loop.Loop;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.BrowserOptions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Chromium on a network that lets no UDP out, which is what its own policy makes of this one. */
@Tag("browser")
final class WithoutUdpBrowserIT {
    private static final List<String> TWO = List.of("Ada", "Grace");

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static Browser browser() {
        return STAGE.chromium(
                BrowserOptions.defaults()
                        .withArguments("--webrtc-ip-handling-policy=disable_non_proxied_udp"));
    }

    @Test
    void shouldTalkOverTcp() {
        List<Guest> guests =
                TWO.stream().map(name -> STAGE.join(browser(), "tcp-only", name)).toList();
        guests.getFirst().awaitPicturesOf(List.of("Grace"));
        guests.getLast().awaitPicturesOf(List.of("Ada"));

        for (Guest guest : guests) {
            JsonNode look = guest.look();
            assertThat(look.path("connection").asText()).isEqualTo("connected");
        }
        for (Loop loop : STAGE.server().sluice().loops()) {
            assertThat(loop.port().counters().packetsIn()).as("datagrams by UDP").isZero();
        }
        TcpCounters tcp = STAGE.server().sluice().tcpCounters().orElseThrow();
        assertThat(tcp.open()).isGreaterThanOrEqualTo(2);
        assertThat(tcp.framesIn()).isPositive();
        assertThat(tcp.framesOut()).isPositive();
        assertThat(tcp.drops(TcpFrameDrop.QUEUE_FULL)).isZero();
        assertThat(tcp.refusals(TcpRefusal.NOT_AUTHENTICATED)).isZero();
    }
}
