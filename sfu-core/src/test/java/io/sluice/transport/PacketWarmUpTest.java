package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.IceWarmUp;
import io.sluice.loop.LoopConfig;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class PacketWarmUpTest {
    private static final long BUDGET_NANOS = 20_000_000;

    @Test
    void shouldForwardPacketsAndEnd() {
        IceWarmUp.warmUp();
        SecureRandom random = new SecureRandom();
        DtlsIdentity identity = DtlsIdentity.generate(random, Instant.ofEpochSecond(1_800_000_000));

        Set<String> before = loops();

        long packets = PacketWarmUp.run(LoopConfig.defaults(), identity, random, BUDGET_NANOS);

        assertThat(packets).isPositive();
        // A loop has ended a moment before its thread has, and so may those of tests before this
        // one.
        await().untilAsserted(() -> assertThat(before).containsAll(loops()));
    }

    private static Set<String> loops() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("sluice-loop"))
                .collect(Collectors.toSet());
    }
}
