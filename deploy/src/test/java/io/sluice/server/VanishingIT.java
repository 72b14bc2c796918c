package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.browser.Page;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People who go without a word. */
@Tag("browser")
final class VanishingIT {
    /** After this the others know of a killed tab, and of one whose UDP is lost. */
    private static final Duration KILLED_MAX = Duration.ofSeconds(15);

    private static final Duration CUT_OFF_MAX = Duration.ofSeconds(35);

    /** What the server's own patience leaves of both. */
    private static final Duration SPARE = Duration.ofSeconds(5);

    /** Shorter than the server's own, so that the test need not be as patient. */
    private static final Duration RESUME = Duration.ofSeconds(4);

    private static final Duration CONSENT = Duration.ofSeconds(8);
    private static final int CONSENT_CHECKS = 6;
    private static final Duration SOON = Duration.ofSeconds(40);

    private static final String STAYING = "Ada Lovelace";
    private static final String KILLED = "Grace Hopper";
    private static final String CUT_OFF = "Alan Turing";

    /** {@code gone} says when each of the others was there no more. */
    private static final String WATCHING =
            """
            (() => {
              window.gone = {};
              const all = sluice.participants.map(({id}) => id);
              setInterval(() => {
                const left = sluice.participants.map(({id}) => id);
                all.filter((id) => !left.includes(id)).forEach((id) => { gone[id] ??= Date.now(); });
              }, 50);
            })()
            """;

    @RegisterExtension static final BrowserStage stage = new BrowserStage(config());

    private static SluiceConfig config() {
        SluiceConfig config = TestServer.config();
        Duration connect = config.ice().timeouts().connect();
        return config.withApi(config.api().withSessions(RESUME, config.api().socketLimits()))
                .withIce(
                        config.ice()
                                .withTimeouts(connect, CONSENT, CONSENT.dividedBy(CONSENT_CHECKS)));
    }

    @Test
    void shouldLeaveTimeToTellTheOthers() {
        SluiceConfig config = SluiceConfig.development();
        assertThat(config.api().resumeTimeout().plus(SPARE)).isLessThanOrEqualTo(KILLED_MAX);
        assertThat(config.ice().timeouts().consent().plus(SPARE)).isLessThanOrEqualTo(CUT_OFF_MAX);
    }

    /** Both at once: what takes the time is the server's patience. */
    @Test
    void shouldForgetAKilledTabAndOneWhoseUdpIsLost() throws IOException {
        try (UdpRelay relay = new UdpRelay(stage.server().udpPorts())) {
            Guest staying = stage.join(stage.chromium(), "vanishing", STAYING);
            Guest killed = stage.join(stage.chromium(), "vanishing", KILLED);
            Guest cutOff = stage.guest(stage.chromium(), "vanishing", CUT_OFF);
            cutOff.page().evaluate(relay.script());
            cutOff.join();
            staying.awaitPicturesOf(List.of(KILLED, CUT_OFF));
            killed.awaitPicturesOf(List.of(STAYING, CUT_OFF));
            cutOff.awaitPicturesOf(List.of(STAYING, KILLED));
            String first = id(killed);
            String second = id(cutOff);
            cutOff.page()
                    .evaluate(
                            "void sluice.socket.addEventListener('close',"
                                    + " ({code}) => window.closeCode = code)");
            Page witness = staying.page();
            witness.evaluate(WATCHING);

            long cutMillis = System.currentTimeMillis();
            relay.cut();
            killed.page().kill();

            staying.awaitOnly(List.of(), SOON);
            witness.waitUntil("gone['%s'] && gone['%s']".formatted(first, second), SOON);
            assertThat(gone(witness, first) - cutMillis)
                    .isBetween(0L, RESUME.plus(SPARE).toMillis());
            assertThat(gone(witness, second) - cutMillis)
                    .isBetween(0L, CONSENT.plus(SPARE).toMillis());
            // The WebSocket was there to the end: only then did the server close it.
            cutOff.page().waitUntil("window.closeCode", SOON);
            assertThat(cutOff.page().evaluate("closeCode").asInt()).isEqualTo(4001);
        }
    }

    private static String id(Guest guest) {
        return guest.page().evaluate("sluice.self.id").asText();
    }

    private static long gone(Page witness, String id) {
        return witness.evaluate("gone['" + id + "']").asLong();
    }
}
