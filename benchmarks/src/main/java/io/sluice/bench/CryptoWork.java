package io.sluice.bench;

import io.sluice.ice.Slab;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import io.sluice.srtp.SrtpScratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * Packets of one SSRC on their way through an SRTP context.
 *
 * <p>Owned by the thread that runs it.
 */
final class CryptoWork implements PacketWork {
    private static final long SEED = 20_260_101;

    /** As many slots as C goes through: more than the first cache holds. */
    private static final int SLOTS = 64;

    private static final int HEADER_BYTES = 12;
    private static final int SSRC = 99;

    private final Kind kind;
    private final int sizeBytes;
    private final SrtpContext context;
    private final SrtpContext other;
    private final MemorySegment slots = Arena.ofAuto().allocate((long) SLOTS * Slab.SLOT_BYTES);
    private final MemorySegment payload = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
    private final int[] lengths = new int[SLOTS];
    private int sequence;

    /** What is done to a packet. */
    enum Kind {
        PROTECT,
        UNPROTECT,
        /** Unprotect, of packets with a tag that is not theirs. */
        FORGED
    }

    CryptoWork(Kind kind, SrtpProfile profile, int sizeBytes, boolean preferNative) {
        this.kind = kind;
        this.sizeBytes = sizeBytes;
        SrtpKeys keys = Keys.random(profile, new Random(SEED));
        SrtpConfig config = SrtpConfig.defaults();
        context = SrtpContexts.open(keys, config, new SrtpScratch(), preferNative);
        other = SrtpContexts.open(Keys.mirror(keys), config, new SrtpScratch());
        payload.fill((byte) 'a');
    }

    @Override
    public void prepare() {
        if (kind == Kind.PROTECT) {
            return;
        }
        for (int i = 0; i < SLOTS; i++) {
            lengths[i] = protect(other, i);
            if (kind == Kind.FORGED) {
                long lastByte = Slab.offset(i) + lengths[i] - 1;
                Wire.put8(slots, lastByte, Wire.u8(slots, lastByte) ^ 1);
            }
        }
    }

    private int protect(SrtpContext by, int slot) {
        long at = Slab.offset(slot);
        Wire.put16(slots, at, 0x8000 | Publisher.PAYLOAD_TYPE);
        Wire.put16(slots, at + 2, sequence++);
        Wire.put32(slots, at + 4, 0);
        Wire.put32(slots, at + 8, SSRC);
        return by.protectRtp(slots, at, HEADER_BYTES, 0, payload, 0, sizeBytes);
    }

    @Override
    public int run() {
        for (int i = 0; i < SLOTS; i++) {
            int length =
                    kind == Kind.PROTECT
                            ? protect(context, i)
                            : context.unprotectRtp(slots, Slab.offset(i), lengths[i]);
            if (length < 0 != (kind == Kind.FORGED)) {
                throw new IllegalStateException(kind + " gave " + length);
            }
        }
        return SLOTS;
    }
}
