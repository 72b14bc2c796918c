package io.sluice.srtp;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.utils.ByteArrayBuffer;

/**
 * The sending side of one RTP SSRC.
 *
 * <p>Owned by its context's loop.
 */
final class SendRtp extends SrtpCryptoContext {

    private final SendIndex index = new SendIndex();
    private final boolean gcm;
    private long lastIndex = -1;

    SendRtp(int ssrc, byte[] key, byte[] salt, SrtpPolicy policy) throws GeneralSecurityException {
        super(true, ssrc, 0, key, salt, policy, JitsiSrtpContext.SILENT);
        gcm = policy.getEncType() == SrtpPolicy.AESGCM_ENCRYPTION;
    }

    /** Whether it has an index that is not used up; jitsi-srtp would reckon with roll-over -1. */
    boolean takes(int sequence) {
        return index.of(sequence) != SendIndex.REFUSED;
    }

    SrtpErrorStatus protect(int sequence, ByteArrayBuffer packet) throws GeneralSecurityException {
        long current = index.of(sequence);
        if (gcm && current == lastIndex) {
            forgetLastNonce();
        }
        SrtpErrorStatus status = transformPacket(packet);
        lastIndex = current;
        index.advance(current);
        return status;
    }

    /**
     * The JDK refuses the nonce of the packet just encrypted. A resend of that packet has the same
     * bytes, so it is no misuse. Under the nonce set here, whose first byte no packet has, nothing is
     * encrypted.
     */
    private void forgetLastNonce() throws GeneralSecurityException {
        System.arraycopy(saltKey, 0, ivStore, 0, ivStore.length);
        ivStore[0] ^= (byte) 0xFF;
        cipher.setIV(ivStore, Cipher.ENCRYPT_MODE);
    }
}
