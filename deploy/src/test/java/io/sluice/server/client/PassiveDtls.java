package io.sluice.server.client;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** The DTLS server in a client that offered {@code setup:passive}; owned by the handshake's thread. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class PassiveDtls extends DefaultTlsServer {
    private static final SignatureAndHashAlgorithm ECDSA =
            new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);

    private final ClientCertificate certificate;
    private final String serverFingerprint;
    private final List<ClientSrtp.Profile> profiles;
    private ClientSrtp.@Nullable Profile profile;
    private @Nullable ClientSrtp srtp;

    PassiveDtls(
            ClientCertificate certificate,
            String serverFingerprint,
            List<ClientSrtp.Profile> profiles) {
        super(new BcTlsCrypto(new SecureRandom()));
        this.certificate = certificate;
        this.serverFingerprint = serverFingerprint;
        this.profiles = profiles;
    }

    ClientSrtp srtp() {
        if (srtp == null) {
            throw new IllegalStateException("the handshake left no keys");
        }
        return srtp;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};
    }

    @Override
    public boolean requiresExtendedMasterSecret() {
        return true;
    }

    @Override
    public void processClientExtensions(Hashtable extensions) throws IOException {
        super.processClientExtensions(extensions);
        UseSRTPData offered = TlsSRTPUtils.getUseSRTPExtension(extensions);
        int[] ids = offered == null ? new int[0] : offered.getProtectionProfiles();
        profile =
                Arrays.stream(ids)
                        .mapToObj(ClientSrtp.Profile::of)
                        .filter(profiles::contains)
                        .findFirst()
                        .orElseThrow(() -> new TlsFatalAlert(AlertDescription.handshake_failure));
    }

    private ClientSrtp.Profile chosen() throws TlsFatalAlert {
        if (profile == null) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure);
        }
        return profile;
    }

    @Override
    public Hashtable getServerExtensions() throws IOException {
        Hashtable extensions = super.getServerExtensions();
        TlsSRTPUtils.addUseSRTPExtension(
                extensions, new UseSRTPData(new int[] {chosen().id()}, new byte[0]));
        return extensions;
    }

    @Override
    protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
        BcTlsCrypto crypto = (BcTlsCrypto) getCrypto();
        Certificate chain =
                new Certificate(
                        new TlsCertificate[] {crypto.createCertificate(certificate.encoded())});
        return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context), crypto, certificate.privateKey(), chain, ECDSA);
    }

    @Override
    public CertificateRequest getCertificateRequest() {
        return new CertificateRequest(
                new short[] {ClientCertificateType.ecdsa_sign}, new Vector<>(List.of(ECDSA)), null);
    }

    @Override
    public void notifyClientCertificate(Certificate shown) throws IOException {
        if (shown.isEmpty()
                || !ClientCertificate.fingerprint(shown.getCertificateAt(0).getEncoded())
                        .equalsIgnoreCase(serverFingerprint)) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate);
        }
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        byte[] material =
                context.exportKeyingMaterial(
                        ExporterLabel.dtls_srtp, null, chosen().materialBytes());
        srtp = new ClientSrtp(chosen(), material, false);
    }
}
