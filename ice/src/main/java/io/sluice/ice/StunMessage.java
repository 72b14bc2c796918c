package io.sluice.ice;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What must be known of a STUN message (RFC 8489) before it is worth decoding: that it is well
 * formed, its kind, its transaction, and where the attributes lie that prove who sent it.
 *
 * <p>A flyweight; owned by one loop. Reading allocates nothing and never leaves the bytes given.
 */
final class StunMessage {
    static final int HEADER_BYTES = 20;
    static final int TRANSACTION_BYTES = 12;
    static final int TRANSACTION_OFFSET = 8;
    static final int LENGTH_OFFSET = 2;
    static final int ATTRIBUTE_HEADER_BYTES = 4;
    static final int INTEGRITY_BYTES = 20;
    static final int FINGERPRINT_XOR = 0x5354554e;

    static final int BINDING_REQUEST = 0x0001;
    static final int BINDING_INDICATION = 0x0011;
    static final int BINDING_SUCCESS = 0x0101;
    static final int BINDING_ERROR = 0x0111;

    private static final int COOKIE_OFFSET = 4;
    private static final int COOKIE = 0x2112a442;
    private static final int USERNAME = 0x0006;
    private static final int MESSAGE_INTEGRITY = 0x0008;
    private static final int PRIORITY = 0x0024;
    private static final int USE_CANDIDATE = 0x0025;
    private static final int FINGERPRINT = 0x8028;
    static final int ICE_CONTROLLED = 0x8029;
    static final int ICE_CONTROLLING = 0x802a;

    /** Whoever does not know an attribute below this must not go on as if it were not there (RFC 8489 14). */
    private static final int OPTIONAL = 0x8000;

    private static final int NONE = -1;

    /** The length of the ufrags we make; that of others never needs a look-up. */
    static final int UFRAG_BYTES = Long.BYTES;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private int type;
    private long transactionHigh;
    private int transactionLow;
    private boolean forOurUfrag;
    private long localUfrag;
    private int usernameOffset;
    private int usernameBytes;
    private int integrityOffset;
    private int fingerprintOffset;
    private int role;
    private boolean plain;
    private boolean useCandidate;
    private int priority;

    /** Reads a message; false if it is not a well-formed STUN message. */
    boolean read(MemorySegment memory, long offset, int length) {
        if (length < HEADER_BYTES
                || (length & 3) != 0
                || Short.toUnsignedInt(memory.get(SHORT, offset + LENGTH_OFFSET))
                        != length - HEADER_BYTES
                || memory.get(INT, offset + COOKIE_OFFSET) != COOKIE) {
            return false;
        }
        type = Short.toUnsignedInt(memory.get(SHORT, offset));
        transactionHigh = memory.get(LONG, offset + TRANSACTION_OFFSET);
        transactionLow = memory.get(INT, offset + TRANSACTION_OFFSET + Long.BYTES);
        forOurUfrag = false;
        localUfrag = 0;
        usernameOffset = NONE;
        usernameBytes = 0;
        role = NONE;
        plain = true;
        integrityOffset = NONE;
        fingerprintOffset = NONE;
        useCandidate = false;
        priority = 0;
        return (type & 0xc000) == 0 && readAttributes(memory, offset, length);
    }

    private boolean readAttributes(MemorySegment memory, long offset, int length) {
        int at = HEADER_BYTES;
        while (at < length) {
            // Nothing may follow FINGERPRINT (RFC 8489 14.7).
            if (fingerprintOffset != NONE) {
                return false;
            }
            int attribute = Short.toUnsignedInt(memory.get(SHORT, offset + at));
            int bytes = Short.toUnsignedInt(memory.get(SHORT, offset + at + Short.BYTES));
            int next = at + ATTRIBUTE_HEADER_BYTES + (bytes + 3 & ~3);
            if (next > length || !readAttribute(memory, offset, at, attribute, bytes)) {
                return false;
            }
            at = next;
        }
        return true;
    }

    private boolean readAttribute(
            MemorySegment memory, long offset, int at, int attribute, int bytes) {
        if (attribute == FINGERPRINT) {
            fingerprintOffset = at;
            return bytes == Integer.BYTES;
        }
        if (integrityOffset != NONE) {
            // What follows MESSAGE-INTEGRITY is not covered by it and is ignored (RFC 8489 14.5).
            return true;
        }
        long value = offset + at + ATTRIBUTE_HEADER_BYTES;
        switch (attribute) {
            case MESSAGE_INTEGRITY -> {
                integrityOffset = at;
                return bytes == INTEGRITY_BYTES;
            }
            case USERNAME -> {
                usernameOffset = at + ATTRIBUTE_HEADER_BYTES;
                usernameBytes = bytes;
                readUsername(memory, value, bytes);
            }
            case ICE_CONTROLLED, ICE_CONTROLLING -> {
                plain &= role == NONE;
                role = attribute;
            }
            case USE_CANDIDATE -> useCandidate = true;
            case PRIORITY -> {
                if (bytes != Integer.BYTES) {
                    return false;
                }
                priority = memory.get(INT, value);
            }
            default -> {
                plain &= attribute >= OPTIONAL;
                return true;
            }
        }
        return true;
    }

    /**
     * Whether it has nothing but what the checks of ICE are made of (RFC 8445 7.1), and attributes that
     * may be passed over.
     */
    boolean isPlainCheck() {
        return plain;
    }

    /** {@link #ICE_CONTROLLED}, {@link #ICE_CONTROLLING}, or something else if it says neither. */
    int role() {
        return role;
    }

    /** Whether USERNAME, in the copy of the message that was authenticated, is this one. */
    boolean isFrom(byte[] message, byte[] username) {
        return usernameOffset != NONE
                && Arrays.equals(
                        message,
                        usernameOffset,
                        usernameOffset + usernameBytes,
                        username,
                        0,
                        username.length);
    }

    private void readUsername(MemorySegment memory, long value, int bytes) {
        // "ours:theirs" (RFC 8445 7.2.2).
        forOurUfrag = bytes > UFRAG_BYTES && memory.get(JAVA_BYTE, value + UFRAG_BYTES) == ':';
        if (forOurUfrag) {
            localUfrag = memory.get(LONG, value);
        }
    }

    int type() {
        return type;
    }

    long transactionHigh() {
        return transactionHigh;
    }

    int transactionLow() {
        return transactionLow;
    }

    boolean hasUsername() {
        return usernameOffset != NONE;
    }

    /** Whether USERNAME begins with a ufrag that could be ours. */
    boolean forOurUfrag() {
        return forOurUfrag;
    }

    /** The first eight characters of USERNAME, big-endian. */
    long localUfrag() {
        return localUfrag;
    }

    boolean hasIntegrity() {
        return integrityOffset != NONE;
    }

    /** Where MESSAGE-INTEGRITY begins, from the message's first byte. */
    int integrityOffset() {
        return integrityOffset;
    }

    /** Where the protected message ends, MESSAGE-INTEGRITY included. */
    int integrityEnd() {
        return integrityOffset + ATTRIBUTE_HEADER_BYTES + INTEGRITY_BYTES;
    }

    boolean hasFingerprint() {
        return fingerprintOffset != NONE;
    }

    int fingerprintOffset() {
        return fingerprintOffset;
    }

    boolean useCandidate() {
        return useCandidate;
    }

    /** PRIORITY as an unsigned int, or 0. */
    int priority() {
        return priority;
    }

    static long ufragKey(String ufrag) {
        long key = 0;
        for (int i = 0; i < UFRAG_BYTES; i++) {
            key = key << Byte.SIZE | ufrag.charAt(i);
        }
        return key;
    }
}
