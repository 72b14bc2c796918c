package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Data channels of browsers, by the plain protocol. */
@Tag("browser")
final class DataBrowserIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A client without media, which remembers what it hears. */
    private static final String CLIENT =
            """
            (async () => {
                const room = "data";
                const answer = await fetch("/api/v1/dev/token", {
                    method: "POST",
                    headers: {"content-type": "application/json"},
                    body: JSON.stringify({room, identity: "IDENTITY"}),
                });
                const {token} = await answer.json();
                const pc = new RTCPeerConnection();
                const socket = new WebSocket(`ws://${location.host}/api/v1/rooms/${room}/ws`);
                const send = (message) => socket.send(JSON.stringify(message));
                Object.assign(window, {pc, send, channels: {}, offered: [], heard: {}, told: []});
                window.hear = (channel) => {
                    channels[channel.label] = channel;
                    heard[channel.label] ??= [];
                    channel.binaryType = "arraybuffer";
                    channel.onmessage = ({data}) => heard[channel.label].push(data);
                    return channel;
                };
                window.make = (label, options) => hear(pc.createDataChannel(label, options));
                window.pattern = (bytes, seed) => {
                    const data = new Uint8Array(bytes);
                    for (let i = 0; i < bytes; i++) {
                        data[i] = (i * 7 + (i >> 8) + seed) & 255;
                    }
                    return data;
                };
                window.same = (buffer, bytes, seed) => {
                    const expected = pattern(bytes, seed);
                    const data = new Uint8Array(buffer);
                    return data.length === bytes && data.every((one, i) => one === expected[i]);
                };
                window.settled = async (channel, most = 0) => {
                    while (channel.bufferedAmount > most) {
                        await new Promise((resolve) => setTimeout(resolve, 5));
                    }
                };
                pc.ondatachannel = ({channel}) => { offered.push(channel.label); hear(channel); };
                pc.onicecandidate = ({candidate}) => send({type: "ice-candidate", candidate});
                make("hello");
                const on = {
                    "joined": async () => { await pc.setLocalDescription(); send(pc.localDescription); },
                    "answer": ({sdp}) => pc.setRemoteDescription({type: "answer", sdp}),
                    "ice-candidate": ({candidate}) => pc.addIceCandidate(candidate),
                };
                socket.onopen = () => send({type: "join", token});
                socket.onmessage = ({data}) => {
                    const message = JSON.parse(data);
                    told.push(message);
                    on[message.type]?.(message);
                };
            })()
            """;

    /** A sender of 64 KB messages whose receiver confirms them, so that no more than a megabyte is under way. */
    private static final String TRAFFIC =
            """
            (() => {
                window.fill = async (channel, seconds) => {
                    channel.sent ??= 0;
                    channel.confirmed ??= 0;
                    channel.onmessage = ({data}) => { channel.confirmed = Number(data); };
                    const before = channel.confirmed;
                    const piece = new ArrayBuffer(65536);
                    const end = performance.now() + 1000 * seconds;
                    while (performance.now() < end) {
                        if (channel.sent - channel.confirmed < 1048576 && channel.bufferedAmount < 524288) {
                            channel.send(piece);
                            channel.sent += piece.byteLength;
                        } else {
                            await new Promise((resolve) => setTimeout(resolve, 0));
                        }
                    }
                    return (channel.confirmed - before) / seconds / 1e6;
                };
                window.acknowledge = (channel) => {
                    let bytes = 0, told = 0;
                    channel.binaryType = "arraybuffer";
                    channel.onmessage = ({data}) => {
                        bytes += data.byteLength;
                        if (bytes - told >= 131072) {
                            told = bytes;
                            channel.send(String(bytes));
                        }
                    };
                };
                window.gathered = async (connection) => {
                    await connection.setLocalDescription();
                    while (connection.iceGatheringState !== "complete") {
                        await new Promise((resolve) => { connection.onicegatheringstatechange = resolve; });
                    }
                    return connection.localDescription.sdp;
                };
            })()
            """;

    private static final Logger LOG = LoggerFactory.getLogger(DataBrowserIT.class);
    private static final int TURNS = 3;
    private static final int ROUNDS = 4;

    private enum Kind {
        CHROMIUM,
        FIREFOX
    }

    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static Browser browser(Kind kind) {
        return switch (kind) {
            case CHROMIUM -> STAGE.chromium();
            case FIREFOX -> STAGE.firefox();
        };
    }

    private static Page join(Browser browser, String identity) {
        Page page = STAGE.open(browser, "/healthz");
        page.evaluate(CLIENT.replace("IDENTITY", identity));
        page.waitUntil("channels.hello.readyState === 'open'", PATIENCE);
        return page;
    }

    /** Who goes without a word is waited for. */
    private static void leave(Page... pages) {
        for (Page page : pages) {
            page.evaluate("send({type: 'leave'})");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldCarryTextAndBytesOfAllSizesThroughChannelsOfEitherSide(Kind kind) {
        Page ada = join(browser(kind), "ada");
        Page bob = join(browser(kind), "bob");

        // Both have opened it; then one that the server opens for bob.
        ada.evaluate("channels.hello.send('höi')");
        bob.waitUntil("heard.hello.length === 1 && heard.hello[0] === 'höi'", PATIENCE);
        ada.evaluate(
                """
                (() => {
                    const file = make("file");
                    file.onopen = () => {
                        for (const [i, bytes] of [1, 1000, 1188, 65536, 262144].entries()) {
                            file.send(pattern(bytes, i));
                        }
                        file.send("");
                        file.send(new ArrayBuffer(0));
                        file.send("x".repeat(262144));
                    };
                })()
                """);
        bob.waitUntil("offered.includes('file') && heard.file?.length === 8", PATIENCE);
        assertThat(
                        bob.evaluate(
                                        """
                                        [1, 1000, 1188, 65536, 262144].every((bytes, i) => same(heard.file[i], bytes, i))
                                            && heard.file[5] === "" && heard.file[6].byteLength === 0
                                            && heard.file[7] === "x".repeat(262144)
                                        """)
                                .asBoolean())
                .isTrue();
        assertThat(
                        bob.evaluate(
                                        "channels.file.ordered && channels.file.maxRetransmits === null")
                                .asBoolean())
                .isTrue();

        // Bob answers on the channel that he was given.
        bob.evaluate("channels.file.send(pattern(100000, 9))");
        ada.waitUntil("heard.file.length === 1 && same(heard.file[0], 100000, 9)", PATIENCE);
        leave(ada, bob);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldCarryTenThousandSmallMessagesInOrder(Kind kind) {
        Page ada = join(browser(kind), "ada");
        Page bob = join(browser(kind), "bob");
        ada.evaluate(
                """
                (async () => {
                    for (let i = 0; i < 10000; i++) {
                        channels.hello.send(`message ${i}`);
                        if (i % 1000 === 0) {
                            await settled(channels.hello, 20000);
                        }
                    }
                })()
                """);
        bob.waitUntil("heard.hello.length === 10000", PATIENCE);
        assertThat(
                        bob.evaluate("heard.hello.every((text, i) => text === `message ${i}`)")
                                .asBoolean())
                .isTrue();
        leave(ada, bob);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldUseStreamsAgainAfterTheirEnd(Kind kind) {
        Page ada = join(browser(kind), "ada");
        Page bob = join(browser(kind), "bob");
        ada.evaluate(
                """
                (async () => {
                    window.ids = new Set();
                    for (let i = 0; i < 30; i++) {
                        const once = make("once" + i);
                        await new Promise((resolve) => { once.onopen = resolve; });
                        ids.add(once.id);
                        once.send("round " + i);
                        await settled(once);
                        const end = new Promise((resolve) => { once.onclose = resolve; });
                        once.close();
                        await end;
                    }
                })()
                """);
        bob.waitUntil("heard.once29?.[0] === 'round 29'", PATIENCE);
        assertThat(ada.evaluate("ids.size").asInt()).isLessThan(10);
        leave(ada, bob);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldSayFromWhomAndForWhomInEnvelopes(Kind kind) {
        Page ada = join(browser(kind), "ada");
        Page bob = join(browser(kind), "bob");
        Page carol = join(STAGE.chromium(), "carol");
        ada.evaluate(
                """
                (() => {
                    const notes = make("notes", {protocol: "sluice", ordered: false, maxRetransmits: 3});
                    notes.onopen = () => {
                        notes.send('{"to":["bob"]}\\nfor bob');
                        notes.send('\\nfor all');
                        notes.send(new TextEncoder().encode('{}\\nbytes'));
                    };
                })()
                """);
        bob.waitUntil("heard.notes?.length === 3", PATIENCE);
        carol.waitUntil("heard.notes?.length === 2", PATIENCE);
        String participant =
                ada.evaluate("told.find(({type}) => type === 'joined').participant").asText();
        String envelope = "{\"from\":\"ada\",\"participant\":\"" + participant + "\"}\n";
        assertThat(bob.evaluate("heard.notes.filter((one) => typeof one === 'string').sort()"))
                .extracting(one -> one.asText())
                .containsExactly(envelope + "for all", envelope + "for bob");
        assertThat(
                        bob.evaluate(
                                        "new TextDecoder().decode(heard.notes.find((one) => typeof"
                                                + " one !== 'string'))")
                                .asText())
                .isEqualTo(envelope + "bytes");
        assertThat(
                        bob.evaluate(
                                        "channels.notes.protocol === 'sluice' && !channels.notes.ordered &&"
                                                + " channels.notes.maxRetransmits === 3")
                                .asBoolean())
                .isTrue();
        leave(ada, bob, carol);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldCarryChannelsThatBothSidesOpenByThemselves(Kind kind) {
        Page ada = join(browser(kind), "ada");
        Page bob = join(browser(kind), "bob");
        for (Page page : new Page[] {ada, bob}) {
            page.evaluate(
                    "(() => { make('game', {negotiated: true, id: 100, ordered: false, maxRetransmits: 0});"
                            + " send({type: 'channel', id: 100, label: 'game', ordered: false, maxRetransmits: 0}); })()");
            page.waitUntil(
                    "channels.game.readyState === 'open' && told.some(({type}) => type === 'channel')",
                    PATIENCE);
        }
        ada.evaluate("channels.game.send('left')");
        bob.waitUntil("heard.game.length === 1 && heard.game[0] === 'left'", PATIENCE);
        assertThat(bob.evaluate("offered.length").asInt()).isZero();
        leave(ada, bob);
    }

    @Test
    void shouldKeepTheChannelsOverAnIceRestart() {
        Page ada = join(STAGE.chromium(), "ada");
        Page bob = join(STAGE.chromium(), "bob");
        ada.evaluate(
                "(async () => { pc.restartIce(); await pc.setLocalDescription(); send(pc.localDescription); })()");
        ada.waitUntil("told.filter(({type}) => type === 'answer').length === 2", PATIENCE);
        ada.evaluate("channels.hello.send('still there')");
        bob.waitUntil("heard.hello.includes('still there')", PATIENCE);
        assertThat(ada.evaluate("channels.hello.readyState").asText()).isEqualTo("open");
        leave(ada, bob);
    }

    @Test
    void shouldRelayAtHalfTheRateOfADirectConnectionAtLeast() {
        Page ada = join(STAGE.chromium(), "ada");
        Page bob = join(STAGE.chromium(), "bob");
        ada.evaluate(TRAFFIC);
        bob.evaluate(TRAFFIC);
        ada.evaluate(
                "(() => { window.direct = new RTCPeerConnection();"
                        + " window.straight = direct.createDataChannel('x'); })()");
        String offer = ada.evaluate("gathered(direct)").toString();
        bob.evaluate(
                """
                (() => {
                    window.direct = new RTCPeerConnection();
                    direct.ondatachannel = ({channel}) => acknowledge(channel);
                    return direct.setRemoteDescription({type: "offer", sdp: OFFER});
                })()
                """
                        .replace("OFFER", offer));
        String answer = bob.evaluate("gathered(direct)").toString();
        ada.evaluate("direct.setRemoteDescription({type: 'answer', sdp: " + answer + "})");
        ada.waitUntil("straight.readyState === 'open'", PATIENCE);
        bob.evaluate("acknowledge(channels.hello)");

        double direct = 1;
        double relayed = 0;
        // In turns, and not once only: others slow the machine for a while.
        for (int round = 0; round < ROUNDS && relayed < direct / 2; round++) {
            direct = 0;
            relayed = 0;
            for (int turn = 0; turn < TURNS; turn++) {
                direct += ada.evaluate("fill(straight, 1)").asDouble() / TURNS;
                relayed += ada.evaluate("fill(channels.hello, 1)").asDouble() / TURNS;
            }
            LOG.info("MB/s directly {}, by the server {}", direct, relayed);
        }
        assertThat(relayed).isGreaterThanOrEqualTo(direct / 2);
        leave(ada, bob);
    }
}
