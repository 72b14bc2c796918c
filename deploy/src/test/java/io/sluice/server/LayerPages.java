package io.sluice.server;

import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.time.Duration;
import java.util.List;

/** Pages that publish encodings as a test wants them and tell what they receive; made of the page's own modules. */
final class LayerPages {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * {@code enter} joins a room, {@code inbound} tells what is received of the one publisher, {@code wish}
     * wishes and waits until that comes: it returns the milliseconds, but for those in which a viewer that wishes
     * for the best did not get that height either: an encoder may stop sending it for a while, for its own reasons.
     * After {@code prepare} a connection without a server changes its size beside each wish: {@code rehearsed} has
     * the milliseconds that took.
     */
    private static final String CLIENT =
            """
            (async () => {
              const {Call} = await import("/plain/call.js");
              const delay = (millis) => new Promise((done) => setTimeout(done, millis));
              const stats = async (source, type) =>
                [...(await source.getStats()).values()].filter((one) => one.type === type && one.kind === "video");
              window.calls = {};
              window.enter = (room, name, stream = new MediaStream()) => {
                const token = async () => {
                  const headers = {"content-type": "application/json"};
                  const body = JSON.stringify({room, identity: name});
                  const answer = await fetch("/api/v1/dev/token", {method: "POST", headers, body});
                  return (await answer.json()).token;
                };
                calls[name] = new Call({room, name, stream, token});
                calls[name].addEventListener("end", ({detail}) => console.error(name, detail));
              };
              window.publish = async (room, size) =>
                enter(room, "ada", await navigator.mediaDevices.getUserMedia({video: size}));
              window.watched = (name) => {
                const all = [...calls[name].participants.values()].flatMap(({tracks}) => [...tracks.values()]);
                return all.find(({kind, media}) => kind === "video" && media);
              };
              window.inbound = async (name) => {
                const {media} = watched(name);
                const receiver = calls[name].pc.getReceivers().find(({track}) => track === media);
                return (await stats(receiver, "inbound-rtp"))[0];
              };
              window.outbound = async () => stats(calls.ada.pc, "outbound-rtp");
              const millisUntil = async (begin, condition) => {
                while (!(await condition()) && performance.now() - begin < 30_000) {
                  await delay(20);
                }
                return Math.round(performance.now() - begin);
              };
              window.wish = async (name, height, control = name) => {
                const alone = window.rehearse?.();
                const begin = performance.now();
                let [looked, withheld] = [begin, 0];
                calls[name].wish(new Map([[watched(name).id, height]]));
                const took = await millisUntil(begin, async () => {
                  const isSent = control === name || (await inbound(control)).frameHeight >= height;
                  const now = performance.now();
                  withheld += isSent ? 0 : now - looked;
                  looked = now;
                  return (await inbound(name)).frameHeight === height;
                });
                window.withheld = Math.round(withheld);
                window.rehearsed?.push(await alone);
                return Math.max(0, took - window.withheld);
              };
              // A connection of the page with itself changes its size whenever a viewer wishes for another.
              window.prepare = async () => {
                const stream = await navigator.mediaDevices.getUserMedia({video: {width: 320, height: 180, frameRate: 15}});
                const [track] = stream.getVideoTracks();
                track.contentHint = "detail";
                const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
                from.onicecandidate = ({candidate}) => to.addIceCandidate(candidate);
                to.onicecandidate = ({candidate}) => from.addIceCandidate(candidate);
                const sender = from.addTrack(track, stream);
                await from.setLocalDescription();
                await to.setRemoteDescription(from.localDescription);
                await to.setLocalDescription();
                await from.setRemoteDescription(to.localDescription);
                let height = 180;
                const hasCome = async () => (await stats(to, "inbound-rtp"))[0]?.frameHeight === height;
                await millisUntil(performance.now(), hasCome);
                window.rehearsed = [];
                window.rehearse = async () => {
                  height = height === 180 ? 90 : 180;
                  const begin = performance.now();
                  const parameters = sender.getParameters();
                  parameters.encodings[0].scaleResolutionDownBy = 180 / height;
                  await sender.setParameters(parameters);
                  return millisUntil(begin, hasCome);
                };
              };
              window.wishes = async (name, heights, control) => {
                const took = [];
                for (const height of heights) {
                  took.push(await wish(name, height, control));
                  await delay(300);
                }
                return took;
              };
            })()
            """;

    /** Has the next calls send other encodings, of another codec. */
    private static final String OTHER_ENCODINGS =
            """
            (() => {
              const add = RTCPeerConnection.prototype.addTransceiver;
              RTCPeerConnection.prototype.addTransceiver = function (what, options) {
                if (what.kind !== "video") {
                  return add.call(this, what, options);
                }
                const transceiver = add.call(this, what, {...options, sendEncodings: %s});
                const {codecs} = RTCRtpReceiver.getCapabilities("video");
                const wanted = codecs.filter(({mimeType}) => mimeType === "video/%s");
                const rest = codecs.filter(({mimeType}) => mimeType === "video/rtx");
                transceiver.setCodecPreferences([...wanted, ...rest]);
                return transceiver;
              };
            })()
            """;

    /**
     * Opens the page of a publisher, Ada.
     *
     * @param encodings as a browser takes them, or empty for the page's own
     * @param height of the camera's picture
     */
    static Page publisher(
            BrowserStage stage,
            Browser browser,
            String room,
            String encodings,
            String codec,
            int height) {
        Page page = stage.open(browser, "/healthz");
        if (!encodings.isEmpty()) {
            page.evaluate(OTHER_ENCODINGS.formatted(encodings, codec));
        }
        page.evaluate(CLIENT);
        page.evaluate(
                "publish('%s', {width: %d, height: %d, frameRate: 15})"
                        .formatted(room, height * 16 / 9, height));
        return page;
    }

    /** Opens one page for all viewers, which costs less, and waits until each has pictures. */
    static Page viewers(BrowserStage stage, Browser browser, String room, List<String> names) {
        Page page = stage.open(browser, "/healthz");
        page.evaluate(CLIENT);
        names.forEach(name -> page.evaluate("enter('%s', '%s')".formatted(room, name)));
        for (String name : names) {
            page.waitUntil("(await inbound('%s')).framesDecoded > 5".formatted(name), PATIENCE);
        }
        return page;
    }

    private LayerPages() {}
}
