package io.sluice.srtp;

import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * {@link SrtpContext} on libcrypto: packets are protected and restored where they lie, and nothing is
 * allocated for one.
 *
 * <p>One key per direction and protocol serves all SSRCs (RFC 3711 4.3: the SSRC is in the
 * initialization vector). Owned by the transport's loop, like the scratch it shares with the loop's
 * other contexts.
 */
abstract class NativeSrtpContext implements SrtpContext {

    static final int RTCP_INDEX_BYTES = 4;

    /** RFC 3711 3.4: the E flag before the index. */
    static final int ENCRYPTED_FLAG = 0x8000_0000;

    private final SrtpProfile profile;
    private final SrtpConfig config;
    private final SsrcMap<SendIndex> sendRtp;
    // Of the packet before: what leaves for one viewer together is mostly of one SSRC.
    private @Nullable SendIndex lastSent;
    private int lastSentSsrc;
    private final SsrcMap<RtcpIndex> sendRtcp;
    private final SsrcMap<ReplayWindow> receiveRtp;
    private final SsrcMap<ReplayWindow> receiveRtcp;
    private final ForgottenSsrcs forgottenRtp = new ForgottenSsrcs();
    private final ForgottenSsrcs forgottenRtcp = new ForgottenSsrcs();
    // For the next unknown SSRC; a forged packet leaves it for the one after.
    private @Nullable ReplayWindow spareRtp;
    private @Nullable ReplayWindow spareRtcp;
    private boolean closed;

    /** How many RTCP packets of one SSRC have been sent. */
    private static final class RtcpIndex {
        private long next;
    }

    NativeSrtpContext(SrtpKeys keys, SrtpConfig config) {
        profile = keys.profile();
        keys.requireSizes();
        this.config = config;
        sendRtp = new SsrcMap<>(config.maxSendSsrcs());
        sendRtcp = new SsrcMap<>(config.maxSendSsrcs());
        receiveRtp = new SsrcMap<>(config.maxReceiveSsrcs());
        receiveRtcp = new SsrcMap<>(config.maxReceiveSsrcs());
    }

    static NativeSrtpContext open(SrtpKeys keys, SrtpConfig config, SrtpScratch scratch) {
        return switch (keys.profile()) {
            case AEAD_AES_128_GCM, AEAD_AES_256_GCM -> new GcmSrtpContext(keys, config, scratch);
            case AES128_CM_SHA1_80 -> new CounterModeSrtpContext(keys, config, scratch);
        };
    }

    /** {@link #protectRtp} of a packet that has passed all checks; pointers, and 0 or an error code. */
    abstract int sealRtp(
            long packet,
            int headerBytes,
            int prefixBytes,
            long payload,
            int payloadBytes,
            int ssrc,
            long index);

    /** {@link #unprotectRtp} of a packet that has passed all checks; 0 or an error code. */
    abstract int openRtp(long packet, int headerBytes, int plainBytes, int ssrc, long index);

    /** Writes index and tag behind the packet; 0 or an error code. */
    abstract int sealRtcp(long packet, int length, int ssrc, int index);

    abstract int openRtcp(long packet, int plainBytes, int ssrc, int index);

    /** Where the E flag and the index stand in a packet of {@code length} protected bytes. */
    abstract int rtcpIndexOffset(int length);

    abstract void freeCiphers();

    @Override
    public SrtpProfile profile() {
        return profile;
    }

    /** How many SSRCs are held: for tests of the bounds. */
    final int receiveSsrcs() {
        return receiveRtp.size() + receiveRtcp.size();
    }

    @Override
    public final int unprotectRtp(MemorySegment memory, long offset, int length) {
        if (!RtpHeader.isReceivable(memory, offset, length)) {
            return SrtpError.MALFORMED.code();
        }
        int plainBytes = length - profile.rtpTagBytes();
        int header = RtpHeader.sizeBytes(memory, offset, plainBytes);
        if (header == RtpHeader.MALFORMED) {
            return SrtpError.MALFORMED.code();
        }
        if (closed) {
            return SrtpError.CIPHER.code();
        }
        int ssrc = RtpHeader.ssrc(memory, offset);
        ReplayWindow known = receiveRtp.find(ssrc);
        if (known == null && receiveRtp.isFull()) {
            return SrtpError.TOO_MANY_SSRCS.code();
        }
        ReplayWindow window = known == null ? spareRtp(ssrc) : known;
        long index = window.index(RtpHeader.sequence(memory, offset));
        int refused = refusal(window, index);
        if (refused == 0) {
            refused = openRtp(pointer(memory, offset), header, plainBytes, ssrc, index);
        }
        if (refused != 0) {
            return refused;
        }
        // Only now: a forged packet must not move the window.
        window.accept(index);
        if (known == null) {
            receiveRtp.add(ssrc, window);
            spareRtp = null;
        }
        return plainBytes;
    }

