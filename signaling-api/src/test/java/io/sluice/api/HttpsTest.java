package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP over TLS, with certificates that change. */
final class HttpsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
    private static final byte[] HEALTH =
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private TlsConfig tls() {
        return new TlsConfig(
                folder.resolve("fullchain.pem").toString(),
                folder.resolve("privkey.pem").toString(),
                LOOK_INTERVAL);
    }

    private void writeCertificate(long serial) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=localhost");
        Date now = new Date();
        byte[] certificate =
                new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.valueOf(serial),
                                now,
                                new Date(now.getTime() + Duration.ofDays(1).toMillis()),
                                name,
                                keys.getPublic())
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(keys.getPrivate()))
                        .getEncoded();
        write("privkey.pem", "PRIVATE KEY", keys.getPrivate().getEncoded());
        write("fullchain.pem", "CERTIFICATE", certificate);
    }

    private void write(String file, String kind, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder().encodeToString(content);
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, body, kind));
    }

    private static HttpServer start(TlsConfig tls) throws IOException {
        ApiConfig config = ApiConfig.development().withAddress("127.0.0.1", 0);
        return HttpServer.start(
                config, tls, new Connections(config.limits().connections()), List.of());
    }

    private static SSLSocket connect(HttpServer server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsEverybody()}, null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.startHandshake();
        return socket;
    }

    private static long serial(SSLSocket socket) throws IOException {
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return shown.getSerialNumber().longValue();
    }

    private static String ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(HEALTH);
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nOK")) {
            int next = in.read();
            if (next < 0) {
                return "closed after: " + answer;
            }
            answer.append((char) next);
        }
        return answer.toString();
    }

    @Test
    void shouldGiveNewConnectionsTheNewCertificateAndBreakNone() throws Exception {
        writeCertificate(1);
        try (HttpServer server = start(tls());
                SSLSocket before = connect(server)) {
            assertThat(serial(before)).isEqualTo(1);
            assertThat(ask(before)).startsWith("HTTP/1.1 200");

            writeCertificate(2);

            await("a new connection gets the new certificate")
                    .atMost(PATIENCE)
                    .until(() -> {
                        try (SSLSocket after = connect(server)) {
                            return serial(after) == 2 && ask(after).startsWith("HTTP/1.1 200");
                        }
                    });
            assertThat(ask(before)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void shouldKeepTheCertificateWhileItsFilesDoNotFitTogether() throws Exception {
        writeCertificate(1);
        try (HttpServer server = start(tls())) {
            Files.writeString(folder.resolve("fullchain.pem"), "half a certif");
            try (SSLSocket socket = connect(server)) {
                assertThat(serial(socket)).isEqualTo(1);
            }
            writeCertificate(3);
            await("the next one is taken")
                    .atMost(PATIENCE)
                    .until(() -> {
                        try (SSLSocket socket = connect(server)) {
                            return serial(socket) == 3;
                        }
                    });
        }
    }

    @Test
    void shouldNotStartWithoutItsFiles() throws Exception {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> start(tls()).close())
                .withMessageContaining("fullchain.pem");
        Files.writeString(folder.resolve("fullchain.pem"), "nothing");
        Files.writeString(folder.resolve("privkey.pem"), "nothing");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> start(tls()).close())
                .withMessageContaining("no certificate and key in PEM");
        writeCertificate(1);
        String other = Files.readString(folder.resolve("privkey.pem"));
        writeCertificate(2);
        Files.writeString(folder.resolve("privkey.pem"), other);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> start(tls()).close())
                .withMessageContaining("is not that of the certificate");
    }

    /** Only what the server shows is looked at. */
    private static final class TrustsEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
