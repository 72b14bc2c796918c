package io.sluice.server;

import io.sluice.api.ApiKeys;
import io.sluice.ice.IceConfig;
import io.sluice.room.RoomConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command line, and the configuration that it means. Filled by picocli. */
final class StartOptions {
    static final String KEYS_VARIABLE = "SLUICE_KEYS";

    /** Only in the environment: others can read a command line. */
    static final String METRICS_TOKEN_VARIABLE = "SLUICE_METRICS_TOKEN";

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
            names = "--netty-sockets",
            description =
                    "Carry media by Netty's datagram channels, as on systems without sendmmsg. Costs"
                            + " several times the CPU time.")
    private boolean nettySockets;

    @Option(
            names = "--no-warm-up",
            description =
                    "Do not forward synthetic packets before the ports open. The server is ready"
                            + " sooner, and its first packets take longer.")
    private boolean noWarmUp;

    @Option(
            names = "--loudest-audio",
            paramLabel = "TRACKS",
            description =
                    "In large rooms forward only the loudest so many audio tracks. Default: all.")
    private int loudestAudio;

    @Option(
            names = "--loudest-audio-from",
            paramLabel = "PARTICIPANTS",
            description = "So many make a room large for --loudest-audio (${DEFAULT-VALUE}).")
    private int loudestAudioFrom = 20;

    @Option(
            names = "--no-auto-create",
            description = "Do not make a room when somebody joins one that is not there.")
    private boolean noAutoCreate;

    /**
     * Puts the configuration together.
     *
     * @throws IllegalArgumentException which says what to do
     */
    SluiceConfig config(Map<String, String> environment) {
        List<String> keyLines = new ArrayList<>(keys);
        environment
                .getOrDefault(KEYS_VARIABLE, "")
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(keyLines::add);
        if (dev && !keyLines.isEmpty()) {
            throw new IllegalArgumentException(
                    "--dev brings its own key: leave out either --dev or the keys.");
        }
        boolean devMode = keyLines.isEmpty();
        SluiceConfig defaults =
                devMode
                        ? SluiceConfig.development()
                        : SluiceConfig.defaults(ApiKeys.parse(keyLines));
        String metricsToken = environment.getOrDefault(METRICS_TOKEN_VARIABLE, "");
        SluiceConfig config =
                withHttp(withMedia(defaults))
                        .withMetrics(defaults.metrics().withToken(metricsToken.strip()));
        if (devMode && !dev && !config.api().http().isLoopback()) {
            throw new IllegalArgumentException(
                    "Without keys everybody who reaches this server gets in: give one with --keys"
                            + " or "
                            + KEYS_VARIABLE
                            + ", or say --dev if that is meant.");
        }
        return config;
    }

    private SluiceConfig withHttp(SluiceConfig config) {
        return config.withApi(
                config.api()
                        .withAddress(
                                host == null ? config.api().http().host() : host,
                                port == null ? config.api().http().port() : port)
                        .withAllowedOrigins(Set.copyOf(allowedOrigins))
                        .withAutoCreate(!noAutoCreate));
    }

    private RoomConfig.LoudestAudio loudestAudio() {
        if (loudestAudio < 0 || loudestAudioFrom < 0) {
            throw new IllegalArgumentException(
                    "--loudest-audio and --loudest-audio-from are not negative.");
        }
        return new RoomConfig.LoudestAudio(loudestAudio, loudestAudioFrom);
    }

    private SluiceConfig withMedia(SluiceConfig config) {
        List<InetAddress> addresses = new ArrayList<>();
        boolean loopback = config.ice().addresses().loopback();
        for (String text : localAddresses) {
            InetAddress address = address("--local-address", text);
            addresses.add(address);
            loopback |= address.isLoopbackAddress();
        }
        Map<InetAddress, InetAddress> publicOnes = new HashMap<>();
        List<InetAddress> advertised = new ArrayList<>();
        for (String text : advertisedAddresses) {
            int equals = text.indexOf('=');
            InetAddress address = address("--advertised-address", text.substring(equals + 1));
            if (equals < 0) {
                advertised.add(address);
            } else {
                publicOnes.put(address("--advertised-address", text.substring(0, equals)), address);
            }
        }
        MediaConfig media = config.media();
        return config.withMedia(
                        new MediaConfig(
                                loops == null ? media.loops() : loops,
                                udpPort == null ? media.udpPort() : udpPort,
                                addresses.isEmpty() ? media.localAddresses() : addresses,
                                noWarmUp ? Duration.ZERO : media.warmUp()))
                .withLoop(
                        config.loop()
                                .withUdp(
                                        config.loop()
                                                .udp()
                                                .withOwnSockets(!nettySockets)
                                                .withRuns(!noUdpSegment)))
                .withTransport(config.transport().withPadding(!noPadding))
                .withRoom(config.room().withLoudestAudio(loudestAudio()))
                .withIce(
                        config.ice()
                                .withAddresses(
                                        new IceConfig.Addresses(loopback, publicOnes, advertised)));
    }

    private static InetAddress address(String option, String text) {
        try {
            InetAddress address = InetAddress.getByName(text);
            if (text.isEmpty() || address.isAnyLocalAddress()) {
                throw new IllegalArgumentException(
                        option + " must be one address, not \"" + text + "\".");
            }
            return address;
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    option + ": \"" + text + "\" is not an address.", unknown);
        }
    }
}
