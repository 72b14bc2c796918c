package io.sluice.server.doctor;

import static java.util.Locale.ROOT;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at the kernel's limits, the clock, the memory and what the server runs on. */
final class SystemChecks {
    /** What the server asks for, of each socket. */
    static final long SOCKET_BUFFER_BYTES = 4 << 20;

    /** A WebSocket each, and some for files and media. */
    static final long DESCRIPTORS = 8_192;

    /** Below, what a few large calls take is not there. */
    static final long MEMORY_BYTES = 1L << 30;

    private static final long MIB = 1 << 20;
    private static final String RECEIVE = "net.core.rmem_max";
    private static final String SEND = "net.core.wmem_max";

    /** Of systemd-timesyncd, chrony and two kinds of ntpd; one is there when the clock is kept. */
    private static final List<String> CLOCK_KEEPERS =
            List.of(
                    "/run/systemd/timesync/synchronized",
                    "/run/chrony/chronyd.pid",
                    "/run/chronyd.pid",
                    "/run/ntpd.pid",
                    "/run/openntpd.pid");

    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\S+)");

    private SystemChecks() {}

    static List<Finding> all(Machine machine, boolean libcrypto, String cryptography, int java) {
        return List.of(
                java(java),
                cryptography(libcrypto, cryptography),
                buffers(machine),
                descriptors(machine),
                memory(machine),
                clock(machine));
    }

    static Finding java(int feature) {
        return Finding.good("Java", "The server runs on Java " + feature + ".");
    }

    static Finding cryptography(boolean libcrypto, String implementation) {
        return libcrypto
                ? Finding.good("libcrypto", "Media is protected by " + implementation + ".")
                : Finding.advice(
                        "libcrypto",
                        "There is no libcrypto of OpenSSL 3: media is protected in Java, which"
                                + " takes several times the CPU time.",
                        "apt-get install libssl3");
    }

    static Finding buffers(Machine machine) {
        if (machine.mayForceBuffers()) {
            return Finding.good(
                    "UDP buffers",
                    "With CAP_NET_ADMIN the server gets what it asks for, 4 MiB a socket.");
        }
        for (String setting : List.of(RECEIVE, SEND)) {
            Optional<Long> bytes = machine.number("/proc/sys/" + setting.replace('.', '/'));
            if (bytes.isPresent() && bytes.get() < SOCKET_BUFFER_BYTES) {
                return Finding.advice(
                        "UDP buffers",
                        String.format(
                                ROOT,
                                "The kernel grants %d kB a socket (%s), and a burst of media needs"
                                        + " more: what does not fit is lost.",
                                bytes.get() / 1_000,
                                setting),
                        "sysctl -w "
                                + setting
                                + "="
                                + SOCKET_BUFFER_BYTES
                                + "; to keep it over restarts: sysctl/90-sluice.conf of the package"
                                + " in /etc/sysctl.d");
            }
        }
        return Finding.good("UDP buffers", "The kernel grants the 4 MiB that the server asks for.");
    }

    static Finding descriptors(Machine machine) {
        Matcher limit = OPEN_FILES.matcher(machine.files().apply("/proc/self/limits").orElse(""));
        if (!limit.find() || limit.group(1).equals("unlimited")) {
            return Finding.good("Descriptors", "There is no limit.");
        }
        long most = Long.parseLong(limit.group(1));
        return most >= DESCRIPTORS
                ? Finding.good("Descriptors", "The process may open " + most + " files.")
                : Finding.advice(
                        "Descriptors",
                        "The process may open "
                                + most
                                + " files; each participant's connection is one.",
                        "ulimit -n 65536 before the start; in a systemd unit: LimitNOFILE=65536");
    }

    static Finding memory(Machine machine) {
        if (machine.memoryBytes() < MEMORY_BYTES) {
            return Finding.advice(
                    "Memory",
                    "The machine has " + machine.memoryBytes() / MIB + " MiB.",
                    "give it 1 GiB or more, and half of it to the heap: SLUICE_JAVA_OPTS=-Xmx512m");
        }
        if (machine.heapBytes() > machine.memoryBytes() / 4 * 3) {
            return Finding.advice(
                    "Memory",
                    "The heap may take more than three quarters of the machine's memory; packets"
                            + " lie outside of it.",
                    "SLUICE_JAVA_OPTS=-Xmx" + machine.memoryBytes() / MIB / 2 + "m");
        }
        return Finding.good(
                "Memory",
                String.format(
                        ROOT,
                        "%d MiB, of which the heap takes %d at most; %d cores.",
                        machine.memoryBytes() / MIB,
                        machine.heapBytes() / MIB,
                        machine.cores()));
    }

    static Finding clock(Machine machine) {
        boolean kept =
                CLOCK_KEEPERS.stream().anyMatch(file -> machine.files().apply(file).isPresent());
        return kept
                ? Finding.good("Clock", "The time is kept over the network.")
                : Finding.advice(
                        "Clock",
                        "Nothing seems to keep this clock: tokens are refused when it is minutes"
                                + " off. In a container it is the host's, and may be kept there.",
                        "apt-get install systemd-timesyncd");
    }
}
