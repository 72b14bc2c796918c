package io.sluice.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.TlsConfig;
import io.sluice.server.doctor.Finding.Verdict;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CertificateChecksTest {
    private static final TlsConfig TLS =
            new TlsConfig("chain.pem", "key.pem", Duration.ofSeconds(10));
    private static final Instant NOW = Instant.parse("2026-05-04T10:00:00Z");
    private static final String ANY_ADDRESS = "0.0.0.0";

    private final Map<String, String> files = new HashMap<>();

    private Finding check(String host) {
        Machine machine = new Machine(path -> Optional.ofNullable(files.get(path)), 1, 1, 1);
        return CertificateChecks.certificate(TLS, host, machine, NOW);
    }

    private static KeyPair pair(String algorithm) throws Exception {
        return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(der), what);
    }

    private static String certificate(KeyPair keys, String issuer, Duration validFor)
            throws Exception {
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name("CN=" + issuer),
                        BigInteger.ONE,
                        Date.from(NOW.minus(Duration.ofDays(60))),
                        Date.from(NOW.plus(validFor)),
                        new X500Name("CN=meet.example.com"),
                        keys.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(
                        new GeneralName[] {
                            new GeneralName(GeneralName.dNSName, "meet.example.com"),
                            new GeneralName(GeneralName.dNSName, "*.example.org")
                        }));
        String algorithm =
                switch (keys.getPublic().getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "Ed25519";
                };
        return pem(
                "CERTIFICATE",
                builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()))
                        .getEncoded());
    }

    /** Two in the chain: whose the second is makes no difference here. */
    private void issued(KeyPair keys, Duration validFor) throws Exception {
        String own = certificate(keys, "An authority", validFor);
        files.put("chain.pem", own + own);
        files.put("key.pem", pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    @ParameterizedTest
    @CsvSource({"RSA", "EC", "Ed25519"})
    void shouldFindNothingWrongWithOneThatIsGood(String algorithm) throws Exception {
        issued(pair(algorithm), Duration.ofDays(60));

        Finding good = check(ANY_ADDRESS);

        assertThat(good.verdict()).as("%s", good).isEqualTo(Verdict.GOOD);
        assertThat(good.text()).contains("meet.example.com", "until 2026-07-03");
    }

    @ParameterizedTest
    @CsvSource({"-1, PROBLEM, 2026-05-03", "13, ADVICE, 2026-05-17", "15, GOOD, 2026-05-19"})
    void shouldSayWhenItEnds(int days, Verdict verdict, String day) throws Exception {
        issued(pair("EC"), Duration.ofDays(days));

        assertThat(check(ANY_ADDRESS).verdict()).isEqualTo(verdict);
        assertThat(check(ANY_ADDRESS).text()).contains(day);
    }

    @ParameterizedTest
    @CsvSource({
        "meet.example.com, GOOD",
        "MEET.example.com, GOOD",
        "any.example.org, GOOD",
        "127.0.0.1, GOOD",
        "localhost, GOOD",
        "example.org, PROBLEM",
        "far.any.example.org, PROBLEM",
        "other.example.com, PROBLEM"
    })
    void shouldBeForTheNameThatIsListenedOn(String host, Verdict verdict) throws Exception {
        issued(pair("EC"), Duration.ofDays(60));

        assertThat(check(host).verdict()).isEqualTo(verdict);
    }

    @Test
    void shouldSayThatTheKeyIsAnothers() throws Exception {
        issued(pair("EC"), Duration.ofDays(60));
        files.put("key.pem", pem("PRIVATE KEY", pair("EC").getPrivate().getEncoded()));
        assertThat(check(ANY_ADDRESS).text()).contains("is not that of the certificate");

        files.put("key.pem", pem("PRIVATE KEY", pair("RSA").getPrivate().getEncoded()));
        assertThat(check(ANY_ADDRESS).verdict()).isEqualTo(Verdict.PROBLEM);
    }

    @Test
    void shouldSayWhatBrowsersWillNotTrust() throws Exception {
        KeyPair keys = pair("EC");
        issued(keys, Duration.ofDays(60));
        files.put("chain.pem", certificate(keys, "An authority", Duration.ofDays(60)));
        assertThat(check(ANY_ADDRESS).cure()).contains("fullchain.pem");

        files.put("chain.pem", certificate(keys, "meet.example.com", Duration.ofDays(60)));
        assertThat(check(ANY_ADDRESS).text()).contains("Nobody but itself");
    }

    @Test
    void shouldSayWhichFileCannotBeUsed() throws Exception {
        assertThat(check(ANY_ADDRESS).text()).contains("chain.pem cannot be read");
        issued(pair("EC"), Duration.ofDays(60));
        for (String nonsense : new String[] {"", "nonsense", "-----BEGIN CERTIFICATE-----\nAA\n"}) {
            files.put("chain.pem", nonsense);
            assertThat(check(ANY_ADDRESS).verdict()).as(nonsense).isEqualTo(Verdict.PROBLEM);
        }
        issued(pair("EC"), Duration.ofDays(60));
        files.put("key.pem", "-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----");
        assertThat(check(ANY_ADDRESS).text()).contains("no key in PKCS#8");
        files.put("key.pem", pem("PRIVATE KEY", new byte[] {1, 2, 3}));
        assertThat(check(ANY_ADDRESS).verdict()).isEqualTo(Verdict.PROBLEM);
        files.remove("key.pem");
        assertThat(check(ANY_ADDRESS).text()).contains("key.pem cannot be read");
    }
}
