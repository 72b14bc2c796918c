package io.sluice.srtp;

import java.security.GeneralSecurityException;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpPolicy;

/**
 * The sending side of one RTCP SSRC.
 *
 * <p>Owned by its context's loop.
 */
final class SendRtcp extends SrtcpCryptoContext {

    private long packets;

    SendRtcp(int ssrc, byte[] key, byte[] salt, SrtpPolicy policy) throws GeneralSecurityException {
        super(ssrc, key, salt, policy, JitsiSrtpContext.SILENT);
    }

    /** Takes one index if the key has any left: jitsi-srtp would begin again at 0. */
    boolean takeIndex(long maxPackets) {
        if (packets >= maxPackets) {
            return false;
        }
        packets++;
        return true;
    }
}
