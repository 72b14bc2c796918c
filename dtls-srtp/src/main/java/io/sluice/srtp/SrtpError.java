package io.sluice.srtp;

/** Why {@link SrtpContext} refused a packet. */
public enum SrtpError {
    /** Too short, or its header claims more than there is. */
    MALFORMED,
    /** The tag is wrong. */
    AUTHENTICATION,
    /** Seen before. */
    REPLAYED,
    /** Older than the replay window, or when sending than any resend. */
    TOO_OLD,
    /** More SSRCs than the transport may use. */
    TOO_MANY_SSRCS,
    /** The cipher itself failed: a defect or a key that is worn out. */
    CIPHER;

    private static final SrtpError[] VALUES = values();

    /** The negative number that stands for this error where a length is returned. */
    public int code() {
        return -1 - ordinal();
    }

    /** The error behind a negative return value. */
    public static SrtpError of(int code) {
        return VALUES[-1 - code];
    }
}
