package io.sluice.loop;

import java.lang.foreign.MemorySegment;

/** Takes packets that come from another loop, on its own loop. */
public interface HandoffReceiver {

    /**
     * One plain RTP packet. Its bytes belong to the sending loop and stand only until this returns.
     *
     * @param sequence the packet's unwrapped sequence number
     * @param arrivalNanos when it came in on the sending loop
     * @param afterGap packets before this one were lost on the way
     */
    void onHandoff(
            MemorySegment memory,
            long offset,
            int length,
            long sequence,
            long arrivalNanos,
            boolean afterGap);
}
