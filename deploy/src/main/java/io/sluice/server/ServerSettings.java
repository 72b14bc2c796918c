package io.sluice.server;

import io.sluice.api.ApiConfig;
import io.sluice.api.ApiLimits;
import io.sluice.api.SocketLimits;
import io.sluice.api.TlsConfig;
import io.sluice.api.TurnConfig;
import io.sluice.calls.CallsConfig;
import io.sluice.dtls.DtlsConfig;
import io.sluice.ice.IceConfig;
import io.sluice.livekit.LiveKitConfig;
import io.sluice.loop.LoopConfig;
import io.sluice.plain.PlainConfig;
import io.sluice.room.RoomConfig;
import io.sluice.server.metrics.MetricsConfig;
import io.sluice.transport.TransportConfig;
import io.sluice.whip.WhipConfig;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What whoever runs a server may write into {@code sluice.yaml}, into the environment and behind {@code --set}:
 * each component is a key.
 *
 * @param mode what the server is for: auto is development where there are no keys, and open to no other
 *     machine then; production refuses to start with what only development should have
 * @param keys API keys, each with its secret of 32 bytes or more, as from {@code openssl rand -base64 32}; they
 *     sign tokens. None by default: nobody's key is everybody's key
 * @param dataDirectory where calls and their codes are kept, and webhooks that are not delivered yet, over
 *     restarts too; one for each server. Beside where the server is started
 * @param drainDeadline how long rooms may go on after SIGTERM; who is still there then is sent away. Most calls
 *     end within it, and an upgrade does not take all day. In development nobody waits
 * @param iceServers STUN and TURN servers that clients are told to use, each as {@code URL} or {@code URL USER
 *     PASSWORD}; none, since the server's own candidates are enough where it has a public address
 * @param logLevels of the log, by the name of a package or class, as {@code io.sluice.room: debug}
 */
