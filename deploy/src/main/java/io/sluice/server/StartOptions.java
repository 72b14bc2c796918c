package io.sluice.server;

import io.sluice.server.config.ConfigLayers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The command line, over the environment, over a file: what they mean together. Filled by picocli; read as often as
 * the file may have changed.
 */
final class StartOptions {
    static final String KEYS_VARIABLE = "SLUICE_KEYS";

    static final String ICE_SERVERS_VARIABLE = "SLUICE_ICE_SERVERS";

    static final String CONFIG_VARIABLE = "SLUICE_CONFIG";

    /** Read where nothing else is said. */
    private static final Path DEFAULT_FILE = Path.of("sluice.yaml");

    /** Of the launcher and of tests: they are no keys. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of(
                    CONFIG_VARIABLE,
                    KEYS_VARIABLE,
                    ICE_SERVERS_VARIABLE,
                    "SLUICE_LOG_FORMAT",
                    "SLUICE_ROOT",
                    "SLUICE_JAVA_OPTS",
                    "SLUICE_NO_INSTALL",
                    "SLUICE_SERVER_JVM_OPTIONS",
                    "SLUICE_URL",
                    "SLUICE_API_KEY",
                    "SLUICE_API_SECRET");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Where settings are read from: docs/configuration.md lists them. Also"
                            + " SLUICE_CONFIG. Default: sluice.yaml in the working directory, if"
                            + " there is one.")
    private @Nullable Path configFile;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Any setting of sluice.yaml, as http.port=8080; a list is written with commas."
                            + " May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--dev",
            description =
                    "Development mode, the default without keys: the key devkey with the secret"
                            + " \"secret\", tokens for everybody, and media on loopback addresses too.")
    private boolean dev;

    @Option(
            names = "--keys",
            paramLabel = "\"KEY: SECRET\"",
            description =
                    "An API key and its secret, which sign tokens; at least 32 bytes, as from"
                            + " openssl rand -base64 32. May be repeated. Better given in the"
                            + " environment, which others cannot read: SLUICE_KEYS, one a line.")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to serve HTTP on. Default: 127.0.0.1.")
    private @Nullable String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "TCP port to serve HTTP on. Default: 7880.")
    private @Nullable Integer port;

    @Option(
            names = "--udp-port",
            paramLabel = "PORT",
            description =
                    "UDP port for media of the first event loop; the other loops take the ports"
                            + " after it; 0 lets the system choose. Default: 7882.")
    private @Nullable Integer udpPort;

    @Option(
            names = "--loops",
            paramLabel = "COUNT",
            description = "Event loops for media. Default: as many as cores.")
    private @Nullable Integer loops;

    @Option(
            names = "--local-address",
            paramLabel = "ADDRESS",
            description =
                    "A local address for media. May be repeated. Default: all addresses of this"
                            + " machine.")
    private List<String> localAddresses = new ArrayList<>();

    @Option(
            names = "--advertised-address",
            paramLabel = "[LOCAL=]PUBLIC",
            description =
                    "An address to tell clients instead of the local ones, or, with LOCAL=, instead"
                            + " of that one: for a server behind NAT 1:1. May be repeated.")
    private List<String> advertisedAddresses = new ArrayList<>();

    @Option(
            names = "--allowed-origin",
            paramLabel = "ORIGIN",
            description =
                    "The origin of pages whose scripts may connect, beside the server's own, as"
                            + " https://app.example; * for all. May be repeated.")
    private List<String> allowedOrigins = new ArrayList<>();

    @Option(
            names = "--ice-server",
            paramLabel = "URL",
            description =
                    "A STUN server that clients of WHIP and WHEP are told to use, as"
                            + " stun:stun.example:3478. May be repeated. Those with a password are"
                            + " given in the environment, which others cannot read:"
                            + " SLUICE_ICE_SERVERS, one a line, as"
                            + " turn:turn.example:3478?transport=udp USER PASSWORD.")
    private List<String> iceServers = new ArrayList<>();

    @Option(
            names = "--whip-strict",
            description =
                    "Take candidates of WHIP and WHEP clients only with the header If-Match, as"
                            + " RFC 9725 says; several clients never send it.")
    private boolean whipStrict;

    @Option(
            names = "--no-udp-segment",
            description =
                    "Send each datagram as a message of its own: for network cards that cut messages"
                            + " (UDP_SEGMENT) wrongly. Costs up to twice the CPU time.")
    private boolean noUdpSegment;

    @Option(
            names = "--no-padding",
            description =
                    "Send no RTP padding: for clients that cannot read it. A byte of it makes the"
                            + " packets of a frame one length, so that they leave as one message.")
    private boolean noPadding;

    @Option(
            names = "--no-congestion-control",
            description =
                    "Send everything to everybody: what viewers say of their network is read and"
                            + " thrown away.")
    private boolean noCongestionControl;

    @Option(
            names = "--netty-sockets",
            description =
                    "Carry media by Netty's datagram channels, as on systems without sendmmsg. Costs"
                            + " several times the CPU time.")
    private boolean nettySockets;

    @Option(
            names = "--no-warm-up",
            description =
                    "Do not forward synthetic packets before anybody is let in. The server is ready"
                            + " sooner, and its first packets take longer.")
    private boolean noWarmUp;

    @Option(
            names = "--loudest-audio",
            paramLabel = "TRACKS",
            description =
                    "In large rooms forward only the loudest so many audio tracks. Default: all.")
    private @Nullable Integer loudestAudio;

    @Option(
            names = "--loudest-audio-from",
            paramLabel = "PARTICIPANTS",
            description = "So many make a room large for --loudest-audio. Default: 20.")
    private @Nullable Integer loudestAudioFrom;

    @Option(
            names = "--no-auto-create",
            description = "Do not make a room when somebody joins one that is not there.")
    private boolean noAutoCreate;

    @Option(
            names = "--webhook-url",
            paramLabel = "URL",
            description =
                    "Where to POST what happens in rooms, signed as LiveKit signs its webhooks. May"
                            + " be repeated: each URL is told of everything.")
    private List<String> webhookUrls = new ArrayList<>();

    @Option(
            names = "--webhook-key",
            paramLabel = "KEY",
            description =
                    "The API key whose secret signs webhooks. Needed where there are several keys.")
    private @Nullable String webhookKey;

    @Option(
            names = "--data-directory",
            paramLabel = "DIRECTORY",
            description =
                    "Where calls and their codes are kept, and webhooks that are not delivered yet,"
                            + " over restarts too; one for each server. Default: sluice-data in the"
                            + " working directory.")
    private @Nullable Path dataDirectory;

    @Option(
            names = "--drain-deadline",
            paramLabel = "TIME",
            description =
                    "How long rooms may go on after SIGTERM, as 30 s. Default: 10 min; in"
                            + " development 0 s.")
    private @Nullable String drainDeadline;

    @Option(
            names = "--calls",
            paramLabel = "on|off",
            description =
                    "Whether anybody who reaches this server may make calls by code, as the"
                            + " conference page does. Default: on.")
    private @Nullable String calls;

    @Option(
            names = "--history",
            paramLabel = "on|off",
            description =
                    "Whether what happens in calls is kept, in the data directory or the database"
                            + " of --history-url. Default: on.")
    private @Nullable String history;

    @Option(
            names = "--history-url",
            paramLabel = "URL",
            description =
                    "A PostgreSQL to keep the history of calls in, as"
                            + " jdbc:postgresql://db.example/sluice?user=sluice. Its password is"
                            + " given in the environment, which others cannot read:"
                            + " SLUICE_HISTORY_PASSWORD. Default: an H2 file in the data directory.")
    private @Nullable String historyUrl;

    @Option(
            names = "--history-days",
            paramLabel = "DAYS",
            description = "How long the history and its snapshots are kept. Default: 90.")
    private @Nullable Integer historyDays;

    /** As {@link #plan}, of which it is the larger part. */
    SluiceConfig config(Map<String, String> environment) {
        return plan(environment).config();
    }

