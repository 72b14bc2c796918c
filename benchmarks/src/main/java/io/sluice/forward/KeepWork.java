package io.sluice.forward;

import io.sluice.bench.PacketWork;
import io.sluice.ice.Slab;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.rtp.MediaCounters;
import org.jspecify.annotations.NullMarked;

/**
 * Keeps packets for resending, once for all viewers, and notes what each of some viewers was sent. In
 * this package, so that nothing is opened to others for being measured.
 *
 * <p>Owned by the thread that runs it.
 */
@NullMarked
public final class KeepWork implements PacketWork {
    private static final int PACKETS = 1_024;
    private static final int SLAB_SLOTS = 8_192;
    private static final int SIZE_BYTES = 1_136;

    private final Slab slab = new Slab(SLAB_SLOTS);
    private final TrackHistory history;
    private final SendHistory[] viewers;
    private final int[] slots = new int[PACKETS];
    private long sequence;

    /** For so many viewers; none leaves the keeping alone. */
    public KeepWork(int viewers) {
        KeptPackets kept = new KeptPackets(slab, HistoryConfig.defaults(), new MediaCounters());
        history = new TrackHistory(kept);
        this.viewers = new SendHistory[viewers];
        for (int i = 0; i < viewers; i++) {
            this.viewers[i] = new SendHistory(history.capacity());
        }
    }

    @Override
    public void prepare() {
        for (int i = 0; i < PACKETS; i++) {
            slots[i] = slab.take();
        }
    }

    @Override
    public int run() {
        for (int slot : slots) {
            sequence++;
            history.keep(sequence, slot, Slab.offset(slot), SIZE_BYTES, sequence);
            slab.release(slot);
            for (SendHistory viewer : viewers) {
                viewer.keep(
                        sequence,
                        sequence,
                        (int) sequence,
                        (int) sequence & 0xffff,
                        Rewrite.NOTHING);
            }
        }
        return PACKETS * Math.max(1, viewers.length);
    }
}
