package io.sluice.bench;

import io.sluice.ice.UdpCounters;
import io.sluice.loop.Loop;
import io.sluice.srtp.SrtpProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * {@code ./sluice bench gso-share}: how many packets of a real encoder's frames leave in one send.
 *
 * <p>Packets come in on a clock of their own: as fast as the publisher's uplink brings them. A turn
 * ends with the frame's last packet or when its first has waited for the window.
 */
@Command(
        name = "gso-share",
        mixinStandardHelpOptions = true,
        description = "Packets per send, by uplink and gathering window, padded and not.")
final class GsoShareCommand extends Bench {
    private static final long SEED = 20_260_101;
    private static final List<Integer> UPLINK_MBITS = List.of(1000, 100, 50, 20, 10, 5);
    private static final List<Double> WINDOW_MILLIS = List.of(0.2, 0.5, 1.0, 2.0, 5.0);

    /** For each second that a step may take. */
    private static final int FRAMES_PER_SECOND = 1_000;

    @Override
    void prepare(Contest contest, Path root) throws IOException {
        Receivers receivers = contest.closing(new Receivers(true));
        for (boolean padded : List.of(false, true)) {
            PacketLine line =
                    contest.closing(
                            PacketLine.unbounded(
                                    SrtpProfile.AEAD_AES_128_GCM, 1, padded, receivers));
            for (int megabits : UPLINK_MBITS) {
                String name = "%d Mbit/s%s".formatted(megabits, padded ? ", padded" : "");
                contest.step((seconds, turn) -> {
                    int frames = (int) Math.ceil(seconds * FRAMES_PER_SECOND);
                    for (double window : WINDOW_MILLIS) {
                        turn.put(name, figure(window), measure(line, megabits, window, frames));
                    }
                });
            }
        }
    }

    private static Figure figure(double windowMillis) {
        String number = String.format(Locale.ROOT, "%.1f", windowMillis);
        return new Figure("packetsPerSendIn" + number + "Millis", number + " ms", "%.1f", false);
    }

    private static double measure(PacketLine line, int megabits, double windowMillis, int frames) {
        long windowNanos = (long) (windowMillis * TimeUnit.MILLISECONDS.toNanos(1));
        UdpCounters counters = line.loop().port().counters();
        long packets = counters.packetsOut();
        long sends = counters.messagesOut();
        EncodedFrame frame = new EncodedFrame(new Random(SEED), megabits);
        for (int i = 0; i < frames; i++) {
            frame.next();
            CompletableFuture.runAsync(() -> carry(line, frame, windowNanos), line.loop()).join();
        }
        return (double) (counters.packetsOut() - packets) / (counters.messagesOut() - sends);
    }

    private static void carry(PacketLine line, EncodedFrame frame, long windowNanos) {
        Loop loop = line.loop();
        long beganNanos = Long.MAX_VALUE;
        for (int i = 0; i < frame.packets(); i++) {
            long nowNanos = frame.arrivalNanos(i);
            if (nowNanos - windowNanos >= beganNanos) {
                endTurn(loop);
                beganNanos = nowNanos;
            }
            beganNanos = Math.min(beganNanos, nowNanos);
            int slot = loop.slab().take();
            int length = line.write(slot, frame.payloadBytes(i), i == 0, i == frame.packets() - 1);
            line.arrive(slot, length, nowNanos);
        }
        endTurn(loop);
    }

    /** Whatever the loop would have decided: the window is ours here. */
    private static void endTurn(Loop loop) {
        loop.departures().departAll();
        loop.port().flush();
    }
}
