package io.sluice.srtp;

import org.jspecify.annotations.Nullable;

/**
 * Where packets lie on the heap while jitsi-srtp works on them.
 *
 * <p>Owned by one loop, and shared by all its contexts: so it stays in the cache.
 */
public final class SrtpScratch {

    /** A slot of the slab and of the port: no packet is larger, its tag included. */
    static final int MAX_PACKET_BYTES = 2048;

    private final PacketArray packet =
            new PacketArray(MAX_PACKET_BYTES + SrtpContext.MAX_OVERHEAD_BYTES);

    private @Nullable NativeScratch natively;

    /** What libcrypto needs, made at first use. */
    NativeScratch natively() {
        NativeScratch made = natively;
        if (made == null) {
            made = new NativeScratch();
            natively = made;
        }
        return made;
    }

    PacketArray packet() {
        return packet;
    }
}
