package io.sluice.server.client;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The DTLS of a transport, as client or, for {@code setup:passive}, as server: shakes hands on a virtual thread, then waits there for the end.
 *
 * <p>{@link #start}, {@link #onDatagram} and {@link #close} are called on the client's loop; the
 * listener too hears there.
 */
final class ClientDtls {
    private static final int QUEUE_LIMIT = 64;
    private static final int RECEIVE_BYTES = 1472;
    private static final int SEND_BYTES = 1200;
    private static final int RESEND_MILLIS = 250;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int IDLE_MILLIS = 2_000;

    /** Hears of the association, on the loop. */
    interface Listener {
        void onDtlsSend(byte[] datagram);

        void onDtlsConnected(ClientSrtp srtp);

        /** The application data of one record. */
        void onDtlsData(byte[] data);

        void onDtlsFailed(Exception reason);

        /** The server said goodbye. */
        void onDtlsClosed();
    }

    private final ClientLoop loop;
    private final ClientCertificate certificate;
    private final String serverFingerprint;
    private final List<ClientSrtp.Profile> profiles;
    private final boolean passive;
    private final Listener listener;
    private final Datagrams datagrams = new Datagrams();
    private volatile @Nullable DTLSTransport association;
    private volatile boolean closed;

    ClientDtls(
            ClientLoop loop,
            ClientCertificate certificate,
            String serverFingerprint,
            List<ClientSrtp.Profile> profiles,
            boolean passive,
            Listener listener) {
        this.loop = loop;
        this.certificate = certificate;
        this.serverFingerprint = serverFingerprint;
        this.profiles = profiles;
        this.passive = passive;
        this.listener = listener;
    }

    void start() {
        Thread.ofVirtual().name("client-dtls").start(this::run);
    }

    void onDatagram(byte[] datagram) {
        boolean unused = datagrams.queue.offer(datagram);
    }

    /** Sends one record of application data. */
    void send(byte[] data, int length) {
        DTLSTransport open = association;
        if (open != null) {
            try {
                open.send(data, 0, length);
            } catch (IOException e) {
                listener.onDtlsFailed(e);
            }
        }
    }

    /** Sends close_notify. */
    void close() {
        closed = true;
        DTLSTransport open = association;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                listener.onDtlsFailed(e);
            }
        }
    }

    /** Ends without a word. */
    void abandon() {
        closed = true;
    }

    private void run() {
        try {
            DTLSTransport open;
            ClientSrtp srtp;
            if (passive) {
                PassiveDtls server = new PassiveDtls(certificate, serverFingerprint, profiles);
                open = new DTLSServerProtocol().accept(server, datagrams);
                srtp = server.srtp();
            } else {
                Client client = new Client();
                open = new DTLSClientProtocol().connect(client, datagrams);
                srtp = client.srtp();
            }
            association = open;
            loop.execute(() -> listener.onDtlsConnected(srtp));
            byte[] buffer = new byte[RECEIVE_BYTES];
            while (!closed && !datagrams.closed) {
                int length = open.receive(buffer, 0, buffer.length, IDLE_MILLIS);
                if (length > 0) {
                    byte[] data = Arrays.copyOf(buffer, length);
                    loop.execute(() -> listener.onDtlsData(data));
                }
            }
            if (!closed) {
                loop.execute(listener::onDtlsClosed);
            }
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                loop.execute(() -> listener.onDtlsFailed(e));
            }
        }
    }

    /** The path of the records: from the loop by a queue, to the loop by its tasks. */
    private final class Datagrams implements DatagramTransport {
        private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(QUEUE_LIMIT);
        private volatile boolean closed;

        @Override
        public int getReceiveLimit() {
            return RECEIVE_BYTES;
        }

        @Override
        public int getSendLimit() {
            return SEND_BYTES;
        }

        @Override
        public int receive(byte[] buffer, int offset, int length, int waitMillis)
                throws IOException {
            try {
                byte[] next = queue.poll(waitMillis, TimeUnit.MILLISECONDS);
                if (next == null) {
                    return -1;
                }
                int copied = Math.min(length, next.length);
                System.arraycopy(next, 0, buffer, offset, copied);
                return copied;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        @Override
        public void send(byte[] buffer, int offset, int length) {
            byte[] datagram = new byte[length];
            System.arraycopy(buffer, offset, datagram, 0, length);
            loop.execute(() -> listener.onDtlsSend(datagram));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class Client extends DefaultTlsClient {
        private ClientSrtp.@Nullable Profile profile;
        private @Nullable ClientSrtp srtp;

        Client() {
            super(new BcTlsCrypto(new SecureRandom()));
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
            return new int[] {
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            };
        }

        @Override
        public int getHandshakeTimeoutMillis() {
            return TIMEOUT_MILLIS;
        }

        @Override
        public int getHandshakeResendTimeMillis() {
            return RESEND_MILLIS;
        }

        @Override
        public boolean requiresExtendedMasterSecret() {
            return true;
        }

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Hashtable getClientExtensions() throws IOException {
            Hashtable extensions = super.getClientExtensions();
            int[] ids = profiles.stream().mapToInt(ClientSrtp.Profile::id).toArray();
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(ids, new byte[0]));
            return extensions;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void processServerExtensions(Hashtable extensions) throws IOException {
            super.processServerExtensions(extensions);
            UseSRTPData chosen = TlsSRTPUtils.getUseSRTPExtension(extensions);
            if (chosen == null || chosen.getProtectionProfiles().length != 1) {
                throw new TlsFatalAlert(AlertDescription.handshake_failure);
            }
            profile = ClientSrtp.Profile.of(chosen.getProtectionProfiles()[0]);
            if (!profiles.contains(profile)) {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter);
            }
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            ClientSrtp.Profile chosen = profile;
            if (chosen == null) {
                throw new TlsFatalAlert(AlertDescription.handshake_failure);
            }
            byte[] material =
                    context.exportKeyingMaterial(
                            ExporterLabel.dtls_srtp, null, chosen.materialBytes());
            srtp = new ClientSrtp(chosen, material);
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate server)
                        throws IOException {
                    byte[] encoded = server.getCertificate().getCertificateAt(0).getEncoded();
                    if (!ClientCertificate.fingerprint(encoded)
                            .equalsIgnoreCase(serverFingerprint)) {
                        throw new TlsFatalAlert(AlertDescription.bad_certificate);
                    }
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request)
                        throws IOException {
                    return credentials();
                }
            };
        }

        private TlsCredentials credentials() throws IOException {
            BcTlsCrypto crypto = (BcTlsCrypto) getCrypto();
            Certificate chain =
                    new Certificate(
                            new TlsCertificate[] {crypto.createCertificate(certificate.encoded())});
            return new BcDefaultTlsCredentialedSigner(
                    new TlsCryptoParameters(context),
                    crypto,
                    certificate.privateKey(),
                    chain,
                    new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
        }
    }
}
