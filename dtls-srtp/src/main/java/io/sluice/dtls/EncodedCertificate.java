package io.sluice.dtls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsEncryptor;
import org.bouncycastle.tls.crypto.TlsVerifier;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * A certificate that is kept as its bytes. BouncyCastle holds those of both sides for as long as an
 * association lives, and asks them nothing after the handshake; what it reads out of one takes seven
 * times the memory.
 *
 * <p>Owned by the handshake's thread while it runs, by the loop afterwards.
 */
final class EncodedCertificate implements TlsCertificate {
    private final BcTlsCrypto crypto;
    private final byte[] encoding;
    private WeakReference<BcTlsCertificate> read;

    /** Throws if these bytes are no certificate of X.509. */
    EncodedCertificate(BcTlsCrypto crypto, byte[] encoding) throws IOException {
        this.crypto = crypto;
        this.encoding = encoding;
        read = new WeakReference<>(new BcTlsCertificate(crypto, encoding));
    }

    private BcTlsCertificate read() {
        BcTlsCertificate certificate = read.get();
        if (certificate == null) {
            try {
                certificate = new BcTlsCertificate(crypto, encoding);
            } catch (IOException e) {
                throw new UncheckedIOException("these bytes were a certificate before", e);
            }
            read = new WeakReference<>(certificate);
        }
        return certificate;
    }

    @Override
    public TlsEncryptor createEncryptor(int use) throws IOException {
        return read().createEncryptor(use);
    }

    @Override
    public TlsVerifier createVerifier(short signatureAlgorithm) throws IOException {
        TlsVerifier fast =
                signatureAlgorithm == SignatureAlgorithm.ecdsa
                        ? NativeEcdsa.verifier(read())
                        : null;
        return fast != null ? fast : read().createVerifier(signatureAlgorithm);
    }

    @Override
    public Tls13Verifier createVerifier(int signatureScheme) throws IOException {
        return read().createVerifier(signatureScheme);
    }

    @Override
    public byte[] getEncoded() {
        return encoding.clone();
    }

    @Override
    public byte[] getExtension(ASN1ObjectIdentifier oid) throws IOException {
        return read().getExtension(oid);
    }

    @Override
    public BigInteger getSerialNumber() {
        return read().getSerialNumber();
    }

    @Override
    public String getSigAlgOID() {
        return read().getSigAlgOID();
    }

    @Override
    public ASN1Encodable getSigAlgParams() {
        return read().getSigAlgParams();
    }

    @Override
    public short getLegacySignatureAlgorithm() throws IOException {
        return read().getLegacySignatureAlgorithm();
    }

    @Override
    public boolean supportsSignatureAlgorithm(short algorithm) throws IOException {
        return read().supportsSignatureAlgorithm(algorithm);
    }

    @Override
    public boolean supportsSignatureAlgorithmCA(short algorithm) throws IOException {
        return read().supportsSignatureAlgorithmCA(algorithm);
    }

    @Override
    public TlsCertificate checkUsageInRole(int role) throws IOException {
        read().checkUsageInRole(role);
        return this;
    }
}
