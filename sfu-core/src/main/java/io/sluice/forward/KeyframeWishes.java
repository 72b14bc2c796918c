package io.sluice.forward;

import io.sluice.rtp.TrackSequence;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Of which encodings a keyframe is needed: a flag for each.
 *
 * <p>Raised by viewers, from any thread; lowered by the publisher's loop when it takes the wish over.
 */
final class KeyframeWishes {
    private static final VarHandle FLAG = MethodHandles.arrayElementVarHandle(boolean[].class);

    private final boolean[] wanted = new boolean[TrackSequence.ENCODINGS_MAX];

    void raise(int encoding) {
        // Reading first, both here and below: the line is written rarely and looked at often.
        if (!(boolean) FLAG.getOpaque(wanted, encoding)) {
            FLAG.setVolatile(wanted, encoding, true);
        }
    }

    /** Whether a flag was up; it is down now. */
    boolean take(int encoding) {
        if (!(boolean) FLAG.getOpaque(wanted, encoding)) {
            return false;
        }
        FLAG.setVolatile(wanted, encoding, false);
        return true;
    }
}
