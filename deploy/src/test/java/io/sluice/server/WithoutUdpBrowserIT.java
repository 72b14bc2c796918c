package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.api.TurnConfig;
import io.sluice.ice.StunQuestion;
import io.sluice.ice.TcpCounters;
import io.sluice.ice.TcpFrameDrop;
import io.sluice.ice.TcpRefusal;
import io.sluice.loop.Loop;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.BrowserOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Chromium on a network that lets no UDP out, which is what its own policy makes of this one. */
@Tag("browser")
final class WithoutUdpBrowserIT {
    private static final String SECRET = "a secret of TURN servers and ours";
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Knows no way but a relay, whatever the server tells. */
    private static final String ONLY_BY_RELAY =
            """
            (() => {
              const Direct = RTCPeerConnection;
              window.RTCPeerConnection = class extends Direct {
                constructor(configuration) {
                  super({...configuration, iceTransportPolicy: 'relay'});
                }
              };
            })()
            """;

    private static final String TYPES_OF_CANDIDATES =
            """
            (async () => [...(await sluice.pc.getStats()).values()]
                .filter(({type}) => type === 'local-candidate')
                .map(({candidateType, relayProtocol}) => `${candidateType} by ${relayProtocol}`))()
            """;

    private static final int TURN_PORT = turnPort();

    @RegisterExtension
    static final BrowserStage STAGE =
            new BrowserStage(
                    TestServer.config()
                            .withTurn(
                                    new TurnConfig(
                                            List.of(
                                                    "turn:127.0.0.1:"
                                                            + TURN_PORT
                                                            + "?transport=tcp"),
                                            SECRET,
                                            Duration.ofHours(1))));

    private static int turnPort() {
        try {
            return Coturn.freePort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Browser browser() {
        return STAGE.chromium(
                BrowserOptions.defaults()
                        .withArguments("--webrtc-ip-handling-policy=disable_non_proxied_udp"));
    }

    private static void join(List<Guest> guests) {
        guests.forEach(Guest::join);
        guests.getFirst().awaitPicturesOf(List.of("Grace"));
        guests.getLast().awaitPicturesOf(List.of("Ada"));
    }

    private static List<Guest> guests(String room) {
        return Stream.of("Ada", "Grace").map(name -> STAGE.guest(browser(), room, name)).toList();
    }

    private static long datagrams() {
        return STAGE.server().sluice().loops().stream()
                .map(Loop::port)
                .mapToLong(port -> port.counters().packetsIn())
                .sum();
    }

    @Test
    void shouldTalkOverTcp() {
        long before = datagrams();
        TcpCounters tcp = STAGE.server().sluice().tcp().orElseThrow().counters();

        join(guests("tcp-only"));

        assertThat(datagrams()).as("datagrams by UDP").isEqualTo(before);
        assertThat(tcp.open()).isGreaterThanOrEqualTo(2);
        assertThat(tcp.framesIn()).isPositive();
        assertThat(tcp.framesOut()).isPositive();
        assertThat(tcp.drops(TcpFrameDrop.QUEUE_FULL)).isZero();
        assertThat(tcp.refusals(TcpRefusal.NOT_AUTHENTICATED)).isZero();
    }

    @Test
    void shouldTalkThroughATurnServer() throws IOException {
        Optional<Path> program = Coturn.installed();
        assumeTrue(program.isPresent(), "not here: scripts/test-tools.sh coturn");
        try (Coturn _ = Coturn.start(program.orElseThrow(), TURN_PORT, SECRET)) {
            // Like any TURN server it is a STUN server too, and not one of ours.
            assertThat(
                            StunQuestion.ask(
                                    LOOPBACK,
                                    new InetSocketAddress(LOOPBACK, TURN_PORT),
                                    PATIENCE,
                                    new Random(1)))
                    .contains(new StunQuestion.Answer(LOOPBACK));
            List<Guest> guests = guests("relayed");
            guests.forEach(guest -> guest.page().evaluate(ONLY_BY_RELAY));

            join(guests);

            for (Guest guest : guests) {
                assertThat(guest.page().evaluate(TYPES_OF_CANDIDATES))
                        .isNotEmpty()
                        .allMatch(type -> type.asText().equals("relay by tcp"));
            }
        }
    }
}
