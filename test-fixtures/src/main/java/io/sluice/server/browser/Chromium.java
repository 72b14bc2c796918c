package io.sluice.server.browser;

import static io.sluice.server.browser.RemoteControl.params;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Chromium, driven over its DevTools protocol. */
public final class Chromium implements Browser {

    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/bin/chromium"),
                    Path.of("/usr/bin/chromium-browser"),
                    Path.of("/usr/bin/google-chrome"));

    private final BrowserOptions options;
    private final BrowserProcess process;
    private final RemoteControl control;
    private final Map<String, ChromiumPage> pagesBySession = new ConcurrentHashMap<>();
    private final String version;

    /** Returns the program to launch, if there is one. */
    public static Optional<Path> installed() {
        return PLACES.stream().filter(Files::isExecutable).findFirst();
    }

    /** Starts it with a fresh profile. */
    public static Chromium launch(BrowserOptions options) {
        Path program =
                installed().orElseThrow(() -> new BrowserException("Chromium is not installed"));
        Path home = BrowserProcess.freshHome("sluice-chromium-");
        return new Chromium(
                options,
                BrowserProcess.start(
                        command(program, home, options), Map.of(), home, "DevTools listening on "));
    }

    private Chromium(BrowserOptions options, BrowserProcess process) {
        this.options = options;
        this.process = process;
        try {
            control =
                    new RemoteControl(
                            process.address(options.commandTimeout()),
                            this::onEvent,
                            options.commandTimeout());
            version = call("Browser.getVersion").path("product").asText();
        } catch (BrowserException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public Page open(String url) {
        // A context of its own gives the page its own renderer process, whatever others show.
        String context = call("Target.createBrowserContext").path("browserContextId").asText();
        String target =
                control.call(
                                "Target.createTarget",
                                params().put("url", "about:blank")
                                        .put("browserContextId", context)
                                        .put("newWindow", true),
                                options.commandTimeout())
                        .path("targetId")
                        .asText();
        String session =
                control.call(
                                "Target.attachToTarget",
                                params().put("targetId", target).put("flatten", true),
                                options.commandTimeout())
                        .path("sessionId")
                        .asText();
        ChromiumPage page = new ChromiumPage(control, options, context, target, session);
        pagesBySession.put(session, page);
        page.prepare();
        page.navigate(url);
        return page;
    }

    @Override
    public String version() {
        return version;
    }

    /** The user and system time so far of all its processes that run; those that have ended are not counted. */
    public Duration cpu() {
        return process.cpu();
    }

    @Override
    public void close() {
        control.close();
        process.close();
    }

    private JsonNode call(String method) {
        return control.call(method, params(), options.commandTimeout());
    }

    private void onEvent(JsonNode event) {
        JsonNode params = event.path("params");
        if (event.path("method").asText().equals("Target.detachedFromTarget")) {
            ChromiumPage page = pagesBySession.remove(params.path("sessionId").asText());
            if (page != null) {
                page.onDetached();
            }
            return;
        }
        ChromiumPage page = pagesBySession.get(event.path("sessionId").asText());
        if (page != null) {
            page.onEvent(event.path("method").asText(), params);
        }
    }

    private static List<String> command(Path program, Path home, BrowserOptions options) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(
                List.of(
                        "--headless=new",
                        "--user-data-dir=" + home.resolve("profile"),
                        "--remote-debugging-port=0",
                        "--window-size=" + options.width() + "," + options.height(),
                        "--lang=en-US",
                        "--disable-gpu",
                        "--no-first-run",
                        "--no-default-browser-check",
                        "--password-store=basic",
                        "--disable-breakpad"));
        // Pages must do their work although another window is in front.
        command.addAll(
                List.of(
                        "--disable-background-timer-throttling",
                        "--disable-backgrounding-occluded-windows",
                        "--disable-renderer-backgrounding"));
        command.addAll(
                List.of(
                        "--use-fake-device-for-media-stream=fps=" + options.fakeFps(),
                        "--autoplay-policy=no-user-gesture-required",
                        "--allow-loopback-in-peer-connection"));
        // Granting the camera up front also shows addresses to every page; accepting each request
        // does not.
        command.add(
                options.addressesHidden()
                        ? "--auto-accept-camera-and-microphone-capture"
                        : "--use-fake-ui-for-media-stream");
        // Nothing is asked of the network; names of other hosts do not resolve.
        command.addAll(
                List.of(
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-default-apps",
                        "--disable-sync",
                        "--disable-quic",
                        "--no-proxy-server",
                        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost,"
                                + " EXCLUDE *.localhost, EXCLUDE *.local, EXCLUDE 127.0.0.1"));
        if ("root".equals(System.getProperty("user.name"))) {
            // The sandbox refuses to start as root, as in most containers.
            command.add("--no-sandbox");
        }
        command.addAll(options.arguments());
        command.add("about:blank");
        return command;
    }
}
