package io.sluice.transport;

import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.IceConfig;
import io.sluice.ice.Path;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.rtp.MediaCount;
import io.sluice.srtp.SrtpProfile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Has the packet line compiled before anybody needs it: the first thousand packets of a JVM cost a
 * hundred times as much as later ones, and would come late by it.
 *
 * <p>Forwards synthetic packets by the real classes, on a loop of its own with a port on loopback that
 * sends to itself. All of it is gone afterwards.
 */
public final class PacketWarmUp {
    /** A frame to all of them is read in one event of the port, so that no buffer overflows. */
    private static final int VIEWERS = 4;

    private static final int SLAB_SLOTS = 2_048;
    private static final int HANDOFF_CAPACITY = 2;
    private static final long HOUR_NANOS = 3_600_000_000_000L;

    private static final int SIMULCAST_ENCODINGS = 3;

    /** What is negotiated: by browsers, and by clients without AES-GCM. */
    private static final SrtpProfile[] PROFILES = {
        SrtpProfile.AEAD_AES_128_GCM, SrtpProfile.AES128_CM_SHA1_80
    };

    private final long budgetNanos;
    private final SyntheticLine[] lines;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final long startCpuNanos = threads.getCurrentThreadCpuTime();
    private int turns;

    private PacketWarmUp(Loop loop, DtlsIdentity identity, long budgetNanos) {
        this.budgetNanos = budgetNanos;
        Path self = new Path(0, 0, 0xffff_7f00_0001L, loop.port().port());
        lines = new SyntheticLine[PROFILES.length + 1];
        for (int i = 0; i < lines.length; i++) {
            boolean simulcast = i == PROFILES.length;
            lines[i] =
                    new SyntheticLine(
                            loop,
                            PROFILES[simulcast ? 0 : i],
                            identity,
                            simulcast ? SIMULCAST_ENCODINGS : 1,
                            VIEWERS,
                            self,
                            HOUR_NANOS);
        }
    }

    /**
     * Forwards packets until one thread has used so much CPU time, and waits for it. {@link
     * io.sluice.ice.IceWarmUp} must be done before. Not for a loop.
     *
     * @return how many packets were sent
     */
    public static long run(
            LoopConfig config, DtlsIdentity identity, SecureRandom random, long budgetNanos) {
        Loop loop =
                new Loop(
                        0,
                        // Time is what is played here: the loop itself does not tick.
                        new LoopConfig(
                                SLAB_SLOTS,
                                HANDOFF_CAPACITY,
                                HOUR_NANOS,
                                config.udp(),
                                config.history()),
                        IceConfig.defaults().withLoopback(true),
                        List.of(InetAddress.ofLiteral("127.0.0.1")),
                        0,
                        random);
        try {
            PacketWarmUp warmUp = onLoop(loop, () -> new PacketWarmUp(loop, identity, budgetNanos));
            // Turn by turn, so that whatever breaks one is thrown here: nobody is to wait for ever.
            while (onLoop(loop, warmUp::turn)) {}
            return loop.counters().of(MediaCount.RTP_PACKETS_SENT);
        } finally {
            loop.close();
            loop.freeMemory();
        }
    }

    private static <T> T onLoop(Loop loop, Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, loop).join();
    }

    /** One frame, and then the port's turn to read what it has sent; whether there is time for more. */
    private boolean turn() {
        // Three of four clients have AES-GCM, and their line is the one to be compiled for.
        SyntheticLine line = lines[turns % 8 == 5 ? 2 : turns % 4 == 3 ? 1 : 0];
        turns++;
        line.playFrame();
        line.tick();
        if (threads.getCurrentThreadCpuTime() - startCpuNanos < budgetNanos) {
            return true;
        }
        for (SyntheticLine each : lines) {
            each.close();
        }
        return false;
    }
}
