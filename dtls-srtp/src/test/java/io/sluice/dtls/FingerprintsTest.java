package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintsTest {

    private static final byte[] CERTIFICATE = Side.IDENTITY.certificate();

    @ParameterizedTest
    @ValueSource(strings = {"sha-256", "SHA-384", "sha-512"})
    void shouldAcceptTheCertificateItNames(String hash) throws Exception {
        String right = fingerprint(hash, CERTIFICATE);
        String wrong = fingerprint(hash, Side.OTHER_IDENTITY.certificate());

        assertThat(Fingerprints.parse(List.of(right)).matches(CERTIFICATE)).isTrue();
        assertThat(Fingerprints.parse(List.of(right.toLowerCase(Locale.ROOT))).matches(CERTIFICATE))
                .isTrue();
        assertThat(Fingerprints.parse(List.of(wrong, right)).matches(CERTIFICATE)).isTrue();
        assertThat(Fingerprints.parse(List.of(wrong)).matches(CERTIFICATE)).isFalse();
    }

    @Test
    void shouldLetTheStrongestHashDecide() throws Exception {
        String weak = fingerprint("sha-256", CERTIFICATE);
        String strong = fingerprint("sha-512", Side.OTHER_IDENTITY.certificate());

        assertThat(Fingerprints.parse(List.of(weak, strong)).matches(CERTIFICATE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha-256", "sha-256 ", "sha-256 XY:ZZ", "md5 AA:BB", "a b c"})
    void shouldPassOverWhatItCannotUse(String value) throws Exception {
        assertThat(Fingerprints.parse(List.of(value)).isEmpty()).isTrue();
        assertThat(Fingerprints.parse(List.of(value)).matches(CERTIFICATE)).isFalse();
        assertThat(Fingerprints.parse(List.of(fingerprint("sha-1", CERTIFICATE))).isEmpty())
                .isTrue();
    }

    @Test
    void shouldMatchOnlyWholeDigests() throws Exception {
        String right = fingerprint("sha-256", CERTIFICATE);

        assertThat(Fingerprints.parse(List.of(right.substring(0, 15))).matches(CERTIFICATE))
                .isFalse();
    }

    @Test
    void shouldMakeCertificatesThatStandFromYesterdayForAMonth() throws Exception {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        DtlsIdentity identity = DtlsIdentity.generate(Side.RANDOM, now);
        X509Certificate certificate =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(
                                        new ByteArrayInputStream(identity.certificate()));

        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getNotBefore()).isEqualTo("2026-02-28T12:00:00Z");
        assertThat(certificate.getNotAfter()).isEqualTo("2027-03-01T12:00:00Z");
        assertThat(identity.fingerprint()).matches("sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}");
    }

    private static String fingerprint(String hash, byte[] certificate) throws Exception {
        byte[] digest =
                MessageDigest.getInstance(hash.toUpperCase(Locale.ROOT)).digest(certificate);
        return hash + " " + HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
    }
}
