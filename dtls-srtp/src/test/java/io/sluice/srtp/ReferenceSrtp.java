package io.sluice.srtp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** SRTP once more, plainly after the text of RFC 3711 and RFC 7714, to compare with. */
final class ReferenceSrtp {

    static final int RTP_KEY = 0;
    static final int RTP_AUTHENTICATION = 1;
    static final int RTP_SALT = 2;
    static final int RTCP_KEY = 3;
    static final int RTCP_AUTHENTICATION = 4;
    static final int RTCP_SALT = 5;

    private ReferenceSrtp() {}

    /** RFC 3711 4.3.3 with a key derivation rate of 0. */
    static byte[] derive(byte[] key, byte[] salt, int label, int bytes)
            throws GeneralSecurityException {
        byte[] iv = Arrays.copyOf(salt, 16);
        iv[7] ^= (byte) label;
        return counterMode(key, iv, new byte[bytes]);
    }

    static byte[] protectRtp(SrtpProfile profile, byte[] key, byte[] salt, byte[] packet, int roc)
            throws GeneralSecurityException {
        byte[] sessionKey = derive(key, salt, RTP_KEY, profile.keyBytes());
        byte[] sessionSalt = derive(key, salt, RTP_SALT, profile.saltBytes());
        if (profile != SrtpProfile.AES128_CM_SHA1_80) {
            return rtpGcm(sessionKey, sessionSalt, packet, roc);
        }
        ByteBuffer iv = ByteBuffer.allocate(16);
        iv.put(4, packet, 8, 4).putInt(8, roc).put(12, packet, 2, 2);
        byte[] payload =
                counterMode(
                        sessionKey,
                        xor(sessionSalt, iv.array()),
                        Arrays.copyOfRange(packet, headerBytes(packet), packet.length));
        byte[] encrypted = join(Arrays.copyOf(packet, headerBytes(packet)), payload);
        byte[] tag =
                sha1Tag(
                        derive(key, salt, RTP_AUTHENTICATION, 20),
                        join(encrypted, ByteBuffer.allocate(4).putInt(roc).array()));
        return join(encrypted, tag);
    }

    static byte[] protectRtcp(
            SrtpProfile profile, byte[] key, byte[] salt, byte[] packet, int index)
            throws GeneralSecurityException {
        byte[] sessionKey = derive(key, salt, RTCP_KEY, profile.keyBytes());
        byte[] sessionSalt = derive(key, salt, RTCP_SALT, profile.saltBytes());
        if (profile != SrtpProfile.AES128_CM_SHA1_80) {
            return rtcpGcm(sessionKey, sessionSalt, packet, index);
        }
        ByteBuffer iv = ByteBuffer.allocate(16);
        iv.put(4, packet, 4, 4).putInt(10, index);
        byte[] payload =
                counterMode(
                        sessionKey,
                        xor(sessionSalt, iv.array()),
                        Arrays.copyOfRange(packet, 8, packet.length));
        byte[] encrypted = join(Arrays.copyOf(packet, 8), payload, flagged(index));
        return join(encrypted, sha1Tag(derive(key, salt, RTCP_AUTHENTICATION, 20), encrypted));
    }

    /** RFC 7714 8.1 with the session's key and salt. */
    static byte[] rtpGcm(byte[] key, byte[] salt, byte[] packet, int roc)
            throws GeneralSecurityException {
        ByteBuffer iv = ByteBuffer.allocate(12);
        iv.put(2, packet, 8, 4).putInt(6, roc).put(10, packet, 2, 2);
        byte[] header = Arrays.copyOf(packet, headerBytes(packet));
        byte[] payload = Arrays.copyOfRange(packet, headerBytes(packet), packet.length);
        return join(header, gcm(key, xor(salt, iv.array()), header, payload));
    }

    /** RFC 7714 9.1 with the session's key and salt. */
    static byte[] rtcpGcm(byte[] key, byte[] salt, byte[] packet, int index)
            throws GeneralSecurityException {
        ByteBuffer iv = ByteBuffer.allocate(12);
        iv.put(2, packet, 4, 4).putInt(8, index);
        byte[] header = Arrays.copyOf(packet, 8);
        byte[] payload = Arrays.copyOfRange(packet, 8, packet.length);
        byte[] additional = join(header, flagged(index));
        return join(header, gcm(key, xor(salt, iv.array()), additional, payload), flagged(index));
    }

    private static int headerBytes(byte[] packet) {
        int size = 12 + (packet[0] & 0x0F) * 4;
        if ((packet[0] & 0x10) == 0) {
            return size;
        }
        return size + 4 + (ByteBuffer.wrap(packet).getShort(size + 2) & 0xFFFF) * 4;
    }

    private static byte[] flagged(int index) {
        return ByteBuffer.allocate(4).putInt(index | 0x80000000).array();
    }

    private static byte[] gcm(byte[] key, byte[] iv, byte[] additional, byte[] plain)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
        cipher.updateAAD(additional);
        return cipher.doFinal(plain);
    }

    private static byte[] counterMode(byte[] key, byte[] iv, byte[] plain)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return cipher.doFinal(plain);
    }

    private static byte[] sha1Tag(byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(key, "HmacSHA1"));
        return Arrays.copyOf(mac.doFinal(data), 10);
    }

    private static byte[] xor(byte[] salt, byte[] iv) {
        byte[] result = iv.clone();
        for (int i = 0; i < salt.length; i++) {
            result[i] ^= salt[i];
        }
        return result;
    }

    private static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }
}
