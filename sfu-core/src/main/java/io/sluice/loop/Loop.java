package io.sluice.loop;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.ice.IceConfig;
import io.sluice.ice.IceServer;
import io.sluice.ice.Slab;
import io.sluice.ice.TcpPort;
import io.sluice.ice.UdpConfig;
import io.sluice.ice.UdpPort;
import io.sluice.ice.UdpPorts;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.MediaCounters;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event-loop thread, with its UDP port, its packet memory and its clock.
 *
 * <p>It owns every transport placed on it for that transport's life. A turn is: drain a batch of
 * datagrams, forward them, {@link #endTurn}. The clock is read once per batch and once per tick, and
 * travels as an argument from there.
 */
public final class Loop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 5;

    /** Of a loop that carries nobody: often enough to see that it is alive. */
    private static final long IDLE_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How often a busy loop looks at what waits: the wait of 2 ms may grow by this. */
    private static final long GATHERING_WAKE_NANOS = 500_000;

    /** Stack traces of one loop: who can cause one defect can cause many. */
    private static final long DEFECTS_LOGGED = 100;

    private final int index;
    private final LoopConfig config;
    private final IoEventLoopGroup group;
    private final IoEventLoop thread;
    private final Slab slab;
    private final KeptPackets kept;
    private final UdpPort port;
    private final IceServer ice;
    private final DropCounters drops = new DropCounters();
    private final MediaCounters counters = new MediaCounters();
    private final ForwardingLatency latency = new ForwardingLatency();
    private final Scratch scratch = new Scratch();
    private final Departures departures = new Departures(this::countDefect);
    private final Departures afterMedia = new Departures(this::countDefect);
    private final DataCounters data = new DataCounters();
    private final List<Ticking> ticking = new ArrayList<>();
    private final List<LoopHandoff> outgoing = new ArrayList<>();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final long threadId;
    private ScheduledFuture<?> tick;
    private @Nullable Future<?> gathering;
    private final PathEstimates estimates = new PathEstimates();
    private final LayerCeiling ceiling = new LayerCeiling();
    private final FineTicks fineTicks = new FineTicks(this::startFineTicks, this::countDefect);
    private @Nullable Future<?> fineTicking;
    private final BusyMeter busy = new BusyMeter();
    private volatile int residents;
    private volatile int slotsInUse;
    private volatile int keptPackets;
    private volatile int handoffDepth;
    private volatile long lastTickNanos = System.nanoTime();
    private volatile long defects;

    /**
     * Starts a thread and opens its port on every address.
     *
     * @param udpPort 0 lets the system choose
     */
    public Loop(
            int index,
            LoopConfig config,
            IceConfig iceConfig,
            List<InetAddress> addresses,
            int udpPort,
            SecureRandom random) {
        this(index, config, iceConfig, addresses, udpPort, random, null);
    }

    /**
     * As the other, and reachable over TCP too.
     *
     * @param tcp the node's port for all loops, if it has one; closed before them
     */
    public Loop(
            int index,
            LoopConfig config,
            IceConfig iceConfig,
            List<InetAddress> addresses,
            int udpPort,
            SecureRandom random,
            @Nullable TcpPort tcp) {
        this.index = index;
        this.config = config;
        group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("sluice-loop-" + index, false),
                        Epoll.isAvailable()
                                ? EpollIoHandler.newFactory()
                                : NioIoHandler.newFactory());
        thread = group.next();
        slab = new Slab(config.slabSlots());
        kept = new KeptPackets(slab, config.history(), counters);
        port = openPort(group, thread, slab, addresses, udpPort, config.udp());
        ice = new IceServer(thread, port, slab, iceConfig, random, _ -> endTurn(), tcp);
        thread.submit(() -> port.start(ice)).syncUninterruptibly();
        threadId =
                thread.submit(() -> Thread.currentThread().threadId())
                        .syncUninterruptibly()
                        .getNow();
        tick = ticks(idleTickNanos());
    }

    private ScheduledFuture<?> ticks(long intervalNanos) {
        return thread.scheduleAtFixedRate(
                // One that threw would be the last.
                guarding(this::tick), intervalNanos, intervalNanos, TimeUnit.NANOSECONDS);
    }

    private long idleTickNanos() {
        return Math.max(IDLE_TICK_NANOS, config.tickNanos());
    }

    private void tickEvery(long intervalNanos) {
        tick.cancel(false);
        tick = ticks(intervalNanos);
    }

    private static UdpPort openPort(
            EventLoopGroup group,
            IoEventLoop thread,
            Slab slab,
            List<InetAddress> addresses,
            int udpPort,
            UdpConfig config) {
        try {
            return UdpPorts.open(thread, slab, addresses, udpPort, config);
        } catch (RuntimeException e) {
            group.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .syncUninterruptibly();
            slab.close();
            throw e;
        }
    }

    public int index() {
        return index;
    }

    public Slab slab() {
        return slab;
    }

    /** What this loop keeps for sending it again. */
    public KeptPackets kept() {
        return kept;
    }

    public UdpPort port() {
        return port;
    }

    public IceServer ice() {
        return ice;
    }

    /** Times that an invariant of ours was found broken on this loop; from any thread. */
    public long defects() {
        return defects;
    }

    /** Counts and logs one of {@link #defects}, and ends nothing: who calls sees to what met it; on the loop. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void countDefect(Throwable defect) {
        defects++;
        if (defects <= DEFECTS_LOGGED) {
            LOG.error("A defect on loop {} costs what met it", index, defect);
        }
    }

    /** What every call on this loop may use. */
    public Scratch scratch() {
        return scratch;
    }

    /** Who waits for the end of this loop's turn. */
    public Departures departures() {
        return departures;
    }

    /** What the paths to this loop's viewers carry. */
    public PathEstimates estimates() {
        return estimates;
    }

    /** What a picture to this loop's viewers may cost. */
    public LayerCeiling ceiling() {
        return ceiling;
    }

    /** Who on this loop has packets that wait for their time. */
    public FineTicks fineTicks() {
        return fineTicks;
    }

    /** Who waits for the end of this loop's turn, and has less haste than media. */
    public Departures afterMedia() {
        return afterMedia;
    }

    /** What was counted of data channels on this loop. */
    public DataCounters data() {
        return data;
    }

    /** Reads the clock, for tasks: who is told the time uses that. */
    public long nowNanos() {
        return System.nanoTime();
    }

    /** What was dropped on this loop. */
    public DropCounters drops() {
        return drops;
    }

    /** What was counted on this loop. */
    public MediaCounters counters() {
        return counters;
    }

    /** How long packets were in the server that left from this loop. */
    public ForwardingLatency latency() {
        return latency;
    }

    /** Runs on this loop, soon and in order; what it throws is one of {@link #defects}. */
    @Override
    public void execute(Runnable task) {
        thread.execute(guarding(task));
    }

    /** As {@link #execute}, of what {@link #guarding} has made: without garbage. */
    void executeGuarded(Runnable guarded) {
        thread.execute(guarded);
    }

    /** Runs on this loop after a delay, unless it is cancelled; from any thread. */
    public Future<?> schedule(Runnable task, long delayNanos) {
        return thread.schedule(guarding(task), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Asks regularly, with the time, until it is cancelled; from any thread. */
    public Future<?> every(Ticking member, long intervalNanos) {
        return thread.scheduleAtFixedRate(
                guarding(() -> member.onTick(System.nanoTime())),
                intervalNanos,
                intervalNanos,
                TimeUnit.NANOSECONDS);
    }

    /**
     * The same task, but that what it throws is one of {@link #defects}. An error too: where there was no memory for
     * one task, there may be for the next, and a tick that throws would never come again.
     */
    Runnable guarding(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                countDefect(e);
            }
        };
    }

    /** Share of the last second that this loop's thread was computing, 0 to 1; from any thread. */
    public double busyShare() {
        return busy.share();
    }

    /** Heap memory that this loop's thread has taken so far; 0 where the JVM does not count. From any thread. */
    public long allocatedBytes() {
        return threads instanceof com.sun.management.ThreadMXBean counting
                ? Math.max(0, counting.getThreadAllocatedBytes(threadId))
                : 0;
    }

    /** Slots of the packet memory that were held at the last tick; from any thread. */
    public int slotsInUse() {
        return slotsInUse;
    }

    /** Packets that were kept for sending them again at the last tick; from any thread. */
    public int keptPackets() {
        return keptPackets;
    }

    /** Packets that waited for other loops at the last tick; from any thread. */
    public int handoffDepth() {
        return handoffDepth;
    }

    /** When this loop last ticked, in {@link System#nanoTime}; from any thread. */
    public long lastTickNanos() {
        return lastTickNanos;
    }

    /** Those registered for ticks; from any thread. */
    public int residents() {
        return residents;
    }

    /** Registers for ticks; on the loop. */
    public void register(Ticking member) {
        if (ticking.isEmpty()) {
            tickEvery(config.tickNanos());
        }
        ticking.add(member);
        residents = ticking.size();
    }

    /** Ends {@link #register}; on the loop. */
    public void unregister(Ticking member) {
        boolean wasThere = ticking.remove(member);
        residents = ticking.size();
        if (wasThere && residents == 0) {
            tickEvery(idleTickNanos());
        }
    }

    /** The way to another loop, made at first use; on this loop. */
    public LoopHandoff handoffTo(Loop other) {
        for (LoopHandoff handoff : outgoing) {
            if (handoff.leadsTo(other)) {
                return handoff;
            }
        }
        LoopHandoff handoff = new LoopHandoff(this, other, config.handoffCapacity());
        outgoing.add(handoff);
        return handoff;
    }

    /** Sends what this turn queued; on the loop. */
    public void endTurn() {
        depart();
        afterMedia.departAll();
        port.flush();
        for (int i = 0; i < outgoing.size(); i++) {
            outgoing.get(i).signal();
        }
        if (latency.isPending()) {
            latency.onFlushed(System.nanoTime());
        }
    }

    private void depart() {
        if (departures.endTurn(busy.mediaShare(), System.nanoTime()) && gathering == null) {
            // One task that repeats: a new one for each turn would be garbage.
            gathering =
                    thread.scheduleWithFixedDelay(
                            guarding(this::lookAtWhatWaits),
                            GATHERING_WAKE_NANOS,
                            GATHERING_WAKE_NANOS,
                            TimeUnit.NANOSECONDS);
        }
    }

    private void lookAtWhatWaits() {
        if (busy.mediaShare() < Departures.GATHERING_BUSY_SHARE && gathering != null) {
            gathering.cancel(false);
            gathering = null;
        }
        endTurn();
    }

    private void startFineTicks() {
        fineTicking =
                thread.scheduleWithFixedDelay(
                        guarding(this::tickFinely),
                        FineTicks.INTERVAL_NANOS,
                        FineTicks.INTERVAL_NANOS,
                        TimeUnit.NANOSECONDS);
    }

    private void tickFinely() {
        if (!fineTicks.tick(System.nanoTime()) && fineTicking != null) {
            fineTicking.cancel(false);
            fineTicking = null;
        }
        endTurn();
    }

    private void tick() {
        long nowNanos = System.nanoTime();
        if (busy.isDue(nowNanos)) {
            busy.measure(nowNanos, threads.getCurrentThreadCpuTime(), ice.dataNanos());
        }
        publishGauges(nowNanos);
        // By index and backwards: a member may unregister itself while it is asked.
        for (int i = ticking.size() - 1; i >= 0; i--) {
            // A member that closes another shortens the list by more than one.
            if (i < ticking.size()) {
                tick(ticking.get(i), nowNanos);
            }
        }
        ceiling.endTick();
        endTurn();
    }

    private void tick(Ticking member, long nowNanos) {
        try {
            member.onTick(nowNanos);
        } catch (RuntimeException | Error e) {
            countDefect(e);
            unregister(member);
        }
    }

    private void publishGauges(long nowNanos) {
        lastTickNanos = nowNanos;
        slotsInUse = slab.slotsInUse();
        keptPackets = kept.size();
        int depth = 0;
        for (int i = 0; i < outgoing.size(); i++) {
            depth += outgoing.get(i).depth();
        }
        handoffDepth = depth;
    }

    /** Closes the port and ends the thread; everything placed here must have left before. */
    @Override
    public void close() {
        thread.submit(
                        () -> {
                            tick.cancel(false);
                            ice.close();
                            port.close();
                            outgoing.forEach(LoopHandoff::reclaim);
                        })
                .syncUninterruptibly();
        group.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Frees the packet memory; after every loop is closed, since loops read each other's packets. */
    public void freeMemory() {
        slab.close();
    }
}
