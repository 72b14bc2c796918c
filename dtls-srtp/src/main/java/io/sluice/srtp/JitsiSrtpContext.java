package io.sluice.srtp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.srtp.crypto.Aes;
import org.jitsi.utils.logging2.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@link SrtpContext} by jitsi-srtp, which works on heap arrays: the one place where packets are
 * copied.
 *
 * <p>Owned by the transport's loop, like the scratch it shares with the loop's other contexts.
 */
final class JitsiSrtpContext implements SrtpContext {

    static final Logger SILENT = new SilentLogger();

    /** Left alone, jitsi-srtp measures what there is for seconds, cold, and errs by a factor of ten. */
    private static final String JDK_AES = "org.jitsi.srtp.crypto.Aes$SunJCECipherFactory";

    static {
        Aes.setFactoryClassName(JDK_AES);
    }

    private static final int RTCP_INDEX_BYTES = 4;

    private final SrtpProfile profile;
    private final SrtpConfig config;
    private final PacketArray packet;
    private final SrtpPolicy rtpPolicy;
    private final SrtpPolicy rtcpPolicy;
    private final byte[] sendKey;
    private final byte[] sendSalt;
    private final byte[] receiveKey;
    private final byte[] receiveSalt;
    private final SsrcMap<SendRtp> sendRtp;
    private final SsrcMap<SendRtcp> sendRtcp;
    private final SsrcMap<ReceiveRtp> receiveRtp;
    private final SsrcMap<ReceiveRtcp> receiveRtcp;
    private final ForgottenSsrcs forgottenRtp = new ForgottenSsrcs();
    private final ForgottenSsrcs forgottenRtcp = new ForgottenSsrcs();
    // For the next unknown SSRC. It comes back here if the packet fails, so that forged packets
    // cost no key derivation each. jitsi-srtp's contexts take the SSRC from the packet.
    private @Nullable ReceiveRtp spareRtp;
    private @Nullable ReceiveRtcp spareRtcp;
    private boolean closed;

    JitsiSrtpContext(SrtpKeys keys, SrtpConfig config, SrtpScratch scratch) {
        this.config = config;
        profile = keys.profile();
        keys.requireSizes();
        packet = scratch.onHeap();
        rtpPolicy = policy(profile, profile.rtpTagBytes());
        // ReceiveRtp has a longer window.
        rtpPolicy.setReceiveReplayEnabled(false);
        rtcpPolicy = policy(profile, profile.rtcpTagBytes());
        sendKey = keys.sendKey().clone();
        sendSalt = keys.sendSalt().clone();
        receiveKey = keys.receiveKey().clone();
        receiveSalt = keys.receiveSalt().clone();
        sendRtp = new SsrcMap<>(config.maxSendSsrcs());
        sendRtcp = new SsrcMap<>(config.maxSendSsrcs());
        receiveRtp = new SsrcMap<>(config.maxReceiveSsrcs());
        receiveRtcp = new SsrcMap<>(config.maxReceiveSsrcs());
    }

    @Override
    public SrtpProfile profile() {
        return profile;
    }

    /** How many SSRCs are held: for tests of the bounds. */
    int receiveSsrcs() {
        return receiveRtp.size() + receiveRtcp.size();
    }

    @Override
    public int unprotectRtp(MemorySegment memory, long offset, int length) {
        if (!RtpHeader.isReceivable(memory, offset, length)) {
            return SrtpError.MALFORMED.code();
        }
        int header = RtpHeader.sizeBytes(memory, offset, length - profile.rtpTagBytes());
        if (header == RtpHeader.MALFORMED) {
            return SrtpError.MALFORMED.code();
        }
        int ssrc = RtpHeader.ssrc(memory, offset);
        ReceiveRtp known = receiveRtp.find(ssrc);
        if (known == null && receiveRtp.isFull()) {
            return SrtpError.TOO_MANY_SSRCS.code();
        }
        if (closed) {
            return SrtpError.CIPHER.code();
        }
        read(memory, offset, length);
        try {
            int sequence = RtpHeader.sequence(memory, offset);
            ReceiveRtp context = known == null ? spareRtp(ssrc, sequence) : known;
            SrtpErrorStatus status = context.unprotect(sequence, packet);
            if (status != SrtpErrorStatus.OK) {
                return error(status);
            }
            if (known == null) {
                receiveRtp.add(ssrc, context);
                spareRtp = null;
            }
        } catch (GeneralSecurityException e) {
            spareRtp = null;
            return SrtpError.CIPHER.code();
        }
        // The header is sent in clear.
        write(memory, offset, header);
        return packet.length();
    }

