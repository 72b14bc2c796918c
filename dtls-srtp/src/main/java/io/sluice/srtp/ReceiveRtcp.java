package io.sluice.srtp;

import java.security.GeneralSecurityException;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.utils.ByteArrayBuffer;

/**
 * The receiving side of one RTCP SSRC.
 *
 * <p>Owned by its context's loop.
 */
final class ReceiveRtcp extends SrtcpCryptoContext {

    private long refusedUpTo = -1;
    private long highest = -1;

    ReceiveRtcp(byte[] key, byte[] salt, SrtpPolicy policy) throws GeneralSecurityException {
        super(0, key, salt, policy, JitsiSrtpContext.SILENT);
    }

    /** Before the first packet: takes nothing up to {@code index}, -1 if everything. */
    void beginAfter(long index) {
        refusedUpTo = index;
        highest = index;
    }

    /** The highest index accepted. */
    long highest() {
        return highest;
    }

    SrtpErrorStatus unprotect(int index, ByteArrayBuffer packet) throws GeneralSecurityException {
        if (index <= refusedUpTo) {
            return SrtpErrorStatus.REPLAY_OLD;
        }
        SrtpErrorStatus status = reverseTransformPacket(packet);
        if (status == SrtpErrorStatus.OK) {
            highest = Math.max(highest, index);
        }
        return status;
    }
}
