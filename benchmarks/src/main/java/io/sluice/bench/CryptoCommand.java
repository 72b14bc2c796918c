package io.sluice.bench;

import io.sluice.bench.load.LoadException;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sluice bench crypto}: both SRTP contexts, packet by packet, against libcrypto from C. */
@Command(
        name = "crypto",
        mixinStandardHelpOptions = true,
        description = "Protects, unprotects and refuses packets, by both implementations of SRTP.")
final class CryptoCommand extends Bench {
    /** What C measures; it does not unprotect. */
    private static final List<Integer> C_SIZES = List.of(1100, 100);

    private static final int C_VARIANTS = 3 * C_SIZES.size();

    @Option(
            names = "--profile",
            split = ",",
            description = "gcm, cm (default: ${DEFAULT-VALUE}).",
            defaultValue = "gcm,cm")
    private List<String> profiles = List.of();

    @Option(
            names = "--size",
            split = ",",
            description = "Of the payload in bytes (default: ${DEFAULT-VALUE}).",
            defaultValue = "1100,100")
    private List<Integer> sizes = List.of();

    @Option(
            names = "--impl",
            split = ",",
            description = "libcrypto, jitsi (default: ${DEFAULT-VALUE}).",
            defaultValue = "libcrypto,jitsi")
    private List<String> implementations = List.of();

    @Option(
            names = "--work",
            split = ",",
            description = "${COMPLETION-CANDIDATES} (default: all).",
            defaultValue = "PROTECT,UNPROTECT,FORGED")
    private List<CryptoWork.Kind> kinds = List.of();

    @Override
    void prepare(Contest contest, Path root) throws IOException, InterruptedException {
        // Before anything is compiled.
        profiles.forEach(CryptoCommand::profile);
        for (String implementation : implementations) {
            boolean _ = isLibCrypto(implementation);
        }
        Map<String, String> c = new LinkedHashMap<>();
        for (int size : C_SIZES) {
            c.put("evp aes-128-gcm " + size + "B", c("gcm", size));
            c.put("evp aes-ctr + raw sha1 hmac " + size + "B", c("cm", size));
        }
        contest.step(Limit.compile(root).step(c, C_VARIANTS, "crypto", "-f", "evp"));
        for (String profile : profiles) {
            for (int size : sizes) {
                for (CryptoWork.Kind kind : kinds) {
                    for (String implementation : implementations) {
                        add(contest, profile, size, kind, implementation);
                    }
                }
            }
        }
    }

    private static String c(String profile, int size) {
        return "C %s %d B".formatted(profile, size);
    }

    private static void add(
            Contest contest, String profile, int size, CryptoWork.Kind kind, String implementation)
            throws IOException {
        String line =
                "%s %s %d B %s"
                        .formatted(
                                implementation,
                                profile,
                                size,
                                kind.name().toLowerCase(Locale.ROOT));
        CryptoWork work = new CryptoWork(kind, profile(profile), size, isLibCrypto(implementation));
        contest.step(ThreadCost.of(work).step(line));
        if (kind == CryptoWork.Kind.PROTECT && C_SIZES.contains(size)) {
            contest.step((_, turn) -> turn.compare(line, c(profile, size)));
        }
    }

    /** By the name that options give it. */
    static SrtpProfile profile(String name) {
        return switch (name) {
            case "gcm" -> SrtpProfile.AEAD_AES_128_GCM;
            case "cm" -> SrtpProfile.AES128_CM_SHA1_80;
            default -> throw LoadException.usage("there is no profile " + name + ": gcm, cm");
        };
    }

    private static boolean isLibCrypto(String implementation) throws IOException {
        return switch (implementation) {
            case "libcrypto" -> {
                if (!SrtpContexts.isNative()) {
                    // The other would be measured under this name.
                    throw new IOException("there is no libcrypto of use here; see --impl jitsi");
                }
                yield true;
            }
            case "jitsi" -> false;
            default ->
                    throw LoadException.usage(
                            "there is no implementation " + implementation + ": libcrypto, jitsi");
        };
    }
}