    @Override
    public int unprotectRtcp(MemorySegment memory, long offset, int length) {
        int indexOffset = length - RTCP_INDEX_BYTES;
        if (profile == SrtpProfile.AES128_CM_SHA1_80) {
            indexOffset -= profile.rtcpTagBytes();
        }
        int plainBytes = length - RTCP_INDEX_BYTES - profile.rtcpTagBytes();
        if (!RtpHeader.isReceivable(memory, offset, length)
                || !RtpHeader.isRtcp(memory, offset, plainBytes)
                // No WebRTC client sends RTCP in clear, and jitsi-srtp misreads it.
                || RtpHeader.word(memory, offset + indexOffset) >= 0) {
            return SrtpError.MALFORMED.code();
        }
        int index = RtpHeader.word(memory, offset + indexOffset) & Integer.MAX_VALUE;
        int ssrc = RtpHeader.rtcpSsrc(memory, offset);
        ReceiveRtcp known = receiveRtcp.find(ssrc);
        if (known == null && receiveRtcp.isFull()) {
            return SrtpError.TOO_MANY_SSRCS.code();
        }
        if (closed) {
            return SrtpError.CIPHER.code();
        }
        read(memory, offset, length);
        try {
            ReceiveRtcp context = known == null ? spareRtcp(ssrc) : known;
            SrtpErrorStatus status = context.unprotect(index, packet);
            if (status != SrtpErrorStatus.OK) {
                return error(status);
            }
            if (known == null) {
                receiveRtcp.add(ssrc, context);
                spareRtcp = null;
            }
        } catch (GeneralSecurityException e) {
            spareRtcp = null;
            return SrtpError.CIPHER.code();
        }
        write(memory, offset, RtpHeader.RTCP_HEADER_BYTES);
        return packet.length();
    }

    @Override
    public int protectRtp(
            MemorySegment out,
            long outOffset,
            int headerBytes,
            int prefixBytes,
            MemorySegment payload,
            long payloadOffset,
            int payloadBytes) {
        int written = headerBytes + prefixBytes;
        int length = written + payloadBytes;
        int protectedBytes = length + profile.rtpTagBytes();
        // The segment holds many slots: a tag beyond the slot would be in the next packet.
        if (!RtpHeader.isSendable(out, outOffset, headerBytes, prefixBytes, payloadBytes)
                || protectedBytes > SrtpScratch.MAX_PACKET_BYTES
                || protectedBytes > out.byteSize() - outOffset) {
            return SrtpError.MALFORMED.code();
        }
        if (closed) {
            return SrtpError.CIPHER.code();
        }
        int sequence = RtpHeader.sequence(out, outOffset);
        read(out, outOffset, written);
        MemorySegment.copy(
                payload,
                ValueLayout.JAVA_BYTE,
                payloadOffset,
                packet.bytes(),
                written,
                payloadBytes);
        packet.setLength(length);
        try {
            SendRtp context = sendRtp(RtpHeader.ssrc(out, outOffset));
            if (context == null) {
                return SrtpError.TOO_MANY_SSRCS.code();
            }
            if (!context.takes(sequence)) {
                return SrtpError.TOO_OLD.code();
            }
            SrtpErrorStatus status = context.protect(sequence, packet);
            // jitsi-srtp says OK when AES-GCM failed, and leaves the packet in clear.
            if (status != SrtpErrorStatus.OK || packet.length() != protectedBytes) {
                return SrtpError.CIPHER.code();
            }
        } catch (GeneralSecurityException e) {
            return SrtpError.CIPHER.code();
        }
        write(out, outOffset, headerBytes);
        return protectedBytes;
    }

    @Override
    public int protectRtcp(MemorySegment memory, long offset, int length) {
        int protectedBytes = length + profile.rtcpTagBytes() + RTCP_INDEX_BYTES;
        if (!RtpHeader.isRtcp(memory, offset, length)
                || length > SrtpScratch.MAX_PACKET_BYTES
                || protectedBytes > SrtpScratch.MAX_PACKET_BYTES
                || protectedBytes > memory.byteSize() - offset) {
            return SrtpError.MALFORMED.code();
        }
        if (closed) {
            return SrtpError.CIPHER.code();
        }
        read(memory, offset, length);
        try {
            SendRtcp context = sendRtcp(RtpHeader.rtcpSsrc(memory, offset));
            if (context == null) {
                return SrtpError.TOO_MANY_SSRCS.code();
            }
            if (!context.takeIndex(config.maxRtcpPackets())) {
                return SrtpError.CIPHER.code();
            }
            SrtpErrorStatus status = context.transformPacket(packet);
            if (status != SrtpErrorStatus.OK || packet.length() != protectedBytes) {
                return SrtpError.CIPHER.code();
            }
        } catch (GeneralSecurityException e) {
            return SrtpError.CIPHER.code();
        }
        write(memory, offset, RtpHeader.RTCP_HEADER_BYTES);
        return protectedBytes;
    }

