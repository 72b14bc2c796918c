package io.sluice.server.browser;

import static io.sluice.server.browser.RemoteControl.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.opentest4j.TestAbortedException;

/** A top-level browsing context of Firefox. */
final class FirefoxPage extends ScriptedPage {

    /** The code point that WebDriver gives the Enter key. */
    private static final String ENTER = "\uE007";

    private final RemoteControl control;
    private final BrowserOptions options;
    private final String user;
    private final String context;
    private final CompletableFuture<Void> destroyed = new CompletableFuture<>();

    FirefoxPage(RemoteControl control, BrowserOptions options, String user, String context) {
        super(options.commandTimeout());
        this.control = control;
        this.options = options;
        this.user = user;
        this.context = context;
    }

    /** Gives the page its size. */
    void prepare() {
        ObjectNode params = here();
        params.putObject("viewport").put("width", options.width()).put("height", options.height());
        call("browsingContext.setViewport", params);
    }

    @Override
    String run(String script, Duration timeout) {
        requireAlive();
        return run(context, script, timeout);
    }

    @Override
    public void navigate(String url) {
        requireAlive();
        call("browsingContext.navigate", here().put("url", url).put("wait", "complete"));
    }

    @Override
    public void reload() {
        requireAlive();
        call("browsingContext.reload", here().put("wait", "complete"));
    }

    @Override
    void clickAt(int x, int y) {
        ObjectNode params = here();
        ObjectNode mouse = params.putArray("actions").addObject();
        mouse.put("type", "pointer").put("id", "mouse");
        mouse.putObject("parameters").put("pointerType", "mouse");
        ArrayNode steps = mouse.putArray("actions");
        steps.addObject().put("type", "pointerMove").put("x", x).put("y", y);
        steps.addObject().put("type", "pointerDown").put("button", 0);
        steps.addObject().put("type", "pointerUp").put("button", 0);
        call("input.performActions", params);
    }

    @Override
    void typeText(String text) {
        ObjectNode params = here();
        ObjectNode keyboard = params.putArray("actions").addObject();
        keyboard.put("type", "key").put("id", "keyboard");
        ArrayNode steps = keyboard.putArray("actions");
        text.codePoints()
                .mapToObj(point -> point == '\n' ? ENTER : Character.toString(point))
                .forEach(key -> {
                    steps.addObject().put("type", "keyDown").put("value", key);
                    steps.addObject().put("type", "keyUp").put("value", key);
                });
        call("input.performActions", params);
    }

    @Override
    public byte[] screenshot() {
        requireAlive();
        JsonNode image = call("browsingContext.captureScreenshot", here());
        return Base64.getDecoder().decode(image.path("data").asText());
    }

    @Override
    public void kill() {
        requireAlive();
        long pid = rendererPid();
        ProcessHandle renderer =
                ProcessHandle.of(pid)
                        .orElseThrow(() -> new BrowserException("no process has id " + pid));
        gone("the page was killed");
        renderer.destroyForcibly();
        RemoteControl.await(renderer.onExit(), commandTimeout(), "kill of the page");
        control.failAll(context, "the page was killed");
    }

    @Override
    public void close() {
        if (destroyed.isDone()) {
            return;
        }
        call("browsingContext.close", here());
        RemoteControl.await(destroyed, commandTimeout(), "close of the page");
        call("browser.removeUserContext", params().put("userContext", user));
    }

    /** Takes a line of the console or an uncaught exception; on the thread that reads the socket. */
    void onLog(JsonNode entry) {
        String level =
                entry.path("type").asText().equals("javascript")
                        ? "uncaught"
                        : entry.path("method").asText(entry.path("level").asText());
        logLine(level + ": " + entry.path("text").asText());
    }

    void onDestroyed() {
        if (!isGone()) {
            gone("the page is closed");
        }
        control.failAll(context, "the page is closed");
        destroyed.complete(null);
    }

    /** Asks the browser's own window around the page, as BiDi has no command for it; not every Firefox has one to ask. */
    private long rendererPid() {
        String window = tree(here().put("root", context)).path("clientWindow").asText();
        List<JsonNode> windows = new ArrayList<>();
        trees(params().put("moz:scope", "chrome")).forEach(windows::add);
        if (windows.stream().noneMatch(one -> one.path("url").asText().startsWith("chrome:"))) {
            throw new TestAbortedException("this Firefox does not show its own windows");
        }
        for (JsonNode chrome : windows) {
            if (chrome.path("clientWindow").asText().equals(window)) {
                String script =
                        "(async () => String("
                                + "gBrowser.selectedBrowser.browsingContext.currentWindowGlobal.osPid"
                                + "))()";
                return Long.parseLong(
                        run(chrome.path("context").asText(), script, commandTimeout()));
            }
        }
        throw new BrowserException("no window of the browser shows the page");
    }

    private JsonNode tree(ObjectNode params) {
        return trees(params.put("maxDepth", 0)).path(0);
    }

    private JsonNode trees(ObjectNode params) {
        return call("browsingContext.getTree", params).path("contexts");
    }

    private String run(String where, String script, Duration timeout) {
        ObjectNode params =
                params().put("expression", script)
                        .put("awaitPromise", true)
                        .put("userActivation", true);
        params.putObject("target").put("context", where);
        JsonNode outcome =
                control.call(RemoteControl.command("script.evaluate", params), context, timeout);
        if (outcome.path("type").asText().equals("exception")) {
            throw new JavaScriptException(
                    outcome.path("exceptionDetails").path("text").asText(), "");
        }
        return outcome.path("result").path("value").asText();
    }

    private ObjectNode here() {
        return params().put("context", context);
    }

    private JsonNode call(String method, ObjectNode params) {
        return control.call(RemoteControl.command(method, params), context, commandTimeout());
    }
}
