package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.srtp.P256;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsECDSAVerifier;
import org.junit.jupiter.api.Test;

class EncodedCertificateTest {
    private final SecureRandom random = new SecureRandom();
    private final HybridTlsCrypto crypto = new HybridTlsCrypto(random, false);

    @Test
    void shouldSayWhatStandsInIt() throws IOException {
        byte[] encoding = DtlsIdentity.generate(random, Instant.now()).certificate();
        TlsCertificate certificate = crypto.createCertificate(CertificateType.X509, encoding);
        TlsCertificate expected = new BcTlsCertificate(crypto, encoding);

        assertThat(certificate).isInstanceOf(EncodedCertificate.class);
        assertThat(certificate.getEncoded()).isEqualTo(encoding);
        assertThat(certificate.getSerialNumber()).isEqualTo(expected.getSerialNumber());
        assertThat(certificate.getSigAlgOID()).isEqualTo(expected.getSigAlgOID());
        assertThat(certificate.getLegacySignatureAlgorithm())
                .isEqualTo(expected.getLegacySignatureAlgorithm());
        assertThat(certificate.supportsSignatureAlgorithm(SignatureAlgorithm.ecdsa)).isTrue();
        assertThat(certificate.createVerifier(SignatureAlgorithm.ecdsa)).isNotNull();
    }

    @Test
    void shouldHaveLibCryptoCheckSignatures() throws IOException {
        assumeTrue(P256.available(), "libcrypto.so.3 is not here");
        byte[] encoding = DtlsIdentity.generate(random, Instant.now()).certificate();

        assertThat(
                        crypto.createCertificate(CertificateType.X509, encoding)
                                .createVerifier(SignatureAlgorithm.ecdsa))
                .isNotInstanceOf(BcTlsECDSAVerifier.class);
    }

    @Test
    void shouldRefuseWhatIsNoCertificate() {
        assertThatThrownBy(() -> crypto.createCertificate(CertificateType.X509, new byte[] {1, 2}))
                .isInstanceOf(IOException.class);
    }
}
