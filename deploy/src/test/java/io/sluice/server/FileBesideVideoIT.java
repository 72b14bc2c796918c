package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Page;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that comes while its receiver watches its sender. */
@Tag("browser")
final class FileBesideVideoIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Logger LOG = LoggerFactory.getLogger(FileBesideVideoIT.class);
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int FILE_BYTES = 5_000_000;

    /** Half of what a path is found to carry is data's while video is watched; a busy machine finds less. */
    private static final double MOST_SECONDS = 15;

    /** A machine that others keep busy freezes pictures as well: a file that does so does it each time. */
    private static final int ROUNDS = 4;

    private static final String NO_DEVICES =
            "void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none')))";

    /** {@code watched} is what is received of the first picture there is; {@code take} accepts the file that is offered. */
    private static final String OBSERVER =
            """
            (() => {
              window.drop = (name, bytes) => {
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([new Uint8Array(bytes).map((_, i) => i * 7 + (i >> 9))], name));
                dispatchEvent(new DragEvent("drop", {dataTransfer, cancelable: true}));
              };
              window.card = () => document.querySelector(".file:last-child .states")?.innerText ?? "";
              window.take = () => {
                const all = [...document.querySelectorAll(".file:last-child button:not([hidden])")];
                const accept = all.find(({textContent}) => textContent === "Accept");
                accept?.click();
                return accept;
              };
              window.watched = async () => [...(await sluice.pc.getStats()).values()].find((one) =>
                one.type === "inbound-rtp" && one.kind === "video") ?? {};
            })()
            """;

    private static Page watch(String name) {
        Guest guest = STAGE.guest(STAGE.chromium(), "film", name);
        guest.page().evaluate(NO_DEVICES);
        guest.join();
        return observed(guest.page());
    }

    private static Page observed(Page page) {
        page.waitUntil("sluice.files && !document.getElementById('say').disabled", SOON);
        page.evaluate(OBSERVER);
        return page;
    }

    @Test
    void shouldArriveInSecondsAndFreezeNoPicture() {
        Page ada = observed(STAGE.join(STAGE.chromium(), "film", "Ada").page());
        Page bob = watch("Bob");
        Page carol = watch("Carol");
        for (Page viewer : new Page[] {bob, carol}) {
            viewer.waitUntil("(await watched()).framesDecoded > 60", SOON);
        }

        double freezesMore = Double.MAX_VALUE;
        double seconds = Double.MAX_VALUE;
        for (int round = 0;
                round < ROUNDS && (freezesMore > 0 || seconds > MOST_SECONDS);
                round++) {
            JsonNode bobBefore = bob.evaluate("watched()");
            JsonNode carolBefore = carol.evaluate("watched()");
            seconds = send(ada, bob, "film" + round);
            JsonNode bobAfter = bob.evaluate("watched()");
            JsonNode carolAfter = carol.evaluate("watched()");
            freezesMore =
                    grown(bobBefore, bobAfter, "freezeCount")
                            - grown(carolBefore, carolAfter, "freezeCount");
            LOG.info(
                    "{} s for {} bytes; {} frames, {} freezes and {} lost, without a file {}, {} and {}",
                    seconds,
                    FILE_BYTES,
                    grown(bobBefore, bobAfter, "framesDecoded"),
                    grown(bobBefore, bobAfter, "freezeCount"),
                    grown(bobBefore, bobAfter, "packetsLost"),
                    grown(carolBefore, carolAfter, "framesDecoded"),
                    grown(carolBefore, carolAfter, "freezeCount"),
                    grown(carolBefore, carolAfter, "packetsLost"));
        }
        assertThat(seconds).isLessThan(MOST_SECONDS);
        assertThat(freezesMore).isLessThanOrEqualTo(0);
    }

    /** Returns how long it took from its being accepted, in seconds. */
    private static double send(Page ada, Page bob, String name) {
        ada.evaluate("drop('%s', %d)".formatted(name, FILE_BYTES));
        // The list of the file before stands until this one has been looked at.
        ada.waitUntil(
                "!document.getElementById('staged').hidden && document.getElementById('receiver').length === 3",
                SOON);
        ada.evaluate(
                """
                (() => {
                  const receiver = document.getElementById("receiver");
                  receiver.value = [...receiver.options].find(({text}) => text === "Bob").value;
                })()
                """);
        ada.click("#send-files:enabled");
        bob.waitUntil("card().includes('would like to send you') && take()", SOON);
        long beganNanos = System.nanoTime();
        bob.waitUntil("card() === 'Received from Ada. Its checksum is right.'", SOON);
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    private static double grown(JsonNode before, JsonNode after, String field) {
        return after.path(field).asDouble() - before.path(field).asDouble();
    }
}
