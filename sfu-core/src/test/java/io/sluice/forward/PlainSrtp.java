package io.sluice.forward;

import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/** Protects nothing: what would be protected can be read. */
final class PlainSrtp implements SrtpContext {

    @Override
    public SrtpProfile profile() {
        return SrtpProfile.AEAD_AES_128_GCM;
    }

    @Override
    public int unprotectRtp(MemorySegment memory, long offset, int length) {
        return length;
    }

    @Override
    public int unprotectRtcp(MemorySegment memory, long offset, int length) {
        return length;
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
        MemorySegment.copy(
                payload, payloadOffset, out, outOffset + headerBytes + prefixBytes, payloadBytes);
        return headerBytes + prefixBytes + payloadBytes;
    }

    @Override
    public int protectRtcp(MemorySegment memory, long offset, int length) {
        return length;
    }

    @Override
    public void close() {}
}
