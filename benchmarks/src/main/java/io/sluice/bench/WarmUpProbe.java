package io.sluice.bench;

import io.sluice.bench.load.Out;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.IceWarmUp;
import io.sluice.loop.LoopConfig;
import io.sluice.srtp.SrtpProfile;
import io.sluice.transport.PacketWarmUp;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A JVM that has forwarded nothing yet: prints what the first packets cost its loop, a line each time
 * that ten times as many are through.
 */
final class WarmUpProbe {
    /** How a line with a result begins: packets and nanoseconds follow. Libraries may print others. */
    static final String RESULT = "first ";

    /** As by default, see the server's configuration of media. */
    private static final long WARM_UP_NANOS = 300_000_000;

    private static final int FIRST = 1_000;

    private static final int VIEWERS = 10;
    private static final int PACKETS_AT_A_TIME = 10;
    private static final int SIZE_BYTES = 1100;

    private WarmUpProbe() {}

    /**
     * Measures.
     *
     * @param arguments how many packets; and {@code warm} to do first what a server does before it
     *     opens its ports
     */
    public static void main(String[] arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        int last = Integer.parseInt(arguments[0]);
        if (arguments.length > 1) {
            IceWarmUp.warmUp();
            SecureRandom random = new SecureRandom();
            PacketWarmUp.run(
                    LoopConfig.defaults(),
                    DtlsIdentity.generate(random, Instant.now()),
                    random,
                    WARM_UP_NANOS);
        }
        ThreadMeter meter = new ThreadMeter();
        try (Receivers receivers = new Receivers(true);
                PacketLine line =
                        PacketLine.wide(SrtpProfile.AEAD_AES_128_GCM, VIEWERS, true, receivers)) {
            FrameWork work = new FrameWork(line, PACKETS_AT_A_TIME, 1, SIZE_BYTES);
            int next = FIRST;
            while (next <= last) {
                CompletableFuture.runAsync(
                                () -> {
                                    work.prepare();
                                    meter.begin();
                                    meter.end(work.run());
                                },
                                line.loop())
                        .join();
                if (meter.packets() >= next) {
                    Out.OUT.println(RESULT + next + " " + meter.nanosPerPacket());
                    next *= 10;
                }
            }
        }
    }
}
