package io.sluice.dtls;

import io.sluice.srtp.GcmCipher;
import java.util.Arrays;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;

/**
 * What the records of an association are protected with: AES keys, and the fixed bytes of the nonces
 * (RFC 5288 3).
 */
record DataKeys(byte[] sendKey, byte[] sendSalt, byte[] receiveKey, byte[] receiveSalt) {

    /** RFC 5246 6.3: client's key, server's key, client's salt, server's salt. */
    static DataKeys derive(TlsCryptoParameters parameters, int keyBytes) {
        int salts = 2 * keyBytes;
        int end = salts + 2 * GcmCipher.SALT_BYTES;
        byte[] block = TlsImplUtils.calculateKeyBlock(parameters, end);
        byte[] clientKey = Arrays.copyOf(block, keyBytes);
        byte[] serverKey = Arrays.copyOfRange(block, keyBytes, salts);
        byte[] clientSalt = Arrays.copyOfRange(block, salts, salts + GcmCipher.SALT_BYTES);
        byte[] serverSalt = Arrays.copyOfRange(block, salts + GcmCipher.SALT_BYTES, end);
        Arrays.fill(block, (byte) 0);
        return parameters.isServer()
                ? new DataKeys(serverKey, serverSalt, clientKey, clientSalt)
                : new DataKeys(clientKey, clientSalt, serverKey, serverSalt);
    }
}
