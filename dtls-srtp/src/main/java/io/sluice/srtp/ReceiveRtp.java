package io.sluice.srtp;

import java.security.GeneralSecurityException;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.utils.ByteArrayBuffer;

/**
 * The receiving side of one RTP SSRC, with a replay window of its own: the 64 packets of jitsi-srtp
 * would refuse plain retransmissions, which come hundreds of packets late.
 *
 * <p>Owned by its context's loop.
 */
final class ReceiveRtp extends SrtpCryptoContext {

    private final ReplayWindow window = new ReplayWindow();

    /** The policy has jitsi-srtp's own replay check switched off. */
    ReceiveRtp(byte[] key, byte[] salt, SrtpPolicy policy) throws GeneralSecurityException {
        super(false, 0, 0, key, salt, policy, JitsiSrtpContext.SILENT);
    }

    SrtpErrorStatus unprotect(int sequence, ByteArrayBuffer packet)
            throws GeneralSecurityException {
        long index = window.index(sequence);
        if (window.isTooOld(index)) {
            return SrtpErrorStatus.REPLAY_OLD;
        }
        if (window.isReplay(index)) {
            return SrtpErrorStatus.REPLAY_FAIL;
        }
        SrtpErrorStatus status = reverseTransformPacket(packet, false);
        if (status == SrtpErrorStatus.OK) {
            // Only now: a forged packet must not move the window.
            window.accept(index);
        }
        return status;
    }
}
