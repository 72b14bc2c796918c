package io.sluice.srtp;

import org.jspecify.annotations.Nullable;

/**
 * What a context needs for one packet besides the packet, whichever library does the cryptography.
 *
 * <p>Owned by one loop, and shared by all its contexts: so it stays in the cache. Only what is used is
 * made.
 */
public final class SrtpScratch {

    /** A slot of the slab and of the port: no packet is larger, its tag included. */
    static final int MAX_PACKET_BYTES = 2048;

    private @Nullable PacketArray onHeap;
    private @Nullable NativeScratch offHeap;

    /** Where packets lie while jitsi-srtp works on them. */
    PacketArray onHeap() {
        PacketArray made = onHeap;
        if (made == null) {
            made = new PacketArray(MAX_PACKET_BYTES + SrtpContext.MAX_OVERHEAD_BYTES);
            onHeap = made;
        }
        return made;
    }

    /** What libcrypto works with. */
    NativeScratch offHeap() {
        NativeScratch made = offHeap;
        if (made == null) {
            made = new NativeScratch();
            offHeap = made;
        }
        return made;
    }
}
