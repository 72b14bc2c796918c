package io.sluice.server;

import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.api.TlsConfig;
import io.sluice.api.TurnConfig;
import io.sluice.calls.CallsConfig;
import io.sluice.dtls.DtlsConfig;
import io.sluice.history.HistoryConfig;
import io.sluice.ice.IceConfig;
import io.sluice.livekit.LiveKitConfig;
import io.sluice.loop.LoopConfig;
import io.sluice.plain.PlainConfig;
import io.sluice.room.RoomConfig;
import io.sluice.server.metrics.MetricsConfig;
import io.sluice.transport.TransportConfig;
import io.sluice.whip.WhipConfig;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a server. Each module's own record says what its settings are and why their defaults are
 * what they are.
 *
 * @param webhooks null: nobody is told of what happens
 * @param calls null: there are no calls by code
 * @param history null: nothing is kept of what happens in calls
 */
public record SluiceConfig(
        MediaConfig media,
        LoopConfig loop,
        IceConfig ice,
        DtlsConfig dtls,
        TransportConfig transport,
        RoomConfig room,
        ApiConfig api,
        TlsConfig tls,
        TurnConfig turn,
        PlainConfig plain,
        WhipConfig whip,
        LiveKitConfig liveKit,
        MetricsConfig metrics,
        LoadConfig load,
        @Nullable WebhookSettings webhooks,
        @Nullable CallsConfig calls,
        @Nullable HistoryConfig history) {

    /** To try things on one machine: known keys, HTTP on loopback only, media on loopback too. */
    public static SluiceConfig development() {
        return withDefaults(ApiConfig.development());
    }

    /** A server with real keys. */
    public static SluiceConfig defaults(ApiKeys keys) {
        return withDefaults(ApiConfig.defaults(keys));
    }

    private static SluiceConfig withDefaults(ApiConfig api) {
        boolean loopback = api.access().devMode();
        return new SluiceConfig(
                new MediaConfig(
                        MediaConfig.CORES,
                        MediaConfig.DEFAULT_UDP_PORT,
                        MediaConfig.DEFAULT_UDP_PORT,
                        LocalAddresses.find(loopback),
                        MediaConfig.DEFAULT_WARM_UP,
                        null),
                LoopConfig.defaults(),
                IceConfig.defaults().withLoopback(loopback),
                DtlsConfig.defaults(),
                TransportConfig.defaults(),
                RoomConfig.defaults(),
                api,
                TlsConfig.none(),
                TurnConfig.none(),
                PlainConfig.defaults(),
                WhipConfig.defaults(),
                LiveKitConfig.defaults(),
                MetricsConfig.defaults(),
                loopback ? LoadConfig.unbounded() : LoadConfig.defaults(),
                null,
                CallsConfig.defaults(),
                null);
    }

    public SluiceConfig withMedia(MediaConfig changed) {
        return new SluiceConfig(
                changed, loop, ice, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withLoop(LoopConfig changed) {
        return new SluiceConfig(
                media, changed, ice, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withIce(IceConfig changed) {
        return new SluiceConfig(
                media, loop, changed, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withDtls(DtlsConfig changed) {
        return new SluiceConfig(
                media, loop, ice, changed, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withTransport(TransportConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, changed, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withRoom(RoomConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, changed, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withApi(ApiConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, changed, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withTls(TlsConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, changed, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withTurn(TurnConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, changed, plain, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withPlain(PlainConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, changed, whip, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withWhip(WhipConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, plain, changed, liveKit,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withLiveKit(LiveKitConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, plain, whip, changed,
                metrics, load, webhooks, calls, history);
    }

    public SluiceConfig withMetrics(MetricsConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                changed, load, webhooks, calls, history);
    }

    public SluiceConfig withLoad(LoadConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, changed, webhooks, calls, history);
    }

    public SluiceConfig withWebhooks(@Nullable WebhookSettings changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, changed, calls, history);
    }

    public SluiceConfig withCalls(@Nullable CallsConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, changed, history);
    }

    public SluiceConfig withHistory(@Nullable HistoryConfig changed) {
        return new SluiceConfig(
                media, loop, ice, dtls, transport, room, api, tls, turn, plain, whip, liveKit,
                metrics, load, webhooks, calls, changed);
    }
}