record ServerSettings(
        Mode mode,
        Map<String, String> keys,
        Path dataDirectory,
        Duration drainDeadline,
        List<String> iceServers,
        Map<String, LogLevel> logLevels,
        ApiConfig.Http http,
        TlsConfig tls,
        TurnConfig turn,
        AccessSettings access,
        SignalingSettings signaling,
        MediaSettings media,
        IceConfig ice,
        DtlsConfig dtls,
        TransportConfig transport,
        LoopConfig loop,
        RoomConfig rooms,
        LoadConfig load,
        PlainConfig plain,
        WhipConfig whip,
        LiveKitConfig livekit,
        CallSettings calls,
        HistorySettings history,
        WebhookChoices webhooks,
        MetricsConfig metrics) {

    /** What others set, or what a server cannot do without. */
    static final Set<String> HIDDEN =
            Set.of(
                    "IceConfig.addresses",
                    "WhipConfig.iceServers",
                    "CallsConfig.directory",
                    "PlainConfig.negotiator",
                    "LiveKitConfig.negotiator");

    private static final int LARGE_ROOM = 20;

    /** What a server is for. */
    enum Mode {
        AUTO,
        DEVELOPMENT,
        PRODUCTION
    }

    /** How much the log says. */
    enum LogLevel {
        OFF,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /**
     * Who gets in.
     *
     * @param allowedOrigins of pages, beside the server's own, whose scripts may connect, as {@code
     *     https://app.example}; {@code *} for all. None: a page elsewhere is somebody else's until it is named.
     *     It bounds REST, WHIP, WHEP and the plain protocol, not LiveKit's: there a page of any origin may connect with
     *     a token, as to LiveKit
     * @param autoCreate whether a room is made by its first join, as in LiveKit: yes
     */
    record AccessSettings(Set<String> allowedOrigins, boolean autoCreate) {}

    /**
     * The web server's patience with clients.
     *
     * @param resumeTimeout how long a participant outlives its WebSocket; a change from WLAN to mobile takes a
     *     few seconds, and others should not see a frozen picture longer than this: 10 s
     * @param maxSockets open at a time; each costs a descriptor and some KiB: 20 000
     */
    record SignalingSettings(
            Duration resumeTimeout, int maxSockets, SocketLimits socketLimits, ApiLimits limits) {
        SignalingSettings {
            if (resumeTimeout.toMillis() < 1 || maxSockets < 1) {
                throw new IllegalArgumentException(
                        "resumeTimeout must be at least a millisecond, maxSockets at least 1.");
            }
        }
    }

    /**
     * Where media comes in, and how.
     *
     * @param loops event-loop threads; 0 for as many as cores: a loop never waits, so more would only take turns
     * @param udpPort of the first loop; the others follow. LiveKit's: 7882. 0 lets the system choose for each
     * @param tcpPort for ICE over TCP ({@code ice.tcp}), one for all loops; 0 takes the number of the first UDP
     *     port, so that a firewall has one number to let in
     * @param localAddresses that get a socket on each of these ports; none named: all of this machine's, for a
     *     client reaches us by whichever network it shares with us
     * @param advertisedAddresses to tell clients instead of the local ones, or, as {@code LOCAL=PUBLIC}, instead of
     *     that one: for a server behind NAT 1:1. None: local addresses are told as they are
     * @param stunServer asked at start, as {@code stun:stun.example:3478}, under which addresses the internet sees the
     *     local ones, to tell clients those; not asked where advertisedAddresses are given, or where this is empty, as
     *     it is: a server that asks strangers should have been told to
     * @param warmUp CPU time that one thread forwards synthetic packets for before anybody is let in, so that the code
     *     is compiled; 0 for none. It makes the first packets ten times as quick: 300 ms
     * @param congestionControl whether viewers are sent no more than their network carries. Off, what they say of
     *     it is thrown away: only for tests
     */
    record MediaSettings(
            int loops,
            int udpPort,
            int tcpPort,
            List<InetAddress> localAddresses,
            List<String> advertisedAddresses,
            String stunServer,
            Duration warmUp,
            boolean congestionControl) {
        MediaSettings {
            for (InetAddress address : localAddresses) {
                if (address.isAnyLocalAddress()) {
                    throw new IllegalArgumentException(
                            "must be one address, not " + address.getHostAddress() + ".");
                }
            }
            MediaConfig.requirePorts(loops == 0 ? MediaConfig.CORES : loops, udpPort);
            MediaConfig.requireTcpPort(tcpPort);
            if (warmUp.isNegative()) {
                throw new IllegalArgumentException("The warm-up cannot be shorter than no time.");
            }
        }

        /** The TCP port's number; 0 where the system chooses all. */
        int tcpPortOrSame() {
            return tcpPort == 0 ? udpPort : tcpPort;
        }
    }

    /**
     * Calls by code.
     *
     * @param enabled whether anybody who reaches this server may make calls by code, as the conference page
     *     does: yes, since the page is what people come for
     */
    record CallSettings(boolean enabled, CallsConfig limits) {}

    /**
     * Who is told of what happens.
     *
     * @param urls where to POST what happens in rooms, signed as LiveKit signs its webhooks; each is told of
     *     everything. None
     * @param key the name of the API key whose secret signs webhooks. The only one, where there is one
     * @param maxQueued deliveries that wait at a time, in memory some 200 bytes each and in the database one or two
     *     KiB: 100 000 is a day of a server with a room a second
     * @param maxInFlight requests to one receiver at a time, each of another room: 8
     * @param requestTimeout from the connection to the end of the answer; LiveKit's SDKs answer at once: 10 s
     * @param retryFor after the event; who repairs a receiver the next morning misses nothing: 24 h
     * @param keepFinished how long deliveries are shown after they are over: 24 h
     */
    record WebhookChoices(
            List<URI> urls,
            String key,
            int maxQueued,
            int maxInFlight,
            Duration requestTimeout,
            Duration retryFor,
            Duration keepFinished) {
        WebhookChoices {
            if (maxQueued < 1 || maxInFlight < 1) {
                throw new IllegalArgumentException("Webhooks need a queue, and requests.");
            }
        }
    }

    static ServerSettings defaults() {
        ApiConfig api = ApiConfig.development();
        RoomConfig rooms = RoomConfig.defaults();
        return new ServerSettings(
                Mode.AUTO,
                Map.of(),
                Path.of("sluice-data"),
                Duration.ofMinutes(10),
                List.of(),
                Map.of(),
                api.http(),
                TlsConfig.none(),
                TurnConfig.none(),
                new AccessSettings(Set.of(), api.access().autoCreate()),
                new SignalingSettings(
                        api.resumeTimeout(), api.maxSockets(), api.socketLimits(), api.limits()),
                new MediaSettings(
                        0,
                        MediaConfig.DEFAULT_UDP_PORT,
                        0,
                        List.of(),
                        List.of(),
                        "",
                        MediaConfig.DEFAULT_WARM_UP,
                        true),
                IceConfig.defaults(),
                DtlsConfig.defaults(),
                TransportConfig.defaults(),
                LoopConfig.defaults(),
                rooms.withLoudestAudio(new RoomConfig.LoudestAudio(0, LARGE_ROOM)),
                LoadConfig.defaults(),
                PlainConfig.defaults(),
                WhipConfig.defaults(),
                LiveKitConfig.defaults(),
                new CallSettings(true, CallsConfig.defaults()),
                HistorySettings.defaults(),
                new WebhookChoices(
                        List.of(),
                        "",
                        100_000,
                        8,
                        Duration.ofSeconds(10),
                        Duration.ofHours(24),
                        Duration.ofHours(24)),
                MetricsConfig.defaults());
    }
}
