package io.sluice.server.browser;

import static io.sluice.server.browser.RemoteControl.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A target of Chromium, with the session that speaks to it. */
final class ChromiumPage extends ScriptedPage {

    private final RemoteControl control;
    private final BrowserOptions options;
    private final String context;
    private final String target;
    private final String session;

    private final CompletableFuture<Void> crashed = new CompletableFuture<>();
    private final CompletableFuture<Void> detached = new CompletableFuture<>();

    /** Completed by the reader of the socket; replaced by whoever starts a load. */
    private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();

    ChromiumPage(
            RemoteControl control,
            BrowserOptions options,
            String context,
            String target,
            String session) {
        super(options.commandTimeout());
        this.control = control;
        this.options = options;
        this.context = context;
        this.target = target;
        this.session = session;
    }

    /** Asks for the events this class listens to, and gives the page its size and the focus. */
    void prepare() {
        for (String domain : List.of("Page", "Runtime", "Log", "Inspector")) {
            call(domain + ".enable", params());
        }
        call(
                "Emulation.setDeviceMetricsOverride",
                params().put("width", options.width())
                        .put("height", options.height())
                        .put("deviceScaleFactor", 1)
                        .put("mobile", false));
        // Several windows at once then all count as focused and visible.
        call("Emulation.setFocusEmulationEnabled", params().put("enabled", true));
    }

    @Override
    String run(String script, Duration timeout) {
        requireAlive();
        ObjectNode params =
                params().put("expression", script)
                        .put("awaitPromise", true)
                        .put("returnByValue", true)
                        .put("userGesture", true);
        JsonNode outcome = call("Runtime.evaluate", params, timeout);
        JsonNode details = outcome.path("exceptionDetails");
        if (details.isObject()) {
            JsonNode description = details.path("exception").path("description");
            throw new JavaScriptException(description.asText(details.path("text").asText()), "");
        }
        return outcome.path("result").path("value").asText();
    }

    @Override
    public void navigate(String url) {
        requireAlive();
        CompletableFuture<Void> load = new CompletableFuture<>();
        loaded = load;
        JsonNode navigation = call("Page.navigate", params().put("url", url));
        if (navigation.has("errorText")) {
            throw new BrowserException(
                    "navigation to " + url + ": " + navigation.path("errorText").asText());
        }
        // None: the same document, at another fragment.
        if (navigation.has("loaderId")) {
            RemoteControl.await(load, commandTimeout(), "loading " + url);
        }
    }

    @Override
    public void reload() {
        requireAlive();
        CompletableFuture<Void> load = new CompletableFuture<>();
        loaded = load;
        call("Page.reload", params());
        RemoteControl.await(load, commandTimeout(), "reload");
    }

    @Override
    void clickAt(int x, int y) {
        for (String type : List.of("mouseMoved", "mousePressed", "mouseReleased")) {
            ObjectNode params = params().put("type", type).put("x", x).put("y", y);
            if (!type.equals("mouseMoved")) {
                params.put("button", "left").put("clickCount", 1);
            }
            call("Input.dispatchMouseEvent", params);
        }
    }

    @Override
    void typeText(String text) {
        for (String part : text.splitWithDelimiters("\n", 0)) {
            if (part.equals("\n")) {
                pressEnter();
            } else if (!part.isEmpty()) {
                call("Input.insertText", params().put("text", part));
            }
        }
    }

    @Override
    public byte[] screenshot() {
        requireAlive();
        JsonNode image = call("Page.captureScreenshot", params().put("format", "png"));
        return Base64.getDecoder().decode(image.path("data").asText());
    }

    @Override
    public void kill() {
        requireAlive();
        // Handled beside the thread that runs scripts, so that it ends a page that hangs as well.
        // The reply never comes.
        control.post(command("Page.crash", params()));
        RemoteControl.await(crashed, commandTimeout(), "kill of the page");
    }

    @Override
    public void close() {
        if (detached.isDone()) {
            return;
        }
        control.call("Target.closeTarget", params().put("targetId", target), commandTimeout());
        RemoteControl.await(detached, commandTimeout(), "close of the page");
        control.call(
                "Target.disposeBrowserContext",
                params().put("browserContextId", context),
                commandTimeout());
    }

    /** Takes an event of this page's session; on the thread that reads the socket. */
    void onEvent(String method, JsonNode params) {
        switch (method) {
            case "Page.loadEventFired" -> loaded.complete(null);
            case "Page.javascriptDialogOpening" -> {
                logLine("dialog: " + params.path("message").asText());
                control.post(command("Page.handleJavaScriptDialog", params().put("accept", true)));
            }
            case "Runtime.consoleAPICalled" ->
                    logLine(params.path("type").asText() + ": " + texts(params.path("args")));
            case "Runtime.exceptionThrown" -> {
                JsonNode details = params.path("exceptionDetails");
                logLine(
                        "uncaught: "
                                + details.path("exception")
                                        .path("description")
                                        .asText(details.path("text").asText()));
            }
            case "Log.entryAdded" -> {
                JsonNode entry = params.path("entry");
                logLine(
                        "%s: %s %s"
                                .formatted(
                                        entry.path("level").asText(),
                                        entry.path("text").asText(),
                                        entry.path("url").asText()));
            }
            case "Inspector.targetCrashed" -> {
                end("the page was killed");
                crashed.complete(null);
            }
            default -> {
                // The domains that are enabled report much that no test asks for.
            }
        }
    }

    void onDetached() {
        end("the page is closed");
        detached.complete(null);
    }

    private void end(String reason) {
        if (!isGone()) {
            gone(reason);
        }
        control.failAll(session, reason);
        loaded.completeExceptionally(new BrowserException(reason));
    }

    private void pressEnter() {
        ObjectNode key =
                params().put("key", "Enter").put("code", "Enter").put("windowsVirtualKeyCode", 13);
        call("Input.dispatchKeyEvent", key.deepCopy().put("type", "keyDown").put("text", "\r"));
        call("Input.dispatchKeyEvent", key.put("type", "keyUp"));
    }

    private JsonNode call(String method, ObjectNode params) {
        return call(method, params, commandTimeout());
    }

    private JsonNode call(String method, ObjectNode params, Duration timeout) {
        return control.call(command(method, params), session, timeout);
    }

    private ObjectNode command(String method, ObjectNode params) {
        return RemoteControl.command(method, params).put("sessionId", session);
    }

    /** Returns what a console call was given, as the console would show it. */
    private static String texts(JsonNode arguments) {
        List<String> texts = new ArrayList<>();
        for (JsonNode argument : arguments) {
            JsonNode value = argument.path("value");
            texts.add(
                    value.isMissingNode()
                            ? argument.path("description").asText(argument.path("type").asText())
                            : value.asText());
        }
        return String.join(" ", texts);
    }
}
