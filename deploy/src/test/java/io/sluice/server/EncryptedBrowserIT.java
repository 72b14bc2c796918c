package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Media that the server cannot read, between the page's own modules in Chromium. */
@Tag("browser")
final class EncryptedBrowserIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    /**
     * Every connection made from now on encrypts what it sends and decrypts what it receives with a key.
     * VP8 and Opus keep the first bytes clear, by which a server knows keyframes and their size.
     */
    private static final String ENCRYPTING =
            """
            (() => {
              const CLEAR_BYTES = {key: 10, delta: 3, audio: 1};
              const transform = (key) => new TransformStream({
                transform(frame, controller) {
                  const bytes = new Uint8Array(frame.data);
                  for (let i = CLEAR_BYTES[frame.type ?? "audio"]; i < bytes.length; i++) {
                    bytes[i] ^= key + i;
                  }
                  frame.data = bytes.buffer;
                  controller.enqueue(frame);
                },
              });
              const encrypt = (end) => {
                const {readable, writable} = end.createEncodedStreams();
                readable.pipeThrough(transform(%d)).pipeTo(writable);
              };
              const Plain = RTCPeerConnection;
              window.RTCPeerConnection = class extends Plain {
                constructor(options) {
                  super({...options, encodedInsertableStreams: true});
                }
                addTransceiver(what, options) {
                  const transceiver = super.addTransceiver(what, options);
                  encrypt(transceiver.sender);
                  encrypt(transceiver.receiver);
                  return transceiver;
                }
              };
            })()
            """;

    /** {@code enter} joins a room; {@code green} tells how much of the picture that is received is. */
    private static final String CLIENT =
            """
            (async () => {
              const {Call} = await import("/plain/call.js");
              const canvas = document.createElement("canvas");
              window.enter = (name, stream = new MediaStream()) => {
                const token = async () => {
                  const headers = {"content-type": "application/json"};
                  const body = JSON.stringify({room: "secret", identity: name});
                  const answer = await fetch("/api/v1/dev/token", {method: "POST", headers, body});
                  return (await answer.json()).token;
                };
                window.call = new Call({room: "secret", name, stream, token, redundant: false});
              };
              window.publish = async () => {
                const pen = Object.assign(canvas, {width: 640, height: 360}).getContext("2d");
                let count = 0;
                setInterval(() => {
                  pen.fillStyle = "rgb(0, 160, 0)";
                  pen.fillRect(0, 0, 640, 360);
                  pen.fillStyle = "rgb(0, 120, 0)";
                  pen.fillRect(count++ %% 600, 100, 40, 40);
                }, 66);
                const sound = await navigator.mediaDevices.getUserMedia({audio: true});
                enter("ada", new MediaStream([...canvas.captureStream(15).getTracks(), ...sound.getTracks()]));
              };
              window.watched = (kind) =>
                [...call.participants.values()]
                  .flatMap(({tracks}) => [...tracks.values()])
                  .find((track) => track.kind === kind && track.media);
              const received = (kind) => watched(kind)?.media;
              window.stats = async (kind) => {
                const receiver = call.pc.getReceivers().find(({track}) => track === received(kind));
                return [...(await receiver.getStats()).values()].find(({type}) => type === "inbound-rtp");
              };
              const video = document.createElement("video");
              Object.assign(video, {autoplay: true, muted: true});
              const audio = Object.assign(document.createElement("audio"), {autoplay: true});
              // What is not in the page is not painted.
              document.documentElement.append(video, audio);
              window.green = () => {
                video.srcObject ??= new MediaStream([received("video")]);
                audio.srcObject ??= new MediaStream([received("audio")]);
                if (!video.videoWidth) {
                  return 0;
                }
                const pen = Object.assign(canvas, {width: 64, height: 36}).getContext("2d");
                pen.drawImage(video, 0, 0, 64, 36);
                const {data} = pen.getImageData(0, 0, 64, 36);
                let count = 0;
                for (let i = 0; i < data.length; i += 4) {
                  const [red, green, blue] = data.subarray(i, i + 3);
                  count += green > red + 50 && green > blue + 50;
                }
                return count / 64 / 36;
              };
            })()
            """;

    private static Page join(Browser browser, int key, String entering) {
        Page page = STAGE.open(browser, "/healthz");
        page.evaluate(ENCRYPTING.formatted(key));
        page.evaluate(CLIENT.formatted());
        page.evaluate(entering);
        return page;
    }

    @Test
    void shouldShowWhatIsEncryptedEndToEndToWhoHasTheKeyOnly() {
        Browser browser = STAGE.chromium();
        Page ada = join(browser, 77, "publish()");
        Page bob = join(browser, 77, "enter('bob')");
        Page eve = join(browser, 78, "enter('eve')");

        bob.waitUntil("(await stats('video')).framesDecoded > 30 && green() > 0.95", PATIENCE);
        bob.waitUntil("(await stats('audio')).totalAudioEnergy > 0", PATIENCE);
        eve.waitUntil("(await stats('video')).packetsReceived > 30", PATIENCE);
        assertThat(eve.evaluate("green()").asDouble()).isLessThan(0.3);
        // The size of the picture is in its clear bytes.
        bob.evaluate("call.wish(new Map([[watched('video').id, 100]]))");
        bob.waitUntil("(await stats('video')).frameHeight === 90 && green() > 0.95", PATIENCE);
        assertThat(ada.evaluate("call.state").asText()).isEqualTo("connected");
        assertThat(eve.evaluate("green()").asDouble()).isLessThan(0.3);
    }
}
