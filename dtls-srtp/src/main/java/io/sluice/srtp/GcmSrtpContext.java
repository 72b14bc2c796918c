package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * AES-GCM (RFC 7714) on libcrypto.
 *
 * <p>Owned by the transport's loop, which opens and closes it.
 */
final class GcmSrtpContext extends NativeSrtpContext {

    private static final int TAG_BYTES = 16;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Direction send;
    private final Direction receive;
    private final NativeScratch scratch;

    GcmSrtpContext(SrtpKeys keys, SrtpConfig config, SrtpScratch scratch) {
        super(keys, config);
        this.scratch = scratch.offHeap();
        send = new Direction(keys.profile(), keys.sendKey(), keys.sendSalt(), true);
        receive = new Direction(keys.profile(), keys.receiveKey(), keys.receiveSalt(), false);
    }

    /** The ciphers of what we send, or of what we receive. */
    private static final class Direction {
        private final Stream rtp;
        private final Stream rtcp;

        private Direction(SrtpProfile profile, byte[] key, byte[] salt, boolean encrypts) {
            try (Arena arena = Arena.ofConfined();
                    SrtpKeyDerivation keys = new SrtpKeyDerivation(arena, key, salt)) {
                rtp = stream(profile, keys, SrtpKeyDerivation.RTP_KEY, encrypts);
                rtcp = stream(profile, keys, SrtpKeyDerivation.RTCP_KEY, encrypts);
            }
        }

        private static Stream stream(
                SrtpProfile profile, SrtpKeyDerivation keys, int label, boolean encrypts) {
            int saltLabel = label + SrtpKeyDerivation.RTP_SALT - SrtpKeyDerivation.RTP_KEY;
            MemorySegment salt = keys.derive(saltLabel, profile.saltBytes());
            MemorySegment key = keys.derive(label, profile.keyBytes());
            long cipher = LibCrypto.cipher(LibCrypto.aesGcm(profile.keyBytes()), key, encrypts);
            key.fill((byte) 0);
            return new Stream(cipher, salt.get(INT, 0), salt.get(INT, 4), salt.get(INT, 8));
        }
    }

    /** A keyed cipher, and its salt in three words. */
    private record Stream(long cipher, int salt0, int salt1, int salt2) {}

    /**
     * RFC 7714 8.1 and 9.1: two zero bytes, SSRC, and 48 bits of packet index, which for RTCP is its
     * shorter index behind zeros; all under the salt.
     */
    private boolean begin(Stream stream, int ssrc, long index) {
        scratch.iv(0, stream.salt0 ^ ssrc >>> 16);
        scratch.iv(4, stream.salt1 ^ (ssrc << 16 | (int) (index >>> 32)));
        scratch.iv(8, stream.salt2 ^ (int) index);
        return LibCrypto.begin(stream.cipher, scratch.iv());
    }

    private boolean authenticate(Stream stream, long data, int length) {
        return LibCrypto.update(stream.cipher, 0, scratch.length(), data, length);
    }

    private boolean crypt(Stream stream, long out, long in, int length) {
        return length == 0 || LibCrypto.update(stream.cipher, out, scratch.length(), in, length);
    }

    private boolean seal(Stream stream, long tag) {
        return LibCrypto.end(stream.cipher, tag, scratch.length())
                && LibCrypto.readTag(stream.cipher, tag, TAG_BYTES);
    }

    @Override
    int sealRtp(
            long packet,
            int headerBytes,
            int prefixBytes,
            long payload,
            int payloadBytes,
            int ssrc,
            long index) {
        long prefix = packet + headerBytes;
        long rest = prefix + prefixBytes;
        boolean sealed =
                begin(send.rtp, ssrc, index)
                        && authenticate(send.rtp, packet, headerBytes)
                        && crypt(send.rtp, prefix, prefix, prefixBytes)
                        && crypt(send.rtp, rest, payload, payloadBytes)
                        && seal(send.rtp, rest + payloadBytes);
        return sealed ? 0 : SrtpError.CIPHER.code();
    }

    @Override
    int openRtp(long packet, int headerBytes, int plainBytes, int ssrc, long index) {
        long payload = packet + headerBytes;
        if (!begin(receive.rtp, ssrc, index)
                || !authenticate(receive.rtp, packet, headerBytes)
                || !crypt(receive.rtp, payload, payload, plainBytes - headerBytes)) {
            return SrtpError.CIPHER.code();
        }
        return open(receive.rtp, packet + plainBytes);
    }

    private int open(Stream stream, long tag) {
        if (!LibCrypto.expectTag(stream.cipher, tag, TAG_BYTES)) {
            return SrtpError.CIPHER.code();
        }
        boolean authentic = LibCrypto.end(stream.cipher, tag, scratch.length());
        return authentic ? 0 : SrtpError.AUTHENTICATION.code();
    }

    @Override
    int sealRtcp(long packet, int length, int ssrc, int index) {
        long payload = packet + RtpHeader.RTCP_HEADER_BYTES;
        int payloadBytes = length - RtpHeader.RTCP_HEADER_BYTES;
        scratch.word(index | ENCRYPTED_FLAG);
        boolean sealed =
                begin(send.rtcp, ssrc, index)
                        && authenticate(send.rtcp, packet, RtpHeader.RTCP_HEADER_BYTES)
                        && authenticate(send.rtcp, scratch.word(), RTCP_INDEX_BYTES)
                        && crypt(send.rtcp, payload, payload, payloadBytes)
                        && seal(send.rtcp, packet + length);
        NativeScratch.put32(packet + length + TAG_BYTES, index | ENCRYPTED_FLAG);
        return sealed ? 0 : SrtpError.CIPHER.code();
    }

    @Override
    int openRtcp(long packet, int plainBytes, int ssrc, int index) {
        long payload = packet + RtpHeader.RTCP_HEADER_BYTES;
        scratch.word(index | ENCRYPTED_FLAG);
        if (!begin(receive.rtcp, ssrc, index)
                || !authenticate(receive.rtcp, packet, RtpHeader.RTCP_HEADER_BYTES)
                || !authenticate(receive.rtcp, scratch.word(), RTCP_INDEX_BYTES)
                || !crypt(
                        receive.rtcp, payload, payload, plainBytes - RtpHeader.RTCP_HEADER_BYTES)) {
            return SrtpError.CIPHER.code();
        }
        return open(receive.rtcp, packet + plainBytes);
    }

    @Override
    int rtcpIndexOffset(int length) {
        return length - RTCP_INDEX_BYTES;
    }

    @Override
    void freeCiphers() {
        LibCrypto.free(send.rtp.cipher);
        LibCrypto.free(send.rtcp.cipher);
        LibCrypto.free(receive.rtp.cipher);
        LibCrypto.free(receive.rtcp.cipher);
    }
}
