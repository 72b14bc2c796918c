package io.sluice.dtls;

import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.jspecify.annotations.Nullable;

/**
 * BouncyCastle's questions in the role of the client, answered.
 *
 * <p>Owned by the handshake's thread while it runs, by the loop afterwards. Raw types are
 * BouncyCastle's.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
final class SrtpTlsClient extends DefaultTlsClient {

    private final SrtpAgreement agreement;
    private final DtlsConfig config;

    SrtpTlsClient(SrtpAgreement agreement, DtlsConfig config) {
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
    protected Vector getSupportedGroups(Vector roles) {
        return new Vector<>(List.of(NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1));
    }

    @Override
    protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
        return null;
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
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        TlsSRTPUtils.addUseSRTPExtension(extensions, SrtpAgreement.offer());
        return extensions;
    }

    @Override
    public void processServerExtensions(@Nullable Hashtable extensions) throws IOException {
        agreement.requireExtendedMasterSecret(extensions);
        agreement.acceptProfile(extensions);
        super.processServerExtensions(extensions);
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate)
                    throws IOException {
                agreement.verify(certificate.getCertificate());
            }

            @Override
            public TlsCredentials getClientCredentials(CertificateRequest request)
                    throws IOException {
                return agreement.credentials(context);
            }
        };
    }

    @Override
    public void notifyHandshakeComplete() {
        agreement.export(context, DtlsRole.CLIENT);
    }

    @Override
    public void notifyAlertReceived(short level, short description) {
        agreement.onAlert(level, description);
    }
}
