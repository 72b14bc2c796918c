package io.sluice.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** The settings are wrong; each finding says where, what, and what would be right. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    /**
     * One thing that is wrong.
     *
     * @param origin where it stands: a file and line, a variable, or an option
     */
    public record Finding(String origin, String text) {
        @Override
        public String toString() {
            return origin + ": " + text;
        }
    }

    public ConfigException(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    ConfigException(String origin, String text) {
        this(List.of(new Finding(origin, text)));
    }

    public List<Finding> findings() {
        return findings;
    }
}
