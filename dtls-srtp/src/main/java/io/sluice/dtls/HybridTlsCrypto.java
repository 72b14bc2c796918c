package io.sluice.dtls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipher;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipherImpl;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * BouncyCastle's key agreement with the JDK's AES-GCM, each the faster of the two, the first by a factor of two, AES-GCM by
 * seven; signatures are libcrypto's ({@link NativeEcdsa}) where it is there.
 *
 * <p>Of one association; used by the handshake's thread while it runs, by the loop afterwards.
 */
final class HybridTlsCrypto extends BcTlsCrypto {

    private final boolean sharesKeys;
    private @Nullable DataKeys dataKeys;

    /**
     * @param sharesKeys whether {@link DataRecords} send under the same keys
     */
    HybridTlsCrypto(SecureRandom random, boolean sharesKeys) {
        super(random);
        this.sharesKeys = sharesKeys;
    }

    /** What {@link DataRecords} need; null before the keys are agreed, and if they are not shared. */
    @Nullable DataKeys dataKeys() {
        return dataKeys;
    }

    @Override
    protected TlsAEADCipher createCipher_AES_GCM(
            TlsCryptoParameters parameters, int keyBytes, int tagBytes) throws IOException {
        if (sharesKeys) {
            dataKeys = DataKeys.derive(parameters, keyBytes);
        }
        return new TlsAEADCipher(
                parameters,
                new JdkGcm(Cipher.ENCRYPT_MODE, sharesKeys),
                new JdkGcm(Cipher.DECRYPT_MODE, false),
                keyBytes,
                tagBytes,
                TlsAEADCipher.AEAD_GCM,
                null);
    }

    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
        return type == CertificateType.X509
                ? new EncodedCertificate(this, encoding)
                : super.createCertificate(type, encoding);
    }

    /** One direction of one association; used by one thread at a time. */
    static final class JdkGcm implements TlsAEADCipherImpl {

        private final int mode;
        private final boolean bounded;
        private final Cipher cipher;
        private @Nullable SecretKeySpec key;

        /**
         * @param bounded whether numbers from {@link DataRecords#FIRST_SEQUENCE} on are another's
         */
        JdkGcm(int mode, boolean bounded) throws IOException {
            this.mode = mode;
            this.bounded = bounded;
            try {
                cipher = Cipher.getInstance("AES/GCM/NoPadding");
            } catch (GeneralSecurityException e) {
                throw new IOException("no AES-GCM", e);
            }
        }

        @Override
        public void setKey(byte[] bytes, int offset, int length) {
            key = new SecretKeySpec(bytes, offset, length, "AES");
        }

        @Override
        public void init(byte[] nonce, int tagBytes) throws IOException {
            if (bounded && sequence(nonce) >= DataRecords.FIRST_SEQUENCE) {
                // The same nonce for two records would give both away, and the key for forgeries.
                throw new TlsFatalAlert(AlertDescription.internal_error);
            }
            try {
                cipher.init(mode, key, new GCMParameterSpec(tagBytes * Byte.SIZE, nonce));
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }

        /** The last six bytes: before them stand the fixed ones and the epoch. */
        private static long sequence(byte[] nonce) {
            return ByteBuffer.wrap(nonce).getLong(nonce.length - Long.BYTES) & 0xffff_ffff_ffffL;
        }

        @Override
        public int getOutputSize(int inputBytes) {
            return cipher.getOutputSize(inputBytes);
        }

        @Override
        public int doFinal(
                byte[] additionalData,
                byte[] input,
                int inputOffset,
                int inputBytes,
                byte[] output,
                int outputOffset)
                throws IOException {
            try {
                cipher.updateAAD(additionalData);
                return cipher.doFinal(input, inputOffset, inputBytes, output, outputOffset);
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
            }
        }
    }
}
