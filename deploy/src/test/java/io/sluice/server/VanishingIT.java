package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People who go without a word. */
final class VanishingIT {
    @RegisterExtension static final BrowserStage stage = new BrowserStage();

    private static final String STAYING = "Ada Lovelace";
    private static final String KILLED = "Grace Hopper";
    private static final String CUT_OFF = "Alan Turing";

    /** Leads all traffic of a page over a relay: neither side gets to know another address of the other. */
    private static final String ONLY_BY_RELAY =
            """
            (ports => {
              const through = sdp => sdp.split('\\r\\n').map(line => {
                if (!line.startsWith('a=candidate:')) return line;
                const fields = line.split(' ');
                if (fields[4] !== '127.0.0.1') return null;
                fields[5] = ports[fields[5]];
                return fields.join(' ');
              }).filter(line => line !== null).join('\\r\\n');
              const {setRemoteDescription} = RTCPeerConnection.prototype;
              RTCPeerConnection.prototype.setRemoteDescription = function ({type, sdp}) {
                return setRemoteDescription.call(this, {type, sdp: through(sdp)});
              };
              RTCPeerConnection.prototype.addIceCandidate = async () => {};
              const {send} = WebSocket.prototype;
              WebSocket.prototype.send = function (text) {
                const message = JSON.parse(text);
                if (message.type === 'ice-candidate') return;
                message.sdp = message.sdp?.replace(/a=candidate:.*\\r\\n/g, '');
                send.call(this, JSON.stringify(message));
              };
            })(%s)
            """;

    /** Both at once: what takes the time is the server's patience. */
    @Test
    void shouldForgetAKilledTabWithinFifteenSecondsAndWhoseUdpIsLostWithinThirtyFive()
            throws IOException {
        try (UdpRelay relay = new UdpRelay(stage.server().udpPorts())) {
            Guest staying = stage.join(stage.chromium(), "vanishing", STAYING);
            Guest killed = stage.join(stage.chromium(), "vanishing", KILLED);
            Guest cutOff = stage.guest(stage.chromium(), "vanishing", CUT_OFF);
            String ports = new ObjectMapper().valueToTree(relay.ports()).toString();
            cutOff.page().evaluate(ONLY_BY_RELAY.formatted(ports));
            cutOff.join();
            staying.awaitPicturesOf(List.of(KILLED, CUT_OFF));
            killed.awaitPicturesOf(List.of(STAYING, CUT_OFF));
            cutOff.awaitPicturesOf(List.of(STAYING, KILLED));
            String lost = cutOff.page().evaluate("sluice.self.id").asText();
            cutOff.page()
                    .evaluate(
                            "void sluice.socket.addEventListener('close',"
                                    + " ({code}) => window.closeCode = code)");

            long cutNanos = System.nanoTime();
            relay.cut();
            killed.page().kill();

            staying.awaitOnly(List.of(CUT_OFF), Duration.ofSeconds(15));
            Duration sinceCut = Duration.ofNanos(System.nanoTime() - cutNanos);
            staying.page()
                    .waitUntil(
                            "!sluice.participants.some(({id}) => id === '" + lost + "')",
                            Duration.ofSeconds(35).minus(sinceCut));
            // The WebSocket was there to the end: only then did the server close it.
            cutOff.page().waitUntil("window.closeCode", Duration.ofSeconds(5));
            assertThat(cutOff.page().evaluate("closeCode").asInt()).isEqualTo(4001);
        }
    }
}