    /**
     * Puts everything together.
     *
     * @throws io.sluice.server.config.ConfigException which says what is wrong, where, and what would be right
     */
    StartPlan plan(Map<String, String> environment) {
        return StartPlanner.plan(layers(environment));
    }

    /** Variables that look like settings and are none. */
    List<String> unknownVariables(Map<String, String> environment) {
        return StartPlanner.unknownVariables(environment, noLayers(), OTHER_VARIABLES);
    }

    static ConfigLayers<ServerSettings> noLayers() {
        return new ConfigLayers<>(ServerSettings.defaults(), ServerSettings.HIDDEN);
    }

    private ConfigLayers<ServerSettings> layers(Map<String, String> environment) {
        ConfigLayers<ServerSettings> layers = noLayers();
        String named = environment.getOrDefault(CONFIG_VARIABLE, "");
        if (configFile != null) {
            layers.file(configFile);
        } else if (!named.isBlank()) {
            layers.file(Path.of(named.strip()));
        } else if (Files.exists(DEFAULT_FILE)) {
            layers.file(DEFAULT_FILE);
        }
        layers.environment(environment, Set.of(KEYS_VARIABLE, ICE_SERVERS_VARIABLE));
        putKeys(layers, lines(environment, KEYS_VARIABLE), KEYS_VARIABLE);
        putKeys(layers, keys, "--keys");
        putIceServers(layers, lines(environment, ICE_SERVERS_VARIABLE));
        putServer(layers);
        putMedia(layers);
        settings.forEach((key, value) -> layers.put(key, value, "--set " + key));
        return layers;
    }

