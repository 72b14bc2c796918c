package io.sluice.server.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sluice.api.SocketGate;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.loop.Loop;
import io.sluice.plain.PlainCounters;
import io.sluice.room.RoomsListener;
import java.util.List;

/** All that can be measured of one server and its JVM. Any thread may scrape it. */
public final class Metrics implements AutoCloseable {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusMeterRegistry meterRegistry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    private final Meters meters = new Meters(meterRegistry);
    private final RoomCensus census = new RoomCensus();
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    /** Names the version that runs and the parts that count. */
    public Metrics(
            String version,
            List<Loop> loops,
            DtlsHandshakes handshakes,
            SocketGate gate,
            PlainCounters plain) {
        NodeMeters node = new NodeMeters(meters);
        node.bindBuild(version);
        node.bind(census, loops);
        node.bind(handshakes);
        node.bind(gate, plain);
        node.bindLog();
        for (Loop loop : loops) {
            new LoopMeters(meters, loop, System::nanoTime).bind();
        }
        registry.register(new ForwardingLatencyCollector(loops));
        bindJvm();
    }

    private void bindJvm() {
        new ClassLoaderMetrics().bindTo(meterRegistry);
        new JvmMemoryMetrics().bindTo(meterRegistry);
        new JvmThreadMetrics().bindTo(meterRegistry);
        new ProcessorMetrics().bindTo(meterRegistry);
        new FileDescriptorMetrics().bindTo(meterRegistry);
        new UptimeMetrics().bindTo(meterRegistry);
        garbageCollection.bindTo(meterRegistry);
    }

    /** Hears of the rooms, which are counted from what it hears. */
    public RoomsListener rooms() {
        return census;
    }

    /** All numbers of this moment in the text format of Prometheus; takes milliseconds. */
    public String scrape() {
        return meterRegistry.scrape();
    }

    /** The same, to be looked into. */
    MetricSnapshots snapshots() {
        return registry.scrape();
    }

    /** Stops listening to the JVM. */
    @Override
    public void close() {
        garbageCollection.close();
        meterRegistry.close();
    }
}
