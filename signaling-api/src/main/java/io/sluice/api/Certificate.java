package io.sluice.api;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.impl.KeyStoreHelper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.Collections;

/**
 * A certificate and its key, as they stood in their files at one time.
 *
 * @param certificate in PEM, with those above it
 * @param key in PEM
 */
record Certificate(Buffer certificate, Buffer key) {
    /** A chain is some KiB. */
    private static final long MAX_FILE_BYTES = 1024 * 1024;

    /**
     * Reads both files, and sees that they belong together.
     *
     * @throws IOException which says what is wrong with them
     */
    static Certificate read(TlsConfig config, Vertx vertx) throws IOException {
        Certificate read =
                new Certificate(buffer(config.certificateFile()), buffer(config.keyFile()));
        boolean belong;
        try {
            read.options().getKeyManagerFactory(vertx);
            belong = belong(read.options().loadKeyStore(vertx));
        } catch (Exception unusable) {
            throw new IOException(
                    config.certificateFile()
                            + " and "
                            + config.keyFile()
                            + " are no certificate and key in PEM: "
                            + unusable.getMessage(),
                    unusable);
        }
        if (!belong) {
            throw new IOException(
                    "the key in "
                            + config.keyFile()
                            + " is not that of the certificate in "
                            + config.certificateFile());
        }
        return read;
    }

    private static boolean belong(KeyStore store) throws GeneralSecurityException {
        char[] password = KeyStoreHelper.DUMMY_PASSWORD.toCharArray();
        for (String name : Collections.list(store.aliases())) {
            if (store.getKey(name, password) instanceof PrivateKey key
                    && !KeyPairs.belong(store.getCertificate(name).getPublicKey(), key)) {
                return false;
            }
        }
        return true;
    }

    private static Buffer buffer(String name) throws IOException {
        Path file = Path.of(name);
        if (!Files.isReadable(file)) {
            throw new IOException("the file " + name + " cannot be read");
        }
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException("the file " + name + " is too large for a certificate or key");
        }
        return Buffer.buffer(Files.readAllBytes(file));
    }

    PemKeyCertOptions options() {
        return new PemKeyCertOptions().setCertValue(certificate).setKeyValue(key);
    }
}
