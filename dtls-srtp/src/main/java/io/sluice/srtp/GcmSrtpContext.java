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

    // Straight in the context: each step to another object is a line of memory for each packet.
    private final Stream sendRtp;
    private final Stream sendRtcp;
    private final Stream receiveRtp;
    private final Stream receiveRtcp;
    private final NativeScratch scratch;

    GcmSrtpContext(SrtpKeys keys, SrtpConfig config, SrtpScratch scratch) {
        super(keys, config);
        this.scratch = scratch.offHeap();
        try (Arena secrets = Arena.ofConfined();
                SrtpKeyDerivation send =
                        new SrtpKeyDerivation(secrets, keys.sendKey(), keys.sendSalt());
                SrtpKeyDerivation receive =
                        new SrtpKeyDerivation(secrets, keys.receiveKey(), keys.receiveSalt())) {
            sendRtp = stream(send, SrtpKeyDerivation.RTP_KEY, true);
            sendRtcp = stream(send, SrtpKeyDerivation.RTCP_KEY, true);
            receiveRtp = stream(receive, SrtpKeyDerivation.RTP_KEY, false);
            receiveRtcp = stream(receive, SrtpKeyDerivation.RTCP_KEY, false);
        }
    }

    private Stream stream(SrtpKeyDerivation keys, int label, boolean encrypts) {
        int saltLabel = label + SrtpKeyDerivation.RTP_SALT - SrtpKeyDerivation.RTP_KEY;
        MemorySegment salt = keys.derive(saltLabel, profile().saltBytes());
        MemorySegment key = keys.derive(label, profile().keyBytes());
        long cipher = LibCrypto.cipher(LibCrypto.aesGcm(profile().keyBytes()), key, encrypts);
        key.fill((byte) 0);
        return new Stream(cipher, salt.get(INT, 0), salt.get(INT, 4), salt.get(INT, 8));
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
                begin(sendRtp, ssrc, index)
                        && authenticate(sendRtp, packet, headerBytes)
                        && crypt(sendRtp, prefix, prefix, prefixBytes)
                        && crypt(sendRtp, rest, payload, payloadBytes)
                        && seal(sendRtp, rest + payloadBytes);
        return sealed ? 0 : SrtpError.CIPHER.code();
    }

    @Override
    int openRtp(long packet, int headerBytes, int plainBytes, int ssrc, long index) {
        long payload = packet + headerBytes;
        if (!begin(receiveRtp, ssrc, index)
                || !authenticate(receiveRtp, packet, headerBytes)
                || !crypt(receiveRtp, payload, payload, plainBytes - headerBytes)) {
            return SrtpError.CIPHER.code();
        }
        return open(receiveRtp, packet + plainBytes);
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
                begin(sendRtcp, ssrc, index)
                        && authenticate(sendRtcp, packet, RtpHeader.RTCP_HEADER_BYTES)
                        && authenticate(sendRtcp, scratch.word(), RTCP_INDEX_BYTES)
                        && crypt(sendRtcp, payload, payload, payloadBytes)
                        && seal(sendRtcp, packet + length);
        NativeScratch.put32(packet + length + TAG_BYTES, index | ENCRYPTED_FLAG);
        return sealed ? 0 : SrtpError.CIPHER.code();
    }

    @Override
    int openRtcp(long packet, int plainBytes, int ssrc, int index) {
        long payload = packet + RtpHeader.RTCP_HEADER_BYTES;
        scratch.word(index | ENCRYPTED_FLAG);
        if (!begin(receiveRtcp, ssrc, index)
                || !authenticate(receiveRtcp, packet, RtpHeader.RTCP_HEADER_BYTES)
                || !authenticate(receiveRtcp, scratch.word(), RTCP_INDEX_BYTES)
                || !crypt(
                        receiveRtcp, payload, payload, plainBytes - RtpHeader.RTCP_HEADER_BYTES)) {
            return SrtpError.CIPHER.code();
        }
        return open(receiveRtcp, packet + plainBytes);
    }

    @Override
    int rtcpIndexOffset(int length) {
        return length - RTCP_INDEX_BYTES;
    }

    @Override
    void freeCiphers() {
        LibCrypto.free(sendRtp.cipher);
        LibCrypto.free(sendRtcp.cipher);
        LibCrypto.free(receiveRtp.cipher);
        LibCrypto.free(receiveRtcp.cipher);
    }
}
