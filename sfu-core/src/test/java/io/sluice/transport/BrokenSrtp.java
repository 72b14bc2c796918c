package io.sluice.transport;

import io.sluice.loop.Breakage;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/** Keys that nothing can be done with. */
final class BrokenSrtp implements SrtpContext {
    private final Breakage breakage;

    BrokenSrtp(Breakage breakage) {
        this.breakage = breakage;
    }

    @Override
    public SrtpProfile profile() {
        return SrtpProfile.AEAD_AES_128_GCM;
    }

    @Override
    public int unprotectRtp(MemorySegment memory, long offset, int length) {
        throw breakage.now();
    }

    @Override
    public int unprotectRtcp(MemorySegment memory, long offset, int length) {
        throw breakage.now();
    }

    @Override
    public void retainReceived(IntPredicate wanted) {}

    @Override
    public int protectRtp(
            MemorySegment out,
            long outOffset,
            int headerBytes,
            int prefixBytes,
            MemorySegment payload,
            long payloadOffset,
            int payloadBytes) {
        throw breakage.now();
    }

    @Override
    public int protectRtcp(MemorySegment memory, long offset, int length) {
        throw breakage.now();
    }

    @Override
    public void close() {}
}
