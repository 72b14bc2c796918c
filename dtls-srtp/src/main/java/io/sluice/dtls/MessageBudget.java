package io.sluice.dtls;

/**
 * What the handshake messages of one association may claim in clear, all together.
 *
 * <p>BouncyCastle reserves a message's whole length with its first fragment, for sixteen messages ahead: a
 * quarter of a megabyte for as many small datagrams. Owned by the association's loop.
 */
final class MessageBudget {

    /** A client's flights have five messages, a server's six; the last are not in clear. */
    static final int MAX_MESSAGES = 10;

    /** A ClientHello with post-quantum keys and a chain of RSA certificates need half of it. */
    static final int MAX_BYTES = 2 * DtlsRecords.MAX_MESSAGE_BYTES;

    private int seen;
    private int claimedBytes;

    /** Whether the fragments of an acceptable datagram are within the budget; they are counted then. */
    boolean allows(byte[] datagram) {
        int seenThen = seen;
        int claimedThen = claimedBytes;
        int position = 0;
        while (position < datagram.length) {
            int body = position + DtlsRecords.RECORD_HEADER_BYTES;
            int end = body + DtlsRecords.uint16(datagram, position + 11);
            boolean inClear = DtlsRecords.uint16(datagram, position + 3) == 0;
            int fragment = body;
            while (inClear && datagram[position] == DtlsRecords.HANDSHAKE && fragment < end) {
                int message = DtlsRecords.uint16(datagram, fragment + 4);
                if (message >= MAX_MESSAGES) {
                    return false;
                }
                if ((seenThen >>> message & 1) == 0) {
                    seenThen |= 1 << message;
                    claimedThen += DtlsRecords.uint24(datagram, fragment + 1);
                }
                fragment +=
                        DtlsRecords.MESSAGE_HEADER_BYTES
                                + DtlsRecords.uint24(datagram, fragment + 9);
            }
            position = end;
        }
        if (claimedThen > MAX_BYTES) {
            return false;
        }
        seen = seenThen;
        claimedBytes = claimedThen;
        return true;
    }
}
