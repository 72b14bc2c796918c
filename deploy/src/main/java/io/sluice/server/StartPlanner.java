package io.sluice.server;

import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.IceServer;
import io.sluice.api.TurnConfig;
import io.sluice.calls.CallsConfig;
import io.sluice.ice.IceConfig;
import io.sluice.server.ServerSettings.MediaSettings;
import io.sluice.server.config.ConfigException;
import io.sluice.server.config.ConfigException.Finding;
import io.sluice.server.config.ConfigLayers;
import io.sluice.transport.TransportConfig;
import io.sluice.webhook.WebhookConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes of what is written what a server is started with, and finds what does not go together. */
final class StartPlanner {
    private static final String DEV_KEY = "devkey";

    private final ConfigLayers<ServerSettings> layers;
    private final ServerSettings settings;

    private StartPlanner(ConfigLayers<ServerSettings> layers, ServerSettings settings) {
        this.layers = layers;
        this.settings = settings;
    }

    /**
     * Puts a plan together.
     *
     * @throws ConfigException which says what is wrong, and where
     */
    static StartPlan plan(ConfigLayers<ServerSettings> layers) {
        return new StartPlanner(layers, layers.read()).plan();
    }

    private StartPlan plan() {
        boolean devMode = checkMode();
        ApiConfig api = at("keys", () -> api(devMode));
        SluiceConfig base =
                at(
                        "media.localAddresses",
                        () ->
                                devMode
                                        ? SluiceConfig.development()
                                        : SluiceConfig.defaults(api.access().keys()));
        SluiceConfig config =
                withMedia(base.withApi(api))
                        .withTls(settings.tls())
                        .withTurn(turn())
                        .withLoop(settings.loop())
                        .withDtls(settings.dtls())
                        .withTransport(transport())
                        .withRoom(settings.rooms())
                        .withLoad(load(devMode))
                        .withPlain(settings.plain())
                        .withWhip(settings.whip().withIceServers(iceServers()))
                        .withLiveKit(settings.livekit())
                        .withMetrics(settings.metrics())
                        .withCalls(calls())
                        .withHistory(settings.history().config(settings.dataDirectory()))
                        .withWebhooks(webhooks(api));
        return new StartPlan(settings, config, drainDeadline(devMode));
    }

    private boolean checkMode() {
        boolean hasKeys = !settings.keys().isEmpty();
        boolean isLoopback = settings.http().isLoopback();
        switch (settings.mode()) {
            case AUTO -> {
                if (!hasKeys && !isLoopback) {
                    throw wrong(
                            "http.host",
                            "Without keys everybody who reaches this server gets in: give one with"
                                    + " --keys, SLUICE_KEYS or keys in sluice.yaml, or say --dev if"
                                    + " that is meant.");
                }
            }
            case DEVELOPMENT -> {
                if (hasKeys) {
                    throw wrong(
                            "keys",
                            "Development brings its own key: leave out either --dev (mode:"
                                    + " development) or the keys.");
                }
            }
            case PRODUCTION -> checkProduction();
        }
        return !hasKeys;
    }

    private void checkProduction() {
        List<Finding> findings = new ArrayList<>();
        if (settings.keys().isEmpty()) {
            findings.add(
                    layers.finding(
                            "mode",
                            "Production needs keys: give them as keys or keysFile in sluice.yaml, or"
                                    + " in SLUICE_KEYS."));
        }
        if (settings.keys().containsKey(DEV_KEY)) {
            findings.add(
                    layers.finding(
                            "keys", "Production refuses the name devkey: everybody knows it."));
        }
        if (settings.access().allowedOrigins().contains("*")) {
            findings.add(
                    layers.finding(
                            "access.allowedOrigins",
                            "Production refuses *: name the origins of your pages."));
        }
        if (!findings.isEmpty()) {
            throw new ConfigException(findings);
        }
    }

    private ApiConfig api(boolean devMode) {
        ApiKeys keys = devMode ? ApiKeys.DEV : ApiKeys.of(settings.keys());
        return new ApiConfig(
                settings.http(),
                new ApiConfig.Access(
                        devMode,
                        keys,
                        settings.access().allowedOrigins(),
                        settings.access().autoCreate()),
                settings.signaling().resumeTimeout(),
                settings.signaling().maxSockets(),
                settings.signaling().socketLimits(),
                settings.signaling().limits());
    }

