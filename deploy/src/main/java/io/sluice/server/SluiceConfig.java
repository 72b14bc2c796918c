package io.sluice.server;

import io.sluice.api.ApiConfig;
import io.sluice.api.ApiKeys;
import io.sluice.dtls.DtlsConfig;
import io.sluice.ice.IceConfig;
import io.sluice.loop.LoopConfig;
import io.sluice.plain.PlainConfig;
import io.sluice.room.RoomConfig;
import io.sluice.server.metrics.MetricsConfig;
import io.sluice.transport.TransportConfig;

/**
 * All settings of a server. Each module's own record says what its settings are and why their defaults are
 * what they are.
 */
public record SluiceConfig(
        MediaConfig media,
        LoopConfig loop,
        IceConfig ice,
        DtlsConfig dtls,
        TransportConfig transport,
        RoomConfig room,
        ApiConfig api,
        PlainConfig plain,
        MetricsConfig metrics) {

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
                        Runtime.getRuntime().availableProcessors(),
                        MediaConfig.DEFAULT_UDP_PORT,
                        LocalAddresses.find(loopback)),
                LoopConfig.defaults(),
                IceConfig.defaults().withLoopback(loopback),
                DtlsConfig.defaults(),
                TransportConfig.defaults(),
                RoomConfig.defaults(),
                api,
                PlainConfig.defaults(),
                MetricsConfig.defaults());
    }

    public SluiceConfig withMedia(MediaConfig changed) {
        return new SluiceConfig(changed, loop, ice, dtls, transport, room, api, plain, metrics);
    }

    public SluiceConfig withLoop(LoopConfig changed) {
        return new SluiceConfig(media, changed, ice, dtls, transport, room, api, plain, metrics);
    }

    public SluiceConfig withIce(IceConfig changed) {
        return new SluiceConfig(media, loop, changed, dtls, transport, room, api, plain, metrics);
    }

    public SluiceConfig withTransport(TransportConfig changed) {
        return new SluiceConfig(media, loop, ice, dtls, changed, room, api, plain, metrics);
    }

    public SluiceConfig withRoom(RoomConfig changed) {
        return new SluiceConfig(media, loop, ice, dtls, transport, changed, api, plain, metrics);
    }

    public SluiceConfig withApi(ApiConfig changed) {
        return new SluiceConfig(media, loop, ice, dtls, transport, room, changed, plain, metrics);
    }

    public SluiceConfig withPlain(PlainConfig changed) {
        return new SluiceConfig(media, loop, ice, dtls, transport, room, api, changed, metrics);
    }

    public SluiceConfig withMetrics(MetricsConfig changed) {
        return new SluiceConfig(media, loop, ice, dtls, transport, room, api, plain, changed);
    }
}
