package io.sluice.dtls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentSignerBuilder;

/**
 * The key and the self-signed certificate that a node shows in its handshakes.
 *
 * <p>Only its fingerprint is trusted, through the session description. Immutable; shared by all
 * loops.
 */
public final class DtlsIdentity {

    /** A node has one certificate from its start to its end: longer than any should run. */
    static final Duration VALIDITY = Duration.ofDays(365);

    /** Browsers with slow clocks must not find it to begin in the future. */
    static final Duration BACKDATED = Duration.ofDays(1);

    private static final int SERIAL_BITS = 64;

    private final ECPrivateKeyParameters key;
    private final byte[] certificate;
    private final String fingerprint;

    private DtlsIdentity(ECPrivateKeyParameters key, byte[] certificate) {
        this.key = key;
        this.certificate = certificate;
        fingerprint = Fingerprints.sha256(certificate);
    }

    /** A new ECDSA key on P-256, which every browser verifies fast. */
    public static DtlsIdentity generate(SecureRandom random, Instant now) {
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        generator.init(
                new ECKeyGenerationParameters(
                        ECNamedDomainParameters.lookup(SECObjectIdentifiers.secp256r1), random));
        AsymmetricCipherKeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=sluice");
        try {
            SubjectPublicKeyInfo publicKey =
                    SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic());
            byte[] certificate =
                    new X509v3CertificateBuilder(
                                    name,
                                    new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS),
                                    Date.from(now.minus(BACKDATED)),
                                    Date.from(now.plus(VALIDITY)),
                                    name,
                                    publicKey)
                            .build(
                                    new BcECContentSignerBuilder(
                                                    new AlgorithmIdentifier(
                                                            X9ObjectIdentifiers.ecdsa_with_SHA256),
                                                    new AlgorithmIdentifier(
                                                            NISTObjectIdentifiers.id_sha256))
                                            .setSecureRandom(random)
                                            .build(pair.getPrivate()))
                            .getEncoded();
            return new DtlsIdentity((ECPrivateKeyParameters) pair.getPrivate(), certificate);
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("cannot sign a certificate", e);
        }
    }

    /** The value of {@code a=fingerprint}: the hash function's name and the digest. */
    public String fingerprint() {
        return fingerprint;
    }

    ECPrivateKeyParameters key() {
        return key;
    }

    /** In DER. */
    byte[] certificate() {
        return certificate.clone();
    }
}
