package io.sluice.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** How a JVM of the same class path is started, with the options that the launcher gives servers. */
final class ChildJvm {
    private ChildJvm() {}

    /**
     * A command without arguments.
     *
     * @param jvmOptions on top; the last of two that contradict each other wins
     */
    static List<String> command(List<String> jvmOptions, String mainClass) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(launcherOptions());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return command;
    }

    /** What the launcher says; a test, which it has not started, runs with the same options itself. */
    private static List<String> launcherOptions() {
        String options = System.getenv("SLUICE_SERVER_JVM_OPTIONS");
        if (options != null) {
            return List.of(options.trim().split("\\s+"));
        }
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X") || option.startsWith("--enable-native"))
                .toList();
    }
}
