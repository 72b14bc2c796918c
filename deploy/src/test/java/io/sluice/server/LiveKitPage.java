package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.api.Grants;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** Somebody who is in a room with LiveKit's client for browsers. Used by one thread. */
final class LiveKitPage {
    /** A busy machine needs seconds to start a page, and to encode its first pictures. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** More than the one frame that may be left of something else. */
    private static final int PICTURES = 15;

    private static final Duration TOKEN_VALIDITY = Duration.ofMinutes(10);

    private final Page page;

    private LiveKitPage(Page page) {
        this.page = page;
    }

    /** Opens a page with the client in it; nobody has joined yet. */
    static LiveKitPage open(BrowserStage stage, Browser browser) throws IOException {
        Page page = stage.open(browser, "/livekit.html");
        // Wrapped, so that an expression comes of the script.
        page.evaluate("void (() => {" + built("livekit-client.umd.js") + "\n})()");
        return new LiveKitPage(page);
    }

    private static String built(String file) throws IOException {
        return Files.readString(NodeProject.file("livekit-client", "dist", file));
    }

    /** Gives the page what encrypts, which runs in a worker of its own. */
    void loadEncryption() throws IOException {
        String script = JSON.writeValueAsString(built("livekit-client.e2ee.worker.js"));
        page.evaluate(
                "void (window.workerUrl = URL.createObjectURL("
                        + "new Blob(["
                        + script
                        + "], {type: 'text/javascript'})))");
    }

    /** Opens a page and joins; nothing is published yet. */
    static LiveKitPage join(BrowserStage stage, Browser browser, String room, String identity)
            throws IOException {
        LiveKitPage opened = open(stage, browser);
        opened.enter(stage.server(), room, identity, "{}");
        return opened;
    }

    /**
     * Joins.
     *
     * @param options of the client's Room, as JavaScript
     */
    void enter(TestServer server, String room, String identity, String options) {
        enter(address(server), token(server, room, identity, identity), options);
    }

    /** Joins by another address. */
    void enter(String address, String token, String options) {
        page.evaluate("enter('%s', '%s', %s)".formatted(address, token, options), PATIENCE);
    }

    /** Calls a method of RoomService, as an application. */
    void service(TestServer server, String method, Grants grants, String request) {
        String token = server.sluice().tokens().issue("devkey", grants, TOKEN_VALIDITY);
        String call = "service('%s', '%s', %s)".formatted(method, token, request);
        assertThat(evaluate(call).asInt()).as("%s %s", method, request).isEqualTo(200);
    }

    static String address(TestServer server) {
        return server.url().replace("http", "ws");
    }

    static String token(TestServer server, String room, String identity, String name) {
        return server.sluice()
                .tokens()
                .issue("devkey", Grants.join(room, identity, name), TOKEN_VALIDITY);
    }

    void publishCameraAndMicrophone() {
        page.evaluate("room.localParticipant.enableCameraAndMicrophone()", PATIENCE);
    }

    /** Waits until pictures of its camera are shown. */
    void awaitSightOf(String other) {
        await("(await pictures('%s')) > %d".formatted(other, PICTURES));
    }

    /** Waits until more of them are shown than now. */
    void awaitMoreOf(String other) {
        String shown = "(await pictures('%s'))".formatted(other);
        await(shown + " > " + (page.evaluate(shown).asInt() + PICTURES));
    }

    void awaitSoundOf(String other) {
        await("(await heard('%s')) > 0".formatted(other));
    }

    void awaitText(String text) {
        await("texts.includes('%s')".formatted(text));
    }

    void awaitGone(String other) {
        await("!room.remoteParticipants.has('%s')".formatted(other));
    }

    void await(String condition) {
        page.waitUntil(condition, PATIENCE);
    }

    JsonNode evaluate(String expression) {
        return page.evaluate(expression, PATIENCE);
    }

    void say(String topic, String text) {
        evaluate("say('%s', '%s')".formatted(topic, text));
    }

    /** Leaves as a user would. */
    void leave() {
        evaluate("room.disconnect()");
    }

    Page page() {
        return page;
    }
}
