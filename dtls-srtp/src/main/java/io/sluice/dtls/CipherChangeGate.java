package io.sluice.dtls;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Holds a client's change_cipher_spec back from BouncyCastle until its CertificateVerify is there.
 *
 * <p>BouncyCastle's server takes the change as soon as it has keys, and then no message in clear any
 * more: a CertificateVerify that was lost or overtaken could never arrive. What is held back comes
 * again with the client's next resend. Owned by the association's loop.
 */
final class CipherChangeGate {

    private static final int CERTIFICATE_VERIFY = 15;

    private final BitSet seen = new BitSet();
    private boolean open;

    /** The part of an acceptable datagram that may pass: whole records from its beginning. */
    byte[] pass(byte[] datagram) {
        int position = 0;
        while (!open && position < datagram.length) {
            int body = position + DtlsRecords.RECORD_HEADER_BYTES;
            int end = body + DtlsRecords.uint16(datagram, position + 11);
            if (datagram[position] == DtlsRecords.CHANGE_CIPHER_SPEC) {
                return Arrays.copyOf(datagram, position);
            }
            if (datagram[position] == DtlsRecords.HANDSHAKE
                    && DtlsRecords.uint16(datagram, position + 3) == 0) {
                look(datagram, body, end);
            }
            position = end;
        }
        return datagram;
    }

    private void look(byte[] datagram, int start, int end) {
        int position = start;
        while (position < end) {
            int messageBytes = DtlsRecords.uint24(datagram, position + 1);
            int fragmentOffset = DtlsRecords.uint24(datagram, position + 6);
            int fragmentBytes = DtlsRecords.uint24(datagram, position + 9);
            if (datagram[position] == CERTIFICATE_VERIFY) {
                seen.set(fragmentOffset, fragmentOffset + fragmentBytes);
                open |= seen.nextClearBit(0) >= messageBytes;
            }
            position += DtlsRecords.MESSAGE_HEADER_BYTES + fragmentBytes;
        }
    }
}