    @Override
    public void retainReceived(IntPredicate wanted) {
        receiveRtp.removeIf((ssrc, context) ->
                !wanted.test(ssrc) && forgottenRtp.remember(ssrc, context.highest()));
        receiveRtcp.removeIf((ssrc, context) ->
                !wanted.test(ssrc) && forgottenRtcp.remember(ssrc, context.highest()));
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(sendKey, (byte) 0);
        Arrays.fill(receiveKey, (byte) 0);
        sendRtp.clear();
        sendRtcp.clear();
        receiveRtp.clear();
        receiveRtcp.clear();
        forgottenRtp.clear();
        forgottenRtcp.clear();
        spareRtp = null;
        spareRtcp = null;
    }

    private void read(MemorySegment memory, long offset, int length) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, packet.bytes(), 0, length);
        packet.setLength(length);
    }

    private void write(MemorySegment memory, long offset, int from) {
        MemorySegment.copy(
                packet.bytes(),
                from,
                memory,
                ValueLayout.JAVA_BYTE,
                offset + from,
                packet.length() - from);
    }

    private ReceiveRtp spareRtp(int ssrc, int sequence) throws GeneralSecurityException {
        long highest = forgottenRtp.highest(ssrc);
        int rollOver = (int) (Math.max(0, PacketIndex.of(sequence, highest)) >>> 16);
        ReceiveRtp spare = spareRtp;
        if (spare == null || !spare.beginsWith(rollOver)) {
            spare = new ReceiveRtp(receiveKey, receiveSalt, rtpPolicy, rollOver);
            spareRtp = spare;
        }
        spare.beginAfter(highest);
        return spare;
    }

    private ReceiveRtcp spareRtcp(int ssrc) throws GeneralSecurityException {
        ReceiveRtcp spare = spareRtcp;
        if (spare == null) {
            spare = new ReceiveRtcp(receiveKey, receiveSalt, rtcpPolicy);
            spareRtcp = spare;
        }
        spare.beginAfter(forgottenRtcp.highest(ssrc));
        return spare;
    }

    /** Null: too many. */
    private @Nullable SendRtp sendRtp(int ssrc) throws GeneralSecurityException {
        SendRtp context = sendRtp.find(ssrc);
        if (context == null && !sendRtp.isFull()) {
            context = new SendRtp(ssrc, sendKey, sendSalt, rtpPolicy);
            sendRtp.add(ssrc, context);
        }
        return context;
    }

    /** Null: too many. */
    private @Nullable SendRtcp sendRtcp(int ssrc) throws GeneralSecurityException {
        SendRtcp context = sendRtcp.find(ssrc);
        if (context == null && !sendRtcp.isFull()) {
            context = new SendRtcp(ssrc, sendKey, sendSalt, rtcpPolicy);
            sendRtcp.add(ssrc, context);
        }
        return context;
    }

    private static SrtpPolicy policy(SrtpProfile profile, int tagBytes) {
        SrtpPolicy policy =
                switch (profile) {
                    case AEAD_AES_128_GCM, AEAD_AES_256_GCM ->
                            new SrtpPolicy(
                                    SrtpPolicy.AESGCM_ENCRYPTION,
                                    profile.keyBytes(),
                                    SrtpPolicy.NULL_AUTHENTICATION,
                                    0,
                                    tagBytes,
                                    profile.saltBytes());
                    case AES128_CM_SHA1_80 ->
                            new SrtpPolicy(
                                    SrtpPolicy.AESCM_ENCRYPTION,
                                    profile.keyBytes(),
                                    SrtpPolicy.HMACSHA1_AUTHENTICATION,
                                    20,
                                    tagBytes,
                                    profile.saltBytes());
                };
        // A plain resend repeats an index, and its bytes.
        policy.setSendReplayEnabled(false);
        return policy;
    }

    private static int error(SrtpErrorStatus status) {
        return switch (status) {
            case AUTH_FAIL -> SrtpError.AUTHENTICATION.code();
            case REPLAY_FAIL -> SrtpError.REPLAYED.code();
            case REPLAY_OLD -> SrtpError.TOO_OLD.code();
            case INVALID_PACKET -> SrtpError.MALFORMED.code();
            case FAIL, OK -> SrtpError.CIPHER.code();
        };
    }
}
