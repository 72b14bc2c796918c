package io.sluice.dtls;

/**
 * A first look at a datagram, before BouncyCastle sees it (RFC 6347 4.1, 4.2.2).
 *
 * <p>BouncyCastle reserves whatever length a first fragment claims, up to 16 MB, and ends the
 * association when a protected record is too short for its cipher. Both could be had with one forged
 * datagram.
 */
final class DtlsRecords {

    /** Browsers' certificates are below 1 KB, post-quantum ClientHellos below 2 KB. */
    static final int MAX_MESSAGE_BYTES = 16 * 1024;

    /** More than any flight of one datagram has. */
    static final int MAX_FRAGMENTS = 16;

    static final int RECORD_HEADER_BYTES = 13;
    static final int MESSAGE_HEADER_BYTES = 12;
    static final int CHANGE_CIPHER_SPEC = 20;
    static final int HANDSHAKE = 22;

    /** Explicit nonce and tag of AES-GCM, the only cipher we negotiate. */
    private static final int GCM_OVERHEAD_BYTES = 24;

    private static final int APPLICATION_DATA = 23;
    private static final int CLIENT_HELLO = 1;

    private DtlsRecords() {}

    /** Whether the datagram consists of whole records of DTLS 1.2 or older, within our limits. */
    static boolean acceptable(byte[] datagram) {
        int position = 0;
        int fragments = 0;
        while (position < datagram.length) {
            if (datagram.length - position < RECORD_HEADER_BYTES) {
                return false;
            }
            int type = datagram[position];
            int length = uint16(datagram, position + 11);
            int body = position + RECORD_HEADER_BYTES;
            if (type < CHANGE_CIPHER_SPEC
                    || type > APPLICATION_DATA
                    || length == 0
                    || length > datagram.length - body) {
                return false;
            }
            if (uint16(datagram, position + 3) > 0) {
                if (length <= GCM_OVERHEAD_BYTES) {
                    return false;
                }
            } else if (type == HANDSHAKE) {
                int found = fragments(datagram, body, body + length);
                fragments += found;
                if (found == 0 || fragments > MAX_FRAGMENTS) {
                    return false;
                }
            }
            position = body + length;
        }
        return position > 0;
    }

    /** Whether an acceptable datagram may open a handshake: it begins with a piece of ClientHello. */
    static boolean clientHello(byte[] datagram) {
        return datagram[0] == HANDSHAKE
                && uint16(datagram, 3) == 0
                && datagram[RECORD_HEADER_BYTES] == CLIENT_HELLO;
    }

    /** How many handshake fragments stand there; 0 if they are malformed or too large. */
    private static int fragments(byte[] datagram, int start, int end) {
        int position = start;
        int count = 0;
        while (position < end) {
            if (end - position < MESSAGE_HEADER_BYTES) {
                return 0;
            }
            int messageBytes = uint24(datagram, position + 1);
            int fragmentOffset = uint24(datagram, position + 6);
            int fragmentBytes = uint24(datagram, position + 9);
            if (messageBytes > MAX_MESSAGE_BYTES
                    || fragmentOffset + fragmentBytes > messageBytes
                    || fragmentBytes > end - position - MESSAGE_HEADER_BYTES) {
                return 0;
            }
            position += MESSAGE_HEADER_BYTES + fragmentBytes;
            count++;
        }
        return count;
    }

    static int uint16(byte[] data, int position) {
        return (data[position] & 0xFF) << 8 | (data[position + 1] & 0xFF);
    }

    static int uint24(byte[] data, int position) {
        return (data[position] & 0xFF) << 16 | uint16(data, position + 1);
    }
}
