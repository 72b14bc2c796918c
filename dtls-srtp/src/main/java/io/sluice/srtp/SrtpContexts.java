package io.sluice.srtp;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where {@link SrtpContext}s come from. */
public final class SrtpContexts {

    private static final Logger LOG = LoggerFactory.getLogger(SrtpContexts.class);

    /** Looked for once: what protects one transport's packets protects all. */
    private static final boolean NATIVE = findNative();

    private SrtpContexts() {}

    /** A context with a scratch of its own. */
    public static SrtpContext open(SrtpKeys keys, SrtpConfig config) {
        return open(keys, config, new SrtpScratch());
    }

    /** A context that shares the scratch of its loop. */
    public static SrtpContext open(SrtpKeys keys, SrtpConfig config, SrtpScratch scratch) {
        return open(keys, config, scratch, true);
    }

    /** As {@link #open(SrtpKeys, SrtpConfig, SrtpScratch)}; without {@code preferNative} jitsi-srtp serves. */
    public static SrtpContext open(
            SrtpKeys keys, SrtpConfig config, SrtpScratch scratch, boolean preferNative) {
        return preferNative && NATIVE
                ? NativeSrtpContext.open(keys, config, scratch)
                : new JitsiSrtpContext(keys, config, scratch);
    }

    /** Whether libcrypto does the cryptography. */
    public static boolean isNative() {
        return NATIVE;
    }

    /** What does the cryptography, with its version: for whoever starts a server. */
    public static String implementation() {
        return NATIVE ? LibCrypto.version() : "jitsi-srtp";
    }

    private static boolean findNative() {
        if (!LibCrypto.available()) {
            LOG.warn(
                    "libcrypto.so.3 is not there or not whole: SRTP by jitsi-srtp, which is slower");
            return false;
        }
        Optional<String> failure = LibCryptoSelfTest.failure();
        failure.ifPresent(wrong ->
                LOG.error(
                        "{} fails its self-test in {}: SRTP by jitsi-srtp, which is slower",
                        LibCrypto.version(),
                        wrong));
        return failure.isEmpty();
    }
}
