package io.sluice.dtls;

import io.sluice.srtp.P256;
import java.io.IOException;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DigitallySigned;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.TlsVerifier;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCertificate;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * {@link P256} as BouncyCastle's handshake asks for it: the server's signature over its key exchange, and the client's over
 * the handshake (RFC 8422 5.4, 5.8).
 *
 * <p>Stateless but for a key; used by the handshake's thread.
 */
final class NativeEcdsa {
    private static final int UNCOMPRESSED = 4;

    private NativeEcdsa() {}

    /** Null for a certificate whose key is of another kind, and where libcrypto cannot be asked. */
    static @Nullable TlsVerifier verifier(BcTlsCertificate certificate) throws IOException {
        SubjectPublicKeyInfo key = certificate.getSubjectPublicKeyInfo();
        if (!P256.available()
                || !SECObjectIdentifiers.secp256r1.equals(key.getAlgorithm().getParameters())) {
            return null;
        }
        byte[] point = key.getPublicKeyData().getBytes();
        if (point.length != P256.POINT_BYTES || point[0] != UNCOMPRESSED) {
            return null;
        }
        certificate.validateKeyUsage(KeyUsage.digitalSignature);
        return new Verifier(point);
    }

    /** A signer with a key on P-256; null where libcrypto cannot be asked. */
    static @Nullable TlsSigner signer(ECPrivateKeyParameters key) {
        return P256.available() ? new Signer(key) : null;
    }

    private record Verifier(byte[] point) implements TlsVerifier {
        @Override
        public @Nullable TlsStreamVerifier getStreamVerifier(DigitallySigned signed) {
            return null;
        }

        @Override
        public boolean verifyRawSignature(DigitallySigned signed, byte[] hash) throws IOException {
            SignatureAndHashAlgorithm algorithm = signed.getAlgorithm();
            if (algorithm == null || algorithm.getSignature() != SignatureAlgorithm.ecdsa) {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter);
            }
            return P256.verify(point, hash, signed.getSignature());
        }
    }

    private record Signer(ECPrivateKeyParameters key) implements TlsSigner {
        @Override
        public byte[] generateRawSignature(SignatureAndHashAlgorithm algorithm, byte[] hash) {
            int scalarBytes = BigIntegers.getUnsignedByteLength(key.getParameters().getN());
            return P256.sign(BigIntegers.asUnsignedByteArray(scalarBytes, key.getD()), hash);
        }

        @Override
        public @Nullable TlsStreamSigner getStreamSigner(SignatureAndHashAlgorithm algorithm) {
            return null;
        }
    }
}
