package io.sluice.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a new certificate as soon as it stands in its files, for connections from then on. Its timer runs on one
 * thread of the web server, which ends it.
 */
final class CertificateWatch {
    /** What browsers of the last ten years speak. */
    static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final TlsConfig config;
    private final Vertx vertx;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

    /** Of the timer's thread after the start. */
    private Certificate current;

    private String told = "";
    private volatile boolean closed;

    private CertificateWatch(TlsConfig config, Vertx vertx, Certificate current) {
        this.config = config;
        this.vertx = vertx;
        this.current = current;
    }

    /**
     * Reads the files for the first time.
     *
     * @throws IOException which says what is wrong with them
     */
    static CertificateWatch start(TlsConfig config, Vertx vertx) throws IOException {
        CertificateWatch watch =
                new CertificateWatch(config, vertx, Certificate.read(config, vertx));
        watch.lookLater();
        return watch;
    }

    /** Looks no more. From any thread. */
    void close() {
        closed = true;
    }

    /** Not at a rate: a disk may be slower than that. */
    private void lookLater() {
        if (!closed) {
            vertx.setTimer(config.lookInterval().toMillis(), _ -> look());
        }
    }

    Certificate current() {
        return current;
    }

    void add(HttpServer server) {
        servers.add(server);
    }

    private void look() {
        if (closed) {
            return;
        }
        // Files may lie on a slow disk.
        vertx.executeBlocking(() -> Certificate.read(config, vertx))
                .onSuccess(this::take)
                // Somebody writes one file after the other: the next look may find them together.
                .onFailure(this::complain)
                .onComplete(_ -> lookLater());
    }

    private void take(Certificate read) {
        told = "";
        if (read.equals(current)) {
            return;
        }
        current = read;
        ServerSSLOptions options = new ServerSSLOptions();
        options.setKeyCertOptions(read.options());
        options.setEnabledSecureTransportProtocols(PROTOCOLS);
        for (HttpServer server : servers) {
            server.updateSSLOptions(options)
                    .onFailure(failed -> LOG.error("A new certificate is not taken", failed));
        }
        LOG.info("New connections get the new certificate of {}", config.certificateFile());
    }

    /** Once for each thing that is wrong. */
    private void complain(Throwable wrong) {
        String text = String.valueOf(wrong.getMessage());
        if (!text.equals(told)) {
            told = text;
            LOG.warn("The certificate stays as it is: {}", text);
        }
    }
}
