package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.browser.Page;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people write to each other on the page, and the files they send. */
@Tag("browser")
final class PageChatIT {
    @RegisterExtension static final BrowserStage STAGE = new BrowserStage();

    private static final Duration SOON = Duration.ofSeconds(40);

    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    /** Video would take the machine's time, and its share of what the path carries. */
    private static final String NO_DEVICES =
            "void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none')))";

    /**
     * {@code drop} drops a file of so many bytes on the page, {@code files} are those that came, {@code digest}
     * is by the browser's own means; while {@code held}, a receiver lets nobody go on.
     */
    private static final String OBSERVER =
            """
            (async () => {
              const {Incoming} = await import("/plain/incoming.js");
              const {grant} = Incoming.prototype;
              Incoming.prototype.grant = function () { if (!held || !this.receivedBytes) grant.call(this); };
              Object.assign(window, {held: false, files: []});
              sluice.files.addEventListener("offer", ({detail}) => detail.isOwn || files.push(detail));
              window.content = (bytes) => Uint8Array.from({length: bytes}, (_, i) => i * 7 + (i >> 9));
              window.drop = (name, bytes) => {
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([content(bytes)], name));
                dispatchEvent(new DragEvent("drop", {dataTransfer, cancelable: true}));
              };
              window.digest = async (bytes) => {
                const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
                return [...hash].map((one) => one.toString(16).padStart(2, "0")).join("");
              };
              window.isContent = async (blob, bytes) =>
                (await digest(await blob.arrayBuffer())) === (await digest(content(bytes)));
              window.card = () => document.querySelector(".file:last-child .states")?.innerText;
              window.to = (name) => {
                const receiver = document.getElementById("receiver");
                receiver.value = [...receiver.options].find(({text}) => text === name).value;
              };
            })()
            """;

    private static Page join(String room, String name) {
        Guest guest = STAGE.guest(STAGE.chromium(), room, name);
        Page page = guest.page();
        page.evaluate(NO_DEVICES);
        guest.join();
        page.waitUntil("sluice.files && !document.getElementById('say').disabled", SOON);
        page.evaluate(OBSERVER);
        return page;
    }

    private static void send(Page sender, String name, int bytes) {
        sender.evaluate("drop('%s', %d)".formatted(name, bytes));
        sender.click("#send-files:enabled");
    }

    private static void press(Page page, String button) {
        page.waitUntil(
                """
                (() => {
                  const all = [...document.querySelectorAll(".file:last-child button:not([hidden])")];
                  const button = all.find(({textContent}) => textContent === "%s");
                  button?.click();
                  return button;
                })()
                """
                        .formatted(button),
                SOON);
    }

    private static void accept(Page page) {
        page.waitUntil("card()?.includes('would like to send you')", SOON);
        press(page, "Accept");
    }

    private static void awaitCard(Page page, String text) {
        page.waitUntil("card() === `%s`".formatted(text), SOON);
    }

    @Test
    void shouldShowWhatPeopleWriteAsTextAndHowMuchOfItIsNew() {
        Page ada = join("chat", "Ada");
        Page other = join("chat", HOSTILE);

        ada.click("#open-chat");
        ada.type("#words", "Hello\n");
        other.waitUntil("document.getElementById('unread').textContent === '1'", SOON);
        assertThat(other.evaluate("document.title").asText()).isEqualTo("(1) chat · Sluice");
        other.click("#open-chat");
        assertThat(other.evaluate("document.getElementById('unread').textContent").asText())
                .isEmpty();
        assertThat(other.evaluate("document.querySelector('.message').innerText").asText())
                .startsWith("Ada")
                .endsWith("Hello");

        other.type("#words", HOSTILE + "\n");
        ada.waitUntil("document.querySelectorAll('.message').length === 2", SOON);
        for (String part : List.of("bdi", ".text")) {
            String shown = "document.querySelector('.message:last-child %s').textContent";
            assertThat(ada.evaluate(shown.formatted(part)).asText()).isEqualTo(HOSTILE);
        }
        assertThat(ada.evaluate("document.querySelector('#chat img')").isNull()).isTrue();

        ada.evaluate(
                "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))");
        assertThat(ada.evaluate("document.getElementById('chat').hidden").asBoolean()).isTrue();
        assertThat(ada.evaluate("document.activeElement.id").asText()).isEqualTo("open-chat");
    }

