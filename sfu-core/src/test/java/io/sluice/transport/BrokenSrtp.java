package io.sluice.transport;

import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/** Keys that fail in the way that is foreseen least: not even by an exception. */
final class BrokenSrtp implements SrtpContext {
    @Override
    public SrtpProfile profile() {
        return SrtpProfile.AEAD_AES_128_GCM;
    }

    @Override
    public int unprotectRtp(MemorySegment memory, long offset, int length) {
        throw new StackOverflowError("on purpose");
    }

    @Override
    public int unprotectRtcp(MemorySegment memory, long offset, int length) {
        throw new StackOverflowError("on purpose");
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
        throw new StackOverflowError("on purpose");
    }

    @Override
    public int protectRtcp(MemorySegment memory, long offset, int length) {
        throw new StackOverflowError("on purpose");
    }

    @Override
    public void close() {}
}
