package io.sluice.bench.load;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.ice.Slab;
import io.sluice.ice.UdpConfig;
import io.sluice.ice.UdpPort;
import io.sluice.ice.UdpPorts;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtcpReader;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpScratch;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * One thread of the generator with a socket for each of its clients: all on one port number, each on a
 * loopback address of its own, which is how the server tells them apart.
 *
 * <p>It owns its clients for their life.
 */
final class LoadLoop implements UdpPort.Sink, Executor, AutoCloseable {
    private static final int SLAB_SLOTS = 256;
    private static final long TICK_MICROS = 1_000;

    /** Reports and consent checks of a client come every so many ticks, spread over all clients. */
    private static final int CLIENT_TICKS = 250;

    private static final long MAX_LATENCY_MICROS = TimeUnit.SECONDS.toMicros(60);

    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop thread;
    private final Slab slab = new Slab(SLAB_SLOTS);
    private final UdpPort port;
    private final @Nullable LoadClient[] clients;
    private final LoadCounters counters = new LoadCounters();
    private final Recorder latency = new Recorder(1, MAX_LATENCY_MICROS, 3);
    private final Stun stun = new Stun();
    private final SrtpScratch srtp = new SrtpScratch();
    private final RtpPacket packet = new RtpPacket();
    private final RtcpReader rtcpReader = new RtcpReader();
    private final RtcpWriter rtcpWriter = new RtcpWriter();
    private final MediaCounters feedbackCounters = new MediaCounters();

    /** A tick is a millisecond. */
    private final int feedbackTicks;

    private final ScheduledFuture<?> tick;
    private long ticks;

    LoadLoop(int index, List<InetAddress> addresses, GeneratorConfig config) {
        feedbackTicks = config.feedbackMillis();
        group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("load-" + index, true),
                        EpollIoHandler.newFactory());
        thread = group.next();
        port =
                UdpPorts.open(
                        thread,
                        slab,
                        addresses,
                        0,
                        UdpConfig.defaults().withReceivesRuns(config.receivesRuns()));
        clients = new LoadClient[addresses.size()];
        thread.submit(() -> port.start(this)).syncUninterruptibly();
        tick =
                thread.scheduleAtFixedRate(
                        this::tick, TICK_MICROS, TICK_MICROS, TimeUnit.MICROSECONDS);
    }

    /** Gives a client the socket of its index; from any thread. */
    void add(LoadClient client) {
        execute(() -> clients[client.socket()] = client);
    }

    /** Takes a client off its socket; on the loop. */
    void remove(LoadClient client) {
        clients[client.socket()] = null;
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    /** The address and port of a client's socket. */
    InetAddress address(int socket) {
        return port.addresses().get(socket);
    }

    UdpPort port() {
        return port;
    }

    Slab slab() {
        return slab;
    }

    LoadCounters counters() {
        return counters;
    }

    /** From sending to receiving, in microseconds. */
    Recorder latency() {
        return latency;
    }

    Stun stun() {
        return stun;
    }

    SrtpScratch srtp() {
        return srtp;
    }

    RtpPacket packet() {
        return packet;
    }

    /** Whether clients say what came; {@link LoadClient#sendFeedback} is called regularly then. */
    boolean givesFeedback() {
        return feedbackTicks > 0;
    }

    MediaCounters feedbackCounters() {
        return feedbackCounters;
    }

    RtcpReader rtcpReader() {
        return rtcpReader;
    }

    RtcpWriter rtcpWriter() {
        return rtcpWriter;
    }

    @Override
    public boolean onDatagram(
            int socket,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int slot,
            int length,
            long nowNanos) {
        LoadClient client = clients[socket];
        if (client != null) {
            client.onDatagram(slot, length, nowNanos);
        }
        return false;
    }

    @Override
    public void onBatchEnd(long nowNanos) {
        port.flush();
    }

    private void tick() {
        long nowNanos = System.nanoTime();
        int turn = (int) (ticks % CLIENT_TICKS);
        int feedbackTurn = givesFeedback() ? (int) (ticks % feedbackTicks) : 0;
        ticks++;
        for (int i = 0; i < clients.length; i++) {
            LoadClient client = clients[i];
            if (client != null) {
                client.onMediaTick(nowNanos);
                if (givesFeedback() && i % feedbackTicks == feedbackTurn) {
                    client.sendFeedback(nowNanos);
                }
                if (i % CLIENT_TICKS == turn) {
                    client.onTick(nowNanos);
                }
            }
        }
        port.flush();
    }

    @Override
    public void close() {
        tick.cancel(false);
        thread.submit(
                        () -> {
                            for (LoadClient client : clients) {
                                if (client != null) {
                                    client.close();
                                }
                            }
                            port.close();
                        })
                .syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        slab.close();
    }
}
