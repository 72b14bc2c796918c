package io.sluice.server.browser;

import static io.sluice.server.browser.RemoteControl.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Firefox, driven over WebDriver BiDi.
 *
 * <p>With {@link BrowserOptions#addressesHidden} it gathers nothing where there is no default route.
 */
public final class Firefox implements Browser {

    private static final List<Path> PLACES =
            List.of(Path.of("/usr/bin/firefox-esr"), Path.of("/usr/bin/firefox"));

    private final BrowserOptions options;
    private final BrowserProcess process;
    private final RemoteControl control;
    private final Map<String, FirefoxPage> pagesByContext = new ConcurrentHashMap<>();
    private final String version;

    /** Returns the program to launch, if there is one. */
    public static Optional<Path> installed() {
        return PLACES.stream().filter(Files::isExecutable).findFirst();
    }

    /** Starts it with a fresh profile. */
    public static Firefox launch(BrowserOptions options) {
        Path program =
                installed().orElseThrow(() -> new BrowserException("Firefox is not installed"));
        Path home = BrowserProcess.freshHome("sluice-firefox-");
        Path profile = home.resolve("profile");
        try {
            Files.createDirectory(profile);
            Files.write(profile.resolve("user.js"), preferences(options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        program.toString(),
                        "--headless",
                        "--no-remote",
                        "--profile",
                        profile.toString(),
                        "--remote-debugging-port",
                        "0",
                        // Only the browser's own windows know which process renders a page.
                        "--remote-allow-system-access"));
        command.addAll(options.arguments());
        command.add("about:blank");
        Map<String, String> environment =
                Map.of("MOZ_HEADLESS", "1", "MOZ_CRASHREPORTER_DISABLE", "1");
        return new Firefox(
                options,
                BrowserProcess.start(command, environment, home, "WebDriver BiDi listening on "));
    }

    private Firefox(BrowserOptions options, BrowserProcess process) {
        this.options = options;
        this.process = process;
        try {
            control =
                    new RemoteControl(
                            process.address(options.commandTimeout()).resolve("/session"),
                            this::onEvent,
                            options.commandTimeout());
            version = startSession();
        } catch (BrowserException e) {
            process.close();
            throw e;
        }
    }

    /** Begins the one session that BiDi allows, and returns the version of the browser. */
    private String startSession() {
        ObjectNode session = params();
        session.putObject("capabilities")
                .putObject("alwaysMatch")
                .putObject("unhandledPromptBehavior")
                .put("default", "accept");
        JsonNode capabilities = call("session.new", session).path("capabilities");
        ObjectNode events = params();
        events.putArray("events").add("log.entryAdded").add("browsingContext.contextDestroyed");
        call("session.subscribe", events);
        return capabilities.path("browserName").asText()
                + "/"
                + capabilities.path("browserVersion").asText();
    }

    @Override
    public Page open(String url) {
        // A user context of its own gives the page its own process, whatever the other pages show.
        String user = call("browser.createUserContext", params()).path("userContext").asText();
        String context =
                call(
                                "browsingContext.create",
                                params().put("type", "window").put("userContext", user))
                        .path("context")
                        .asText();
        FirefoxPage page = new FirefoxPage(control, options, user, context);
        pagesByContext.put(context, page);
        page.prepare();
        page.navigate(url);
        return page;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void close() {
        control.close();
        process.close();
    }

    private JsonNode call(String method, ObjectNode params) {
        return control.call(method, params, options.commandTimeout());
    }

    private void onEvent(JsonNode event) {
        JsonNode params = event.path("params");
        switch (event.path("method").asText()) {
            case "log.entryAdded" -> {
                FirefoxPage page =
                        pagesByContext.get(params.path("source").path("context").asText());
                if (page != null) {
                    page.onLog(params);
                }
            }
            case "browsingContext.contextDestroyed" -> {
                FirefoxPage page = pagesByContext.remove(params.path("context").asText());
                if (page != null) {
                    page.onDestroyed();
                }
            }
            default -> {
                // Nothing else is subscribed to.
            }
        }
    }

    private static List<String> preferences(BrowserOptions options) {
        Map<String, Object> preferences = new TreeMap<>();
        preferences.put("media.navigator.streams.fake", true);
        preferences.put("media.navigator.permission.disabled", true);
        preferences.put("media.autoplay.default", 0);
        preferences.put("media.peerconnection.ice.loopback", true);
        preferences.put(
                "media.peerconnection.ice.obfuscate_host_addresses", options.addressesHidden());
        if (!options.addressesHidden()) {
            // A page that may use the camera gathers on all interfaces, loopback among them and
            // needing no route. The permission above does not count: it only skips the question.
            preferences.put("permissions.default.camera", 1);
            preferences.put("permissions.default.microphone", 1);
        }
        // Pages must do their work although another window is in front.
        preferences.put("dom.timeout.enable_budget_timer_throttling", false);
        preferences.put("dom.min_background_timeout_value", 4);
        preferences.put("dom.suspend_inactive.enabled", false);
        // Nothing is asked of the network.
        preferences.put("app.update.enabled", false);
        preferences.put("browser.safebrowsing.downloads.remote.enabled", false);
        preferences.put("browser.safebrowsing.update.enabled", false);
        preferences.put("datareporting.policy.dataSubmissionEnabled", false);
        preferences.put("dom.push.enabled", false);
        preferences.put("extensions.systemAddon.update.enabled", false);
        preferences.put("extensions.update.enabled", false);
        preferences.put("media.gmp-manager.updateEnabled", false);
        preferences.put("network.captive-portal-service.enabled", false);
        preferences.put("network.connectivity-service.enabled", false);
        preferences.put("network.proxy.type", 0);
        preferences.put("services.settings.server", "http://127.0.0.1:9/");
        preferences.put("toolkit.telemetry.server", "");
        // A first start shows pages of its own.
        preferences.put("browser.aboutwelcome.enabled", false);
        preferences.put("browser.shell.checkDefaultBrowser", false);
        preferences.put("browser.startup.homepage_override.mstone", "ignore");
        preferences.putAll(options.preferences());
        return preferences.entrySet().stream()
                .map(entry ->
                        "user_pref(%s, %s);"
                                .formatted(
                                        RemoteControl.quoted(entry.getKey()),
                                        literal(entry.getValue())))
                .toList();
    }

    private static String literal(Object value) {
        return value instanceof String text ? RemoteControl.quoted(text) : value.toString();
    }
}
