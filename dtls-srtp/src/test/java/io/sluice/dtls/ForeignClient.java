package io.sluice.dtls;

import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** A client of somebody else, which lacks what we demand. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class ForeignClient extends DefaultTlsClient {

    private final int[] profiles;
    private final boolean extendedMasterSecret;

    ForeignClient(boolean extendedMasterSecret, int... profiles) {
        super(new BcTlsCrypto(Side.RANDOM));
        this.profiles = profiles;
        this.extendedMasterSecret = extendedMasterSecret;
    }

    /** Runs its handshake on a thread of its own; how it ends is asked of the server. */
    void connect(DatagramQueue network) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        DTLSTransport dtls = new DTLSClientProtocol().connect(this, network);
                        dtls.close();
                        network.flush();
                    } catch (IOException e) {
                        network.close();
                    }
                });
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return 5_000;
    }

    @Override
    public boolean shouldUseExtendedMasterSecret() {
        return extendedMasterSecret;
    }

    @Override
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        if (profiles.length > 0) {
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(profiles, new byte[0]));
        }
        return extensions;
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate) {}

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                return null;
            }
        };
    }
}
