package io.sluice.srtp;

/** The SRTP protection profiles we negotiate (RFC 5764 4.1.2, RFC 7714 14.2), best first. */
public enum SrtpProfile {
    AEAD_AES_128_GCM(0x0007, 16, 12, 16, 16),
    AEAD_AES_256_GCM(0x0008, 32, 12, 16, 16),
    AES128_CM_SHA1_80(0x0001, 16, 14, 10, 10);

    private final int code;
    private final int keyBytes;
    private final int saltBytes;
    private final int rtpTagBytes;
    private final int rtcpTagBytes;

    SrtpProfile(int code, int keyBytes, int saltBytes, int rtpTagBytes, int rtcpTagBytes) {
        this.code = code;
        this.keyBytes = keyBytes;
        this.saltBytes = saltBytes;
        this.rtpTagBytes = rtpTagBytes;
        this.rtcpTagBytes = rtcpTagBytes;
    }

    /** The number in the use_srtp extension. */
    public int code() {
        return code;
    }

    public int keyBytes() {
        return keyBytes;
    }

    public int saltBytes() {
        return saltBytes;
    }

    /** What protecting an RTP packet adds. */
    public int rtpTagBytes() {
        return rtpTagBytes;
    }

    /** The authentication tag of an RTCP packet; four bytes of index come on top. */
    public int rtcpTagBytes() {
        return rtcpTagBytes;
    }
}
