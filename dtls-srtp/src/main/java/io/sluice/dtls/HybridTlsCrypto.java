package io.sluice.dtls;

import java.io.IOException;
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
 * BouncyCastle's elliptic curves with the JDK's AES-GCM: each is the faster of the two, the curves by
 * a factor of two, AES-GCM by seven.
 */
final class HybridTlsCrypto extends BcTlsCrypto {

    HybridTlsCrypto(SecureRandom random) {
        super(random);
    }

    @Override
    protected TlsAEADCipher createCipher_AES_GCM(
            TlsCryptoParameters parameters, int keyBytes, int tagBytes) throws IOException {
        return new TlsAEADCipher(
                parameters,
                new JdkGcm(Cipher.ENCRYPT_MODE),
                new JdkGcm(Cipher.DECRYPT_MODE),
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
    private static final class JdkGcm implements TlsAEADCipherImpl {

        private final int mode;
        private final Cipher cipher;
        private @Nullable SecretKeySpec key;

        JdkGcm(int mode) throws IOException {
            this.mode = mode;
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
            try {
                cipher.init(mode, key, new GCMParameterSpec(tagBytes * Byte.SIZE, nonce));
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
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
