package io.sluice.bench;

import io.sluice.loop.Loop;

/**
 * Frames of equal packets on their way through a {@link PacketLine}; what is counted is what leaves.
 *
 * <p>Owned by the line's loop.
 */
final class FrameWork implements PacketWork {
    private final PacketLine line;
    private final int perFrame;
    private final int payloadBytes;
    private final int packets;
    private final int[] slots;
    private final int[] lengths;

    /**
     * @param packets at a time, well below what the loop's memory keeps
     * @param perFrame of them, a divisor: all packets of a frame come in one turn
     */
    FrameWork(PacketLine line, int packets, int perFrame, int payloadBytes) {
        this.line = line;
        this.perFrame = perFrame;
        this.payloadBytes = payloadBytes;
        this.packets = packets;
        slots = new int[packets];
        lengths = new int[packets];
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