    private void putServer(ConfigLayers<ServerSettings> layers) {
        if (dev) {
            layers.put("mode", "development", "--dev");
        }
        put(layers, "http.host", host, "--host");
        put(layers, "http.port", port, "--port");
        put(layers, "access.allowedOrigins", allowedOrigins, "--allowed-origin");
        if (noAutoCreate) {
            layers.put("access.autoCreate", "false", "--no-auto-create");
        }
        if (whipStrict) {
            layers.put("whip.strict", "true", "--whip-strict");
        }
        put(layers, "webhooks.urls", webhookUrls, "--webhook-url");
        put(layers, "webhooks.key", webhookKey, "--webhook-key");
        put(layers, "dataDirectory", dataDirectory, "--data-directory");
        put(layers, "drainDeadline", drainDeadline, "--drain-deadline");
        put(layers, "calls.enabled", calls, "--calls");
        put(layers, "history.enabled", history, "--history");
        put(layers, "history.url", historyUrl, "--history-url");
        put(
                layers,
                "history.keepFor",
                historyDays == null ? null : historyDays + " d",
                "--history-days");
        put(layers, "rooms.loudestAudio.tracks", loudestAudio, "--loudest-audio");
        put(
                layers,
                "rooms.loudestAudio.fromParticipants",
                loudestAudioFrom,
                "--loudest-audio-from");
    }

    private void putMedia(ConfigLayers<ServerSettings> layers) {
        put(layers, "media.udpPort", udpPort, "--udp-port");
        if (loops != null && loops < 1) {
            throw new IllegalArgumentException("--loops is " + loops + " but must be at least 1.");
        }
        put(layers, "media.loops", loops, "--loops");
        put(layers, "media.localAddresses", localAddresses, "--local-address");
        put(layers, "media.advertisedAddresses", advertisedAddresses, "--advertised-address");
        if (noWarmUp) {
            layers.put("media.warmUp", "0", "--no-warm-up");
        }
        if (noUdpSegment) {
            layers.put("loop.udp.runs", "false", "--no-udp-segment");
        }
        if (nettySockets) {
            layers.put("loop.udp.ownSockets", "false", "--netty-sockets");
        }
        if (noPadding) {
            layers.put("transport.padding", "false", "--no-padding");
        }
        if (noCongestionControl) {
            layers.put("media.congestionControl", "false", "--no-congestion-control");
        }
    }

    private static void put(
            ConfigLayers<ServerSettings> layers,
            String path,
            @Nullable Object value,
            String option) {
        if (value != null) {
            layers.put(path, value.toString(), option);
        }
    }

    private static void put(
            ConfigLayers<ServerSettings> layers, String path, List<String> values, String option) {
        if (!values.isEmpty()) {
            layers.put(path, values, option);
        }
    }

    /** Beside those of the file: a key more does not make another one wrong. */
    private static void putKeys(
            ConfigLayers<ServerSettings> layers, List<String> lines, String origin) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            String key = colon < 0 ? "" : line.substring(0, colon).strip();
            String secret = colon < 0 ? "" : line.substring(colon + 1).strip();
            if (key.isEmpty() || secret.isEmpty()) {
                throw new IllegalArgumentException(
                        origin
                                + ": An API key is written as \"key: secret\", with something on both"
                                + " sides of the colon.");
            }
            layers.putEntry("keys", key, secret, origin);
        }
    }

    private void putIceServers(ConfigLayers<ServerSettings> layers, List<String> ofEnvironment) {
        List<String> all = new ArrayList<>(iceServers);
        all.addAll(ofEnvironment);
        put(
                layers,
                "iceServers",
                all,
                iceServers.isEmpty() ? ICE_SERVERS_VARIABLE : "--ice-server");
    }

    private static List<String> lines(Map<String, String> environment, String variable) {
        return environment
                .getOrDefault(variable, "")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }
}
