package io.sluice.server.client;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A self-signed certificate of a client, with its key. */
record ClientCertificate(byte[] encoded, AsymmetricKeyParameter privateKey) {
    private static final Duration VALID = Duration.ofDays(2);

    static ClientCertificate generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair keys = generator.generateKeyPair();
            X500Name name = new X500Name("CN=client");
            Instant now = Instant.now();
            X509CertificateHolder certificate =
                    new JcaX509v3CertificateBuilder(
                                    name,
                                    new BigInteger(64, random).setBit(63),
                                    Date.from(now.minus(VALID)),
                                    Date.from(now.plus(VALID)),
                                    name,
                                    keys.getPublic())
                            .build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(keys.getPrivate()));
            return new ClientCertificate(
                    certificate.getEncoded(),
                    PrivateKeyFactory.createKey(keys.getPrivate().getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As in {@code a=fingerprint} (RFC 8122). */
    String fingerprint() {
        return fingerprint(encoded);
    }

    static String fingerprint(byte[] certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate);
            String pairs = HexFormat.ofDelimiter(":").formatHex(digest);
            return "sha-256 " + pairs.toUpperCase(Locale.ROOT);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
