package io.sluice.bench;

import io.sluice.loop.Loop;

/**
 * Frames of equal packets on their way through a {@link PacketLine}; what is counted is what leaves.
 *
 * <p>Owned by the line's loop.
 */
final class FrameWork implements PacketWork {
    /** Some 20 milliseconds of sending to 100 viewers, and well below what a history keeps. */
    private static final int PACKETS = 64;

    private final PacketLine line;
    private final int perFrame;
    private final int payloadBytes;
    private final int packets;
    private final int[] slots = new int[PACKETS];
    private final int[] lengths = new int[PACKETS];

    /**
     * @param perFrame packets of a frame, all of which come in one turn
     */
    FrameWork(PacketLine line, int perFrame, int payloadBytes) {
        this.line = line;
        this.perFrame = perFrame;
        this.payloadBytes = payloadBytes;
        packets = PACKETS - PACKETS % perFrame;
    }

    @Override
    public void prepare() {
        for (int i = 0; i < packets; i++) {
            int inFrame = i % perFrame;
            slots[i] = line.loop().slab().take();
            lengths[i] = line.write(slots[i], payloadBytes, inFrame == 0, inFrame == perFrame - 1);
        }
    }

    @Override
    public int run() {
        Loop loop = line.loop();
        long before = loop.port().counters().packetsOut();
        for (int i = 0; i < packets; i += perFrame) {
            // Once a turn, as the port reads it.
            long nowNanos = System.nanoTime();
            for (int k = i; k < i + perFrame; k++) {
                line.arrive(slots[k], lengths[k], nowNanos);
            }
            loop.endTurn();
        }
        int sent = (int) (loop.port().counters().packetsOut() - before);
        if (sent != packets * line.viewers()) {
            throw new IllegalStateException(
                    "%d packets were sent, not %d".formatted(sent, packets * line.viewers()));
        }
        return sent;
    }
}
