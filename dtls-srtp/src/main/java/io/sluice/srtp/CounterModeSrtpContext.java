package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * AES in counter mode with HMAC-SHA1 (RFC 3711 4.1.1, 4.2.1) on libcrypto.
 *
 * <p>Owned by the transport's loop, which opens and closes it.
 */
final class CounterModeSrtpContext extends NativeSrtpContext {

    private static final int TAG_BYTES = 10;
    private static final int HMAC_KEY_BYTES = 20;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final Stream sendRtp;
    private final Stream sendRtcp;
    private final Stream receiveRtp;
    private final Stream receiveRtcp;
    private final NativeScratch scratch;

    /** A keyed cipher, its salt in two words, and the keyed state of its HMAC. */
    private record Stream(long cipher, long saltHigh, long saltLow, HmacSha1 hmac) {}

    CounterModeSrtpContext(SrtpKeys keys, SrtpConfig config, SrtpScratch scratch) {
        super(keys, config);
        this.scratch = scratch.offHeap();
        try (Arena secrets = Arena.ofConfined();
                SrtpKeyDerivation send =
                        new SrtpKeyDerivation(secrets, keys.sendKey(), keys.sendSalt());
                SrtpKeyDerivation receive =
                        new SrtpKeyDerivation(secrets, keys.receiveKey(), keys.receiveSalt())) {
            sendRtp = stream(send, SrtpKeyDerivation.RTP_KEY);
            sendRtcp = stream(send, SrtpKeyDerivation.RTCP_KEY);
            receiveRtp = stream(receive, SrtpKeyDerivation.RTP_KEY);
            receiveRtcp = stream(receive, SrtpKeyDerivation.RTCP_KEY);
        }
    }

    private Stream stream(SrtpKeyDerivation keys, int label) {
        int keyBytes = profile().keyBytes();
        MemorySegment key = keys.derive(label, keyBytes);
        MemorySegment hmacKey =
                keys.derive(
                        label + SrtpKeyDerivation.RTP_AUTHENTICATION - SrtpKeyDerivation.RTP_KEY,
                        HMAC_KEY_BYTES);
        // Two bytes more than the salt has: they are the block counter's place.
        MemorySegment salt =
                keys.derive(
                        label + SrtpKeyDerivation.RTP_SALT - SrtpKeyDerivation.RTP_KEY,
                        2 * Long.BYTES);
        Stream stream =
                new Stream(
                        LibCrypto.cipher(LibCrypto.aesCtr(keyBytes), key, true),
                        salt.get(LONG, 0),
                        salt.get(LONG, Long.BYTES) & ~0xFFFFL,
                        new HmacSha1(arena, hmacKey));
        key.fill((byte) 0);
        hmacKey.fill((byte) 0);
        return stream;
    }

    /** RFC 3711 4.1.1: SSRC and 48 bits of packet index under the salt, then the block counter. */
    private boolean begin(Stream stream, int ssrc, long index) {
        scratch.iv8(0, stream.saltHigh ^ Integer.toUnsignedLong(ssrc));
        scratch.iv8(Long.BYTES, stream.saltLow ^ index << 16);
        return LibCrypto.begin(stream.cipher, scratch.iv());
    }

    private boolean crypt(Stream stream, long out, long in, int length) {
        return length == 0 || LibCrypto.update(stream.cipher, out, scratch.length(), in, length);
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
        if (!begin(sendRtp, ssrc, index)
                || !crypt(sendRtp, prefix, prefix, prefixBytes)
                || !crypt(sendRtp, rest, payload, payloadBytes)) {
            return SrtpError.CIPHER.code();
        }
        int length = headerBytes + prefixBytes + payloadBytes;
        if (!digestRtp(sendRtp, packet, length, index)) {
            return SrtpError.CIPHER.code();
        }
        scratch.copyDigest(packet + length, TAG_BYTES);
        return 0;
    }

    /** RFC 3711 4.2: the roll-over counter is authenticated, not sent. */
    private boolean digestRtp(Stream stream, long packet, int length, long index) {
        scratch.word((int) (index >>> 16));
        return stream.hmac.digest(scratch, packet, length, Integer.BYTES);
    }

    @Override
    int openRtp(long packet, int headerBytes, int plainBytes, int ssrc, long index) {
        if (!digestRtp(receiveRtp, packet, plainBytes, index)) {
            return SrtpError.CIPHER.code();
        }
        if (!scratch.matchesDigest(packet + plainBytes, TAG_BYTES)) {
            return SrtpError.AUTHENTICATION.code();
        }
        long payload = packet + headerBytes;
        boolean opened =
                begin(receiveRtp, ssrc, index)
                        && crypt(receiveRtp, payload, payload, plainBytes - headerBytes);
        return opened ? 0 : SrtpError.CIPHER.code();
    }

    @Override
    int sealRtcp(long packet, int length, int ssrc, int index) {
        long payload = packet + RtpHeader.RTCP_HEADER_BYTES;
        if (!begin(sendRtcp, ssrc, index)
                || !crypt(sendRtcp, payload, payload, length - RtpHeader.RTCP_HEADER_BYTES)) {
            return SrtpError.CIPHER.code();
        }
        NativeScratch.put32(packet + length, index | ENCRYPTED_FLAG);
        int authenticatedBytes = length + RTCP_INDEX_BYTES;
        if (!sendRtcp.hmac.digest(scratch, packet, authenticatedBytes, 0)) {
            return SrtpError.CIPHER.code();
        }
        scratch.copyDigest(packet + authenticatedBytes, TAG_BYTES);
        return 0;
    }

    @Override
    int openRtcp(long packet, int plainBytes, int ssrc, int index) {
        int authenticatedBytes = plainBytes + RTCP_INDEX_BYTES;
        if (!receiveRtcp.hmac.digest(scratch, packet, authenticatedBytes, 0)) {
            return SrtpError.CIPHER.code();
        }
        if (!scratch.matchesDigest(packet + authenticatedBytes, TAG_BYTES)) {
            return SrtpError.AUTHENTICATION.code();
        }
        long payload = packet + RtpHeader.RTCP_HEADER_BYTES;
        boolean opened =
                begin(receiveRtcp, ssrc, index)
                        && crypt(
                                receiveRtcp,
                                payload,
                                payload,
                                plainBytes - RtpHeader.RTCP_HEADER_BYTES);
        return opened ? 0 : SrtpError.CIPHER.code();
    }

    @Override
    int rtcpIndexOffset(int length) {
        return length - TAG_BYTES - RTCP_INDEX_BYTES;
    }

    @Override
    void freeCiphers() {
        LibCrypto.free(sendRtp.cipher);
        LibCrypto.free(sendRtcp.cipher);
        LibCrypto.free(receiveRtp.cipher);
        LibCrypto.free(receiveRtcp.cipher);
        arena.close();
    }
}