    @Test
    void shouldCarryFilesToAllAndToOneUntilSomebodyHasEnough() {
        Page ada = join("files", "Ada");
        Page bob = join("files", "Bob");
        Page carol = join("files", "Carol");

        send(ada, "all.bin", 5_000_001);
        accept(bob);
        awaitCard(bob, "Received from Ada. Its checksum is right.");
        awaitCard(ada, "Bob has it.\nWaiting for Carol to accept it…");
        // Who comes late gets it from the beginning.
        accept(carol);
        awaitCard(carol, "Received from Ada. Its checksum is right.");
        awaitCard(ada, "Bob has it.\nCarol has it.");
        for (Page receiver : List.of(bob, carol)) {
            assertThat(receiver.evaluate("isContent(files[0].blob, 5000001)").asBoolean()).isTrue();
        }

        ada.evaluate("drop('one.bin', 3000000)");
        // The list of the file before stands until this one has been looked at.
        ada.waitUntil(
                "!document.getElementById('staged').hidden && document.getElementById('receiver').length === 3",
                SOON);
        ada.evaluate("to('Bob')");
        ada.click("#send-files:enabled");
        bob.evaluate("void (held = true)");
        accept(bob);
        ada.waitUntil("card() === 'Sending to Bob…'", SOON);
        bob.waitUntil("files[1].receivedBytes > 900000", SOON);
        press(bob, "Cancel");
        awaitCard(ada, "Bob cancelled it.");
        assertThat(carol.evaluate("files.length").asInt()).isEqualTo(1);

        carol.evaluate("void (held = true)");
        send(ada, "again.bin", 3_000_000);
        accept(bob);
        press(carol, "Decline");
        awaitCard(ada, "Sending to Bob…\nCarol declined it.");
        press(ada, "Cancel");
        awaitCard(bob, "Ada cancelled it.");

        send(ada, "leave.bin", 3_000_000);
        accept(bob);
        accept(carol);
        carol.waitUntil("files.at(-1).receivedBytes > 900000", SOON);
        bob.click("#leave");
        awaitCard(ada, "Bob left before having all of it.\nSending to Carol…");
        ada.click("#leave");
        awaitCard(carol, "Ada left before all of it was here.");
    }

    @Test
    void shouldTellWhatIsNotWhatWasSentAndSaveItUnderNoNameThatHarms() {
        Page ada = join("hostile", "Ada");
        Page bob = join("hostile", "Bob");

        String digests =
                """
                (async () => {
                  const {Sha256} = await import("/plain/sha256.js");
                  for (const bytes of [0, 1, 55, 56, 63, 64, 65, 119, 120, 70000]) {
                    const hash = new Sha256();
                    const whole = content(bytes);
                    for (let from = 0; from < bytes; from += 1 + (from % 97)) {
                      hash.update(whole.subarray(from, from + 1 + (from % 97)));
                    }
                    if (hash.hex() !== (await digest(whole))) return bytes;
                  }
                  return "same";
                })()
                """;
        assertThat(ada.evaluate(digests).asText()).isEqualTo("same");

        send(ada, "../../<b>.\\u202Egpj.exe", 0);
        accept(bob);
        awaitCard(bob, "Received from Ada. Its checksum is right.");
        assertThat(bob.evaluate("document.querySelector('.file bdi').textContent").asText())
                .isEqualTo("../../<b>.gpj.exe");
        assertThat(bob.evaluate("document.querySelector('.file a').download").asText())
                .isEqualTo("b_.gpj.exe");
        String names =
                """
                (async () => {
                  const {savedName} = await import("/plain/names.js");
                  return ["..", ".bashrc", "con.txt", "a/b:c.txt ", "x".repeat(300) + ".tar.gz"].map(savedName);
                })()
                """;
        assertThat(bob.evaluate(names).toString())
                .isEqualTo(
                        "[\"file\",\"bashrc\",\"_con.txt\",\"a_b_c.txt\",\""
                                + "x".repeat(116)
                                + "….gz\"]");

        ada.evaluate(
                "import('/plain/sha256.js').then(({Sha256}) => { Sha256.prototype.hex = () => 'other'; })");
        send(ada, "broken.bin", 100_000);
        accept(bob);
        awaitCard(bob, "It is not what was sent: the checksums differ. Ask Ada to send it again.");
        awaitCard(ada, "What arrived at Bob is not what was sent. Send it again.");
        assertThat(bob.evaluate("files.at(-1).blob").isNull()).isTrue();
    }
}
