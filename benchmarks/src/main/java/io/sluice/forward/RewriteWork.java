package io.sluice.forward;

import io.sluice.bench.PacketWork;
import io.sluice.ice.Slab;
import io.sluice.rtp.RtpHeaderWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.NullMarked;

/**
 * Writes one viewer's header, with its own numbers and extensions. In this package, so that nothing is
 * opened to others for being measured.
 *
 * <p>Owned by the thread that runs it.
 */
@NullMarked
public final class RewriteWork implements PacketWork {
    private static final int SLOTS = 64;
    private static final int REPEATS = 32;
    private static final int ROOM_BYTES = 256;
    private static final int PAYLOAD_TYPE = 96;
    private static final int SSRC = 4711;
    private static final int CLOCK_RATE_HZ = 90_000;
    private static final int MID = 1;
    private static final int TRANSPORT_WIDE_SEQUENCE = 3;

    private final MemorySegment slots = Arena.ofAuto().allocate((long) SLOTS * Slab.SLOT_BYTES);
    private final MemorySegment mid = Arena.ofAuto().allocateFrom("0");
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtpRewriter rewriter = new RtpRewriter(CLOCK_RATE_HZ, 1, 1);
    private long trackSequence = 1;

    /** Begins the viewer's stream. */
    public RewriteWork() {
        rewriter.begin(trackSequence, 0, null, null, 0);
    }

    @Override
    public int run() {
        for (int k = 0; k < REPEATS; k++) {
            for (int i = 0; i < SLOTS; i++) {
                trackSequence++;
                long sequence = rewriter.sequence(trackSequence);
                int timestamp = rewriter.timestamp((int) trackSequence);
                header.begin(
                        slots,
                        Slab.offset(i),
                        ROOM_BYTES,
                        true,
                        PAYLOAD_TYPE,
                        sequence,
                        timestamp,
                        SSRC);
                header.add(MID, mid, 0, 1);
                header.add(TRANSPORT_WIDE_SEQUENCE, (int) trackSequence & 0xffff, 2);
                if (header.end() == RtpHeaderWriter.NO_ROOM) {
                    throw new IllegalStateException("the header does not fit");
                }
                rewriter.sent(sequence, timestamp, trackSequence);
            }
        }
        return REPEATS * SLOTS;
    }
}