    @Override
    public final int unprotectRtcp(MemorySegment memory, long offset, int length) {
        int plainBytes = length - RTCP_INDEX_BYTES - profile.rtcpTagBytes();
        if (!RtpHeader.isReceivable(memory, offset, length)
                || !RtpHeader.isRtcp(memory, offset, plainBytes)) {
            return SrtpError.MALFORMED.code();
        }
        int flaggedIndex = RtpHeader.word(memory, offset + rtcpIndexOffset(length));
        if (flaggedIndex >= 0) {
            // No WebRTC client sends RTCP in clear.
            return SrtpError.MALFORMED.code();
        }
        if (closed) {
            return SrtpError.CIPHER.code();
        }
        int ssrc = RtpHeader.rtcpSsrc(memory, offset);
        ReplayWindow known = receiveRtcp.find(ssrc);
        if (known == null && receiveRtcp.isFull()) {
            return SrtpError.TOO_MANY_SSRCS.code();
        }
        ReplayWindow window = known == null ? spareRtcp(ssrc) : known;
        int index = flaggedIndex & ~ENCRYPTED_FLAG;
        int refused = refusal(window, index);
        if (refused == 0) {
            refused = openRtcp(pointer(memory, offset), plainBytes, ssrc, index);
        }
        if (refused != 0) {
            return refused;
        }
        window.accept(index);
        if (known == null) {
            receiveRtcp.add(ssrc, window);
            spareRtcp = null;
        }
        return plainBytes;
    }

    private static int refusal(ReplayWindow window, long index) {
        if (window.isTooOld(index)) {
            return SrtpError.TOO_OLD.code();
        }
        return window.isReplay(index) ? SrtpError.REPLAYED.code() : 0;
    }

    @Override
    public final int protectRtp(
            MemorySegment out,
            long outOffset,
            int headerBytes,
            int prefixBytes,
            MemorySegment payload,
            long payloadOffset,
            int payloadBytes) {
        int protectedBytes = headerBytes + prefixBytes + payloadBytes + profile.rtpTagBytes();
        // The segments hold many slots: what lies beyond one would be in the next packet.
        if (!RtpHeader.isSendable(out, outOffset, headerBytes, prefixBytes, payloadBytes)
                || protectedBytes > SrtpScratch.MAX_PACKET_BYTES
                || protectedBytes > out.byteSize() - outOffset
                || payloadBytes > payload.byteSize() - payloadOffset) {
            return SrtpError.MALFORMED.code();
        }
        if (closed) {
            return SrtpError.CIPHER.code();
        }
        int ssrc = RtpHeader.ssrc(out, outOffset);
        SendIndex sent = sendRtp(ssrc);
        if (sent == null) {
            return SrtpError.TOO_MANY_SSRCS.code();
        }
        long index = sent.of(RtpHeader.sequence(out, outOffset));
        if (index == SendIndex.REFUSED) {
            return SrtpError.TOO_OLD.code();
        }
        sent.advance(index);
        int failed =
                sealRtp(
                        pointer(out, outOffset),
                        headerBytes,
                        prefixBytes,
                        pointer(payload, payloadOffset),
                        payloadBytes,
                        ssrc,
                        index);
        return failed == 0 ? protectedBytes : failed;
    }

    @Override
    public final int protectRtcp(MemorySegment memory, long offset, int length) {
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
        int ssrc = RtpHeader.rtcpSsrc(memory, offset);
        RtcpIndex sent = sendRtcp(ssrc);
        if (sent == null) {
            return SrtpError.TOO_MANY_SSRCS.code();
        }
        if (sent.next >= config.maxRtcpPackets()) {
            return SrtpError.CIPHER.code();
        }
        int failed = sealRtcp(pointer(memory, offset), length, ssrc, (int) sent.next++);
        return failed == 0 ? protectedBytes : failed;
    }

    @Override
    public final void retainReceived(IntPredicate wanted) {
        receiveRtp.removeIf((ssrc, window) ->
                !wanted.test(ssrc) && forgottenRtp.remember(ssrc, window.highest()));
        receiveRtcp.removeIf((ssrc, window) ->
                !wanted.test(ssrc) && forgottenRtcp.remember(ssrc, window.highest()));
    }

    @Override
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        lastSent = null;
        freeCiphers();
        sendRtp.clear();
        sendRtcp.clear();
        receiveRtp.clear();
        receiveRtcp.clear();
        forgottenRtp.clear();
        forgottenRtcp.clear();
    }

    /** An array on the heap has no address that libcrypto could use. */
    private static long pointer(MemorySegment memory, long offset) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("packets lie off the heap");
        }
        return memory.address() + offset;
    }

    private ReplayWindow spareRtp(int ssrc) {
        ReplayWindow spare = spareRtp;
        if (spare == null) {
            spare = new ReplayWindow();
            spareRtp = spare;
        }
        spare.restart(forgottenRtp.highest(ssrc));
        return spare;
    }

    private ReplayWindow spareRtcp(int ssrc) {
        ReplayWindow spare = spareRtcp;
        if (spare == null) {
            spare = new ReplayWindow();
            spareRtcp = spare;
        }
        spare.restart(forgottenRtcp.highest(ssrc));
        return spare;
    }

    /** Null: too many. */
    private @Nullable SendIndex sendRtp(int ssrc) {
        if (lastSent != null && lastSentSsrc == ssrc) {
            return lastSent;
        }
        SendIndex index = sendRtp.find(ssrc);
        if (index == null && !sendRtp.isFull()) {
            index = new SendIndex();
            sendRtp.add(ssrc, index);
        }
        lastSent = index;
        lastSentSsrc = ssrc;
        return index;
    }

    /** Null: too many. */
    private @Nullable RtcpIndex sendRtcp(int ssrc) {
        RtcpIndex index = sendRtcp.find(ssrc);
        if (index == null && !sendRtcp.isFull()) {
            index = new RtcpIndex();
            sendRtcp.add(ssrc, index);
        }
        return index;
    }
}
