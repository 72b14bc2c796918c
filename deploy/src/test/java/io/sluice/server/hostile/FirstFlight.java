package io.sluice.server.hostile;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SRTPProtectionProfile;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** A ClientHello as an honest client sends it, from one who has no mind to go on. */
public final class FirstFlight {
    private static final int DATAGRAM_BYTES = 1_472;

    private FirstFlight() {}

    /** Its datagrams; each call has another random of the client. */
    public static List<byte[]> datagrams() {
        List<byte[]> sent = new ArrayList<>();
        try {
            new DTLSClientProtocol().connect(new Client(), new Tap(sent));
        } catch (IOException silence) {
            return sent;
        }
        throw new IllegalStateException("nobody answers, and yet it is connected");
    }

    /** Keeps what is sent, and breaks when something is to be received. */
    private record Tap(List<byte[]> sent) implements DatagramTransport {
        @Override
        public int getReceiveLimit() {
            return DATAGRAM_BYTES;
        }

        @Override
        public int getSendLimit() {
            return DATAGRAM_BYTES;
        }

        @Override
        public int receive(byte[] buffer, int offset, int length, int waitMillis)
                throws IOException {
            throw new IOException("silence");
        }

        @Override
        public void send(byte[] buffer, int offset, int length) {
            byte[] datagram = new byte[length];
            System.arraycopy(buffer, offset, datagram, 0, length);
            sent.add(datagram);
        }

        @Override
        public void close() {}
    }

    private static final class Client extends DefaultTlsClient {
        Client() {
            super(new BcTlsCrypto(new SecureRandom()));
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.DTLSv12.only();
        }

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Hashtable getClientExtensions() throws IOException {
            Hashtable extensions = super.getClientExtensions();
            int[] profiles = {SRTPProtectionProfile.SRTP_AEAD_AES_128_GCM};
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(profiles, new byte[0]));
            return extensions;
        }

        @Override
        public TlsAuthentication getAuthentication() throws IOException {
            throw new IOException("it does not come so far");
        }
    }
}