    private SluiceConfig withMedia(SluiceConfig config) {
        MediaSettings media = settings.media();
        boolean loopback =
                config.ice().addresses().loopback()
                        || media.localAddresses().stream().anyMatch(InetAddress::isLoopbackAddress);
        Map<InetAddress, InetAddress> publicOnes = new HashMap<>();
        List<InetAddress> advertised = new ArrayList<>();
        for (String text : media.advertisedAddresses()) {
            int equals = text.indexOf('=');
            InetAddress address = address(text.substring(equals + 1));
            if (equals < 0) {
                advertised.add(address);
            } else {
                publicOnes.put(address(text.substring(0, equals)), address);
            }
        }
        List<InetAddress> local =
                media.localAddresses().isEmpty()
                        ? config.media().localAddresses()
                        : media.localAddresses();
        int loops = media.loops() == 0 ? MediaConfig.CORES : media.loops();
        return config.withMedia(
                        at(
                                "media.localAddresses",
                                () ->
                                        new MediaConfig(
                                                loops,
                                                media.udpPort(),
                                                media.tcpPortOrSame(),
                                                local,
                                                media.warmUp(),
                                                stunServer())))
                .withIce(
                        settings.ice()
                                .withAddresses(
                                        new IceConfig.Addresses(loopback, publicOnes, advertised)));
    }

    private @Nullable StunServer stunServer() {
        String url = settings.media().stunServer();
        return url.isEmpty() || !settings.media().advertisedAddresses().isEmpty()
                ? null
                : at("media.stunServer", () -> StunServer.parse(url));
    }

    private InetAddress address(String text) {
        try {
            InetAddress address = InetAddress.getByName(text);
            if (!text.isEmpty() && !address.isAnyLocalAddress()) {
                return address;
            }
        } catch (UnknownHostException _) {
            // Said below.
        }
        throw wrong("media.advertisedAddresses", "\"" + text + "\" is not one address.");
    }

    private TransportConfig transport() {
        return settings.media().congestionControl()
                ? settings.transport()
                : settings.transport().withEstimators(null);
    }

    private TurnConfig turn() {
        TurnConfig turn = settings.turn();
        if (!turn.urls().isEmpty() && turn.secret().isEmpty()) {
            throw wrong(
                    "turn.urls",
                    "These want the secret that they share with us: give it as turn.secret or"
                            + " turn.secretFile, or name servers with a password of their own in"
                            + " iceServers.");
        }
        return turn;
    }

    private List<IceServer> iceServers() {
        return at("iceServers", () -> IceServer.parse(settings.iceServers()));
    }

    private @Nullable CallsConfig calls() {
        return settings.calls().enabled()
                ? settings.calls().limits().withDirectory(settings.dataDirectory())
                : null;
    }

    private @Nullable WebhookSettings webhooks(ApiConfig api) {
        ServerSettings.WebhookChoices choices = settings.webhooks();
        if (choices.urls().isEmpty()) {
            return null;
        }
        List<String> names = api.access().keys().names();
        String key = choices.key();
        if (key.isEmpty() && names.size() > 1) {
            throw wrong(
                    "webhooks.urls",
                    "There are several API keys: say with --webhook-key or webhooks.key which one"
                            + " signs webhooks.");
        }
        if (!key.isEmpty() && !names.contains(key)) {
            throw wrong("webhooks.key", "\"" + key + "\" is not an API key of this server.");
        }
        return at(
                "webhooks.urls",
                () ->
                        new WebhookSettings(
                                new WebhookConfig(
                                        choices.urls(),
                                        settings.dataDirectory(),
                                        choices.maxQueued(),
                                        choices.maxInFlight(),
                                        choices.requestTimeout(),
                                        choices.retryFor(),
                                        choices.keepFinished()),
                                key.isEmpty() ? names.getFirst() : key));
    }

    /** A laptop that is busy with its own browsers is no reason to refuse them. */
    private LoadConfig load(boolean devMode) {
        return devMode && !layers.has("load") ? LoadConfig.unbounded() : settings.load();
    }

    private Duration drainDeadline(boolean devMode) {
        return devMode && !layers.has("drainDeadline") ? Duration.ZERO : settings.drainDeadline();
    }

    private ConfigException wrong(String path, String text) {
        return new ConfigException(List.of(layers.finding(path, text)));
    }

    /** What a record refuses is said with where it is written. */
    private <T> T at(String path, Supplier<T> made) {
        try {
            return made.get();
        } catch (ConfigException known) {
            throw known;
        } catch (IllegalArgumentException wrong) {
            throw wrong(path, String.valueOf(wrong.getMessage()));
        }
    }

    /** Variables that begin as ours do and are none. */
    static List<String> unknownVariables(
            Map<String, String> environment,
            ConfigLayers<ServerSettings> layers,
            Set<String> others) {
        return environment.keySet().stream()
                .filter(name -> name.startsWith("SLUICE_") && !others.contains(name))
                .filter(name -> layers.keys().stream().noneMatch(key -> key.isVariable(name)))
                .sorted()
                .toList();
    }
}
