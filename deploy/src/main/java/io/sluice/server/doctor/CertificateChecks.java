package io.sluice.server.doctor;

import io.sluice.api.KeyPairs;
import io.sluice.api.TlsConfig;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at the certificate and the key that browsers would be shown: sans-IO but for {@link Machine#files}. */
final class CertificateChecks {
    /** Let's Encrypt's clients renew thirty days before the end; what has not been renewed by now is stuck. */
    static final Duration RENEWED_BEFORE = Duration.ofDays(14);

    private static final String SUBJECT = "Certificate";
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** RFC 7468 10: what the server reads, and no key of an older form or under a password. */
    private static final Pattern PRIVATE_KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** RFC 5280 4.2.1.6. */
    private static final int DNS_NAME = 2;

    private static final int IP_ADDRESS = 7;

    private CertificateChecks() {}

    /**
     * What is wrong with it, or that nothing is.
     *
     * @param host that the server listens on; where it is a name, the certificate has to be for it
     */
    static Finding certificate(TlsConfig tls, String host, Machine machine, Instant now) {
        Optional<String> chain = machine.files().apply(tls.certificateFile());
        Optional<String> key = machine.files().apply(tls.keyFile());
        if (chain.isEmpty() || key.isEmpty()) {
            String missing = chain.isEmpty() ? tls.certificateFile() : tls.keyFile();
            return Finding.problem(
                    SUBJECT,
                    "The file " + missing + " cannot be read.",
                    "let the server's user read it, or name another by tls.certificateFile and"
                            + " tls.keyFile");
        }
        try {
            List<X509Certificate> certificates = certificates(chain.get());
            X509Certificate own = certificates.getFirst();
            if (!KeyPairs.belong(own.getPublicKey(), privateKey(key.get(), own.getPublicKey()))) {
                return Finding.problem(
                        SUBJECT,
                        "The key in "
                                + tls.keyFile()
                                + " is not that of the certificate in "
                                + tls.certificateFile()
                                + ".",
                        "take both from one issue; the server's certificate stands first in its"
                                + " file");
            }
            return judge(certificates, host, now);
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            return Finding.problem(
                    SUBJECT,
                    tls.certificateFile()
                            + " and "
                            + tls.keyFile()
                            + " are no certificate and key in PEM: "
                            + unreadable.getMessage(),
                    "openssl pkcs8 -topk8 -nocrypt -in old.key -out key.pem, if it is the key's"
                            + " form");
        }
    }

    private static Finding judge(List<X509Certificate> certificates, String host, Instant now)
            throws CertificateParsingException {
        X509Certificate own = certificates.getFirst();
        Instant begin = own.getNotBefore().toInstant();
        Instant end = own.getNotAfter().toInstant();
        List<String> names = names(own);
        if (now.isAfter(end) || now.isBefore(begin)) {
            return Finding.problem(
                    SUBJECT,
                    "It is valid from " + DAY.format(begin) + " to " + DAY.format(end) + ".",
                    "renew it, as by certbot renew; the server takes a new one while it runs");
        }
        if (isName(host) && names.stream().noneMatch(name -> covers(name, host))) {
            return Finding.problem(
                    SUBJECT,
                    "It is for " + names + ", and the server listens on " + host + ".",
                    "get one for the name that browsers use");
        }
        if (end.isBefore(now.plus(RENEWED_BEFORE))) {
            return Finding.advice(
                    SUBJECT,
                    "It ends on " + DAY.format(end) + ", and has not been renewed.",
                    "see why: certbot renew --dry-run");
        }
        boolean issuedByItself = own.getSubjectX500Principal().equals(own.getIssuerX500Principal());
        if (issuedByItself) {
            return Finding.advice(
                    SUBJECT,
                    "Nobody but itself vouches for it: browsers warn, and give no camera.",
                    "get one that browsers trust, as from Let's Encrypt");
        }
        if (certificates.size() == 1) {
            return Finding.advice(
                    SUBJECT,
                    "What stands between it and its root is not in the file: some clients do not"
                            + " trust it then.",
                    "tls.certificateFile: the fullchain.pem, not the cert.pem");
        }
        return Finding.good(
                SUBJECT,
                "It is for " + names + ", until " + DAY.format(end) + "; the key belongs to it.");
    }

    private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        List<X509Certificate> certificates = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        ByteArrayInputStream bytes =
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
        for (java.security.cert.Certificate one : factory.generateCertificates(bytes)) {
            if (one instanceof X509Certificate certificate) {
                certificates.add(certificate);
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("there is no certificate in it");
        }
        return certificates;
    }

    private static PrivateKey privateKey(String pem, PublicKey fitting)
            throws GeneralSecurityException {
        Matcher key = PRIVATE_KEY.matcher(pem);
        if (!key.find()) {
            throw new IllegalArgumentException("there is no key in PKCS#8 in it");
        }
        byte[] der = Base64.getMimeDecoder().decode(key.group(1));
        return KeyFactory.getInstance(fitting.getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static List<String> names(X509Certificate certificate)
            throws CertificateParsingException {
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives == null) {
            return List.of();
        }
        return alternatives.stream()
                .filter(one -> List.of(DNS_NAME, IP_ADDRESS).contains(one.getFirst()))
                .map(one -> String.valueOf(one.get(1)))
                .toList();
    }

    /** What is an address says nothing of the name that browsers use. */
    private static boolean isName(String host) {
        try {
            InetAddress _ = InetAddress.ofLiteral(host);
            return false;
        } catch (IllegalArgumentException name) {
            return !host.equalsIgnoreCase("localhost");
        }
    }

    /** RFC 9525 6.3: a star is the whole of the first label, and of no other. */
    private static boolean covers(String name, String host) {
        int dot = host.indexOf('.');
        return name.equalsIgnoreCase(host)
                || (name.startsWith("*.")
                        && dot > 0
                        && name.substring(1).equalsIgnoreCase(host.substring(dot)));
    }
}
