package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where {@link SrtpContext}s come from. */
public final class SrtpContexts {

    private static final Logger LOG = LoggerFactory.getLogger(SrtpContexts.class);

    /** Looked for once: what protects one transport's packets protects all. */
    private static final boolean NATIVE = findNative();

    private static final int WARM_UP_PACKETS = 2_000;
    private static final int WARM_UP_BYTES = 1_200;

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

    /**
     * Loads and compiles what the first packets would wait for. To be called at boot, off the loops.
     */
    public static void warmUp() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(SrtpScratch.MAX_PACKET_BYTES);
            for (SrtpProfile profile : SrtpProfile.values()) {
                byte[] key = new byte[profile.keyBytes()];
                byte[] salt = new byte[profile.saltBytes()];
                SrtpKeys keys = new SrtpKeys(profile, key, salt, key, salt);
                try (SrtpContext context = open(keys, SrtpConfig.defaults())) {
                    warmUp(context, memory);
                }
            }
        }
    }

    private static void warmUp(SrtpContext context, MemorySegment memory) {
        for (int i = 0; i < WARM_UP_PACKETS; i++) {
            memory.fill((byte) 0);
            memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 0x80);
            memory.set(ValueLayout.JAVA_BYTE, 2, (byte) (i >> 8));
            memory.set(ValueLayout.JAVA_BYTE, 3, (byte) i);
            int rtp = context.protectRtp(memory, 0, 12, 0, memory, 12, WARM_UP_BYTES - 12);
            if (context.unprotectRtp(memory, 0, rtp) != WARM_UP_BYTES) {
                throw new IllegalStateException("SRTP does not work: " + context.profile());
            }
        }
        int rtcp = context.protectRtcp(memory, 0, 32);
        if (context.unprotectRtcp(memory, 0, rtcp) != 32) {
            throw new IllegalStateException("SRTCP does not work: " + context.profile());
        }
    }
}
