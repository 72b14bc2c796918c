package io.sluice.dtls;

import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsSRTPUtils;

/**
 * BouncyCastle's questions in the role of the server, answered.
 *
 * <p>Owned by the handshake's thread while it runs, by the loop afterwards. Raw types are
 * BouncyCastle's.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
final class SrtpTlsServer extends DefaultTlsServer {

    /** X25519 is twice as fast as P-256 here, and every browser has it. */
    private static final int[] GROUPS = {
        NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1
    };

    private final SrtpAgreement agreement;
    private final DtlsConfig config;

    SrtpTlsServer(SrtpAgreement agreement, DtlsConfig config) {
        super(agreement.crypto());
        this.agreement = agreement;
        this.config = config;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return SrtpAgreement.CIPHER_SUITES.clone();
    }

    @Override
    public int[] getSupportedGroups() {
        return GROUPS.clone();
    }

    @Override
    protected int selectECDH(int minimumCurveBits) {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        if (offered == null) {
            return NamedGroup.secp256r1;
        }
        for (int group : GROUPS) {
            for (int candidate : offered) {
                if (candidate == group && NamedGroup.getCurveBits(group) >= minimumCurveBits) {
                    return group;
                }
            }
        }
        return -1;
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return config.handshakeTimeoutMillis();
    }

    @Override
    public int getHandshakeResendTimeMillis() {
        return config.resendMillis();
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return DtlsRecords.MAX_MESSAGE_BYTES;
    }

    @Override
    public boolean requiresExtendedMasterSecret() {
        return true;
    }

    /** The fingerprint vouches for the certificate; who signed it, and how, says nothing. */
    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        return false;
    }

    /** Nobody can renegotiate with us, so it matters not whether the other side could safely. */
    @Override
    public void notifySecureRenegotiation(boolean secureRenegotiation) {}

    @Override
    protected boolean allowCertificateStatus() {
        return false;
    }

    @Override
    public void processClientExtensions(Hashtable extensions) throws IOException {
        agreement.requireExtendedMasterSecret(extensions);
        agreement.chooseProfile(extensions);
        super.processClientExtensions(extensions);
    }

    @Override
    public Hashtable getServerExtensions() throws IOException {
        Hashtable extensions = super.getServerExtensions();
        TlsSRTPUtils.addUseSRTPExtension(extensions, agreement.answer());
        return extensions;
    }

    @Override
    protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
        return agreement.credentials(context);
    }

    @Override
    public CertificateRequest getCertificateRequest() {
        // RSA is for old clients: browsers have used ECDSA since 2016.
        return new CertificateRequest(
                new short[] {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign},
                new Vector<>(
                        List.of(
                                algorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa),
                                algorithm(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa),
                                SignatureAndHashAlgorithm.rsa_pss_rsae_sha256,
                                algorithm(HashAlgorithm.sha256, SignatureAlgorithm.rsa))),
                null);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        agreement.verify(certificate);
    }

    @Override
    public void notifyHandshakeComplete() {
        agreement.export(context, DtlsRole.SERVER);
        // They would be held, and never asked for, for as long as the association lives.
        clientExtensions = null;
        serverExtensions.clear();
    }

    @Override
    public void notifyAlertReceived(short level, short description) {
        agreement.onAlert(level, description);
    }

    private static SignatureAndHashAlgorithm algorithm(short hash, short signature) {
        return SignatureAndHashAlgorithm.getInstance(hash, signature);
    }
}
