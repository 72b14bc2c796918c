package io.sluice.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.server.doctor.Finding.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SystemChecksTest {
    private static final long GIB = 1L << 30;

    private static final Map<String, String> GOOD_FILES =
            Map.of(
                    "/proc/sys/net/core/rmem_max", "4194304",
                    "/proc/sys/net/core/wmem_max", "4194304",
                    "/proc/self/limits",
                            "Limit                     Soft Limit           Hard Limit\n"
                                    + "Max open files            65536                65536  files",
                    "/run/chrony/chronyd.pid", "17");

    private static Machine machine(Map<String, String> files, long memoryBytes, long heapBytes) {
        return new Machine(path -> Optional.ofNullable(files.get(path)), 4, memoryBytes, heapBytes);
    }

    private static Machine with(String path, String text) {
        Map<String, String> files = new HashMap<>(GOOD_FILES);
        files.put(path, text);
        return machine(files, 8 * GIB, 2 * GIB);
    }

    @Test
    void shouldFindNothingOnAMachineThatHasAll() {
        Machine good = machine(GOOD_FILES, 8 * GIB, 2 * GIB);

        assertThat(SystemChecks.all(good, true, "libcrypto 3", 25))
                .hasSize(6)
                .allMatch(finding -> finding.verdict() == Verdict.GOOD)
                .allMatch(finding -> finding.cure().isEmpty());
    }

    @Test
    void shouldNameTheSettingOfASmallBuffer() {
        Finding receive = SystemChecks.buffers(with("/proc/sys/net/core/rmem_max", "212992"));
        Finding send = SystemChecks.buffers(with("/proc/sys/net/core/wmem_max", "212992"));

        assertThat(receive.verdict()).isEqualTo(Verdict.ADVICE);
        assertThat(receive.text()).contains("212 kB");
        assertThat(receive.cure()).contains("sysctl -w net.core.rmem_max=4194304");
        assertThat(send.cure()).contains("sysctl -w net.core.wmem_max=4194304");
    }

    @Test
    void shouldNotMindSmallBuffersWhereTheServerMayForceThem() {
        Map<String, String> small = Map.of("/proc/sys/net/core/rmem_max", "212992");
        Map<String, String> forced = new HashMap<>(small);
        forced.put("/proc/self/status", "Name:\tjava\nCapEff:\t0000000000001000\n");

        assertThat(SystemChecks.buffers(machine(small, GIB, GIB)).verdict())
                .isEqualTo(Verdict.ADVICE);
        assertThat(SystemChecks.buffers(machine(forced, GIB, GIB)).verdict())
                .isEqualTo(Verdict.GOOD);
    }

    @Test
    void shouldAskForMoreDescriptors() {
        Finding few =
                SystemChecks.descriptors(
                        with("/proc/self/limits", "Max open files  1024  524288  files"));
        Finding any =
                SystemChecks.descriptors(
                        with("/proc/self/limits", "Max open files  unlimited  unlimited  files"));

        assertThat(few.verdict()).isEqualTo(Verdict.ADVICE);
        assertThat(few.cure()).contains("LimitNOFILE");
        assertThat(any.verdict()).isEqualTo(Verdict.GOOD);
    }

    @Test
    void shouldSayThatThereIsTooLittleMemory() {
        assertThat(SystemChecks.memory(machine(GOOD_FILES, GIB / 2, GIB / 8)).cure())
                .contains("-Xmx");
        assertThat(SystemChecks.memory(machine(GOOD_FILES, 4 * GIB, 4 * GIB)).cure())
                .contains("-Xmx2048m");
    }

    @Test
    void shouldSayThatNobodyKeepsTheClock() {
        Machine alone = machine(Map.of(), GIB, GIB / 4);

        assertThat(SystemChecks.clock(alone).verdict()).isEqualTo(Verdict.ADVICE);
    }

    @Test
    void shouldSayHowToGetLibcrypto() {
        assertThat(SystemChecks.cryptography(false, "jitsi-srtp").cure()).contains("libssl3");
    }
}
