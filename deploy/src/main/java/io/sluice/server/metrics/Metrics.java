package io.sluice.server.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sluice.api.Connections;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.RestApi;
import io.sluice.calls.Calls;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.history.HistoryCounters;
import io.sluice.ice.TcpCounters;
import io.sluice.livekit.LiveKitCounters;
import io.sluice.loop.Loop;
import io.sluice.plain.PlainCounters;
import io.sluice.room.RoomsListener;
import io.sluice.webhook.WebhookCounters;
import io.sluice.whip.WhipProtocol;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All that can be measured of one server and its JVM. Any thread may scrape it. */
public final class Metrics implements AutoCloseable {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

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
            Connections connections,
            SocketGate gate,
            PlainCounters plain,
            RestApi rest) {
        // The one counts in nanoseconds, the other sounds like a part of a histogram.
        meterRegistry
                .config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        NodeMeters node = new NodeMeters(meters);
        node.bindBuild(version);
        node.bind(census, loops);
        node.bind(handshakes);
        node.bind(connections);
        node.bindAddresses(gate, rest);
        node.bind(gate, plain);
        node.bind(rest);
        node.bindLog();
        for (Loop loop : loops) {
            new LoopMeters(meters, loop, System::nanoTime).bind();
        }
        registry.register(LatencyCollector.forwarding(loops));
        registry.register(LatencyCollector.pacing(loops));
        bindJvm();
    }

    /** Counts WHIP and WHEP too. */
    public void bind(WhipProtocol whip) {
        new WhipMeters(meters).bind(whip);
    }

    /** Counts what webhooks are told too. */
    public void bind(WebhookCounters webhooks) {
        new NodeMeters(meters).bind(webhooks);
    }

    /** Counts calls by code too. */
    public void bind(Calls calls) {
        new CallMeters(meters).bind(calls);
    }

    /** Counts what the history keeps too. */
    public void bind(HistoryCounters history) {
        new HistoryMeters(meters).bind(history);
    }

    /** Counts what the LiveKit protocol refuses too. */
    public void bind(LiveKitCounters liveKit) {
        new NodeMeters(meters).bind(liveKit);
    }

    /** Counts what comes over TCP too. */
    public void bind(TcpCounters tcp) {
        new TcpMeters(meters).bind(tcp);
    }

    /** What the load is counted in too. */
    public LoadMeters load() {
        return new LoadMeters(meters);
    }

    private void bindJvm() {
        // In seconds, under the name that every dashboard knows.
        OperatingSystemMXBean system =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        FunctionCounter.builder(
                        "process.cpu.seconds",
                        system,
                        bean -> bean.getProcessCpuTime() / NANOS_PER_SECOND)
                .description("CPU time of the process.")
                .register(meterRegistry);
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
