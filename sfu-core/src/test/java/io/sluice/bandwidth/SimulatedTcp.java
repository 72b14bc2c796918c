package io.sluice.bandwidth;

import java.util.ArrayDeque;

/** A download over the same link: a window that grows by a packet in a round trip and is halved by a loss. */
final class SimulatedTcp implements SimulatedLink.Receiver {
    private static final int PACKET_BYTES = 1_460;
    private static final long TIMEOUT_NANOS = 1_000_000_000;

    private record Answer(long atNanos, boolean lost) {}

    long arrivedBytes;
    private final SimulatedLink link;
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private double window = 10;
    private double slowStartTo = Double.MAX_VALUE;
    private int underWay;
    private long sequence;
    private long halvedNanos;
    private long answeredNanos;

    SimulatedTcp(SimulatedLink link) {
        this.link = link;
    }

    void pass(long nowNanos) {
        while (!answers.isEmpty() && answers.peek().atNanos <= nowNanos) {
            answeredNanos = nowNanos;
            underWay--;
            if (!answers.remove().lost) {
                window += window < slowStartTo ? 1 : 1 / window;
            } else if (nowNanos - halvedNanos > 2 * link.delayNanos + link.queueNanos) {
                halvedNanos = nowNanos;
                window = Math.max(2, window / 2);
                slowStartTo = window;
            }
        }
        if (underWay > 0 && nowNanos - answeredNanos > TIMEOUT_NANOS) {
            underWay = 0;
            window = 2;
        }
        while (underWay < window) {
            underWay++;
            link.send(this, sequence++, PACKET_BYTES, nowNanos);
        }
    }

    @Override
    public void onArrival(long number, int sizeBytes, long arrivalNanos) {
        arrivedBytes += sizeBytes;
        answers.add(new Answer(arrivalNanos + link.delayNanos, false));
    }

    @Override
    public void onLoss(long number, long nowNanos) {
        answers.add(new Answer(nowNanos + 2 * link.delayNanos, true));
    }
}
