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
    private final int rollOver;

    /**
     * The policy has jitsi-srtp's own replay check switched off.
     *
     * @param rollOver the roll-over counter that the first packet belongs to
     */
    ReceiveRtp(byte[] key, byte[] salt, SrtpPolicy policy, int rollOver)
            throws GeneralSecurityException {
        super(false, 0, rollOver, key, salt, policy, JitsiSrtpContext.SILENT);
        this.rollOver = rollOver;
    }

    /** Whether it can begin with a packet of that roll-over counter. */
    boolean beginsWith(int wantedRollOver) {
        return rollOver == wantedRollOver;
    }

    /** Before the first packet: takes nothing up to {@code highest}, -1 if everything. */
    void beginAfter(long highest) {
        window.restart(highest);
    }

    /** The highest index accepted. */
    long highest() {
        return window.highest();
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
