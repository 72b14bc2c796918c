package io.sluice.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one description, line by line: the session's part first, then each section.
 *
 * <p>Owned by the caller of {@link #parse}; used once.
 */
final class SdpParser {
    private final String text;
    private final SdpLimits limits;
    private final SessionPart session = new SessionPart();
    private final List<MediaSection> sections = new ArrayList<>();
    private final Set<String> mids = new HashSet<>();

    private int line;
    private boolean versionSeen;
    private int attributes;
    private @Nullable SectionBuilder current;

    SdpParser(String text, SdpLimits limits) {
        this.text = text;
        this.limits = limits;
    }

    SessionDescription parse() {
        if (text.length() > limits.bytes()) {
            throw new SdpException(
                    "the description has %d bytes; at most %d are read"
                            .formatted(text.length(), limits.bytes()));
        }
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int next = end < 0 ? text.length() : end + 1;
            int stop = end < 0 ? text.length() : end;
            if (stop > start && text.charAt(stop - 1) == '\r') {
                stop--;
            }
            line++;
            readLine(start, stop);
            start = next;
        }
        if (!versionSeen) {
            throw new SdpException("the description is empty; it begins with v=0");
        }
        finishSection();
        return new SessionDescription(
                session.id,
                session.version,
                session.bundle,
                session.extmapAllowMixed,
                session.iceLite,
                sections);
    }

    private void readLine(int start, int stop) {
        if (line > limits.lines()) {
            throw error("at most %d lines are read".formatted(limits.lines()));
        }
        if (stop - start > limits.lineLength()) {
            throw error("at most %d characters are read".formatted(limits.lineLength()));
        }
        if (start == stop) {
            return;
        }
        for (int i = start; i < stop; i++) {
            if (text.charAt(i) < ' ') {
                throw error("holds a control character; lines end with CR LF");
            }
        }
        if (stop - start < 2 || text.charAt(start + 1) != '=') {
            throw error("expected a letter and an equals sign, as in a=mid:0");
        }
        String value = text.substring(start + 2, stop);
        char type = text.charAt(start);
        if (!versionSeen && type != 'v') {
            throw error("a description begins with v=0");
        }
        switch (type) {
            case 'v' -> readVersion(value);
            case 'o' -> session.readOrigin(line, value);
            case 'm' -> beginSection(value);
            case 'a' -> readAttribute(value);
            case 's', 'i', 'u', 'e', 'p', 'c', 'b', 't', 'r', 'z', 'k' -> {
                // Of no use here: addresses come as candidates, the rest is for announcements.
            }
            default -> throw error("no line type is called " + type + " (RFC 8866 5)");
        }
    }

    private void readVersion(String value) {
        if (versionSeen || !value.equals("0")) {
            throw error("v=0 stands once, at the beginning");
        }
        versionSeen = true;
    }

    private void beginSection(String value) {
        finishSection();
        if (sections.size() == limits.sections()) {
            throw error("at most %d sections are read".formatted(limits.sections()));
        }
        attributes = 0;
        current = new SectionBuilder(line, value, limits.candidates());
    }

    private void readAttribute(String value) {
        attributes++;
        if (attributes > limits.attributes()) {
            throw error("at most %d attributes are read here".formatted(limits.attributes()));
        }
        int colon = value.indexOf(':');
        String name = colon < 0 ? value : value.substring(0, colon);
        String rest = colon < 0 ? "" : value.substring(colon + 1);
        if (current == null) {
            session.readAttribute(line, name, rest);
        } else {
            current.readAttribute(line, name, rest);
        }
    }

    private void finishSection() {
        if (current == null) {
            return;
        }
        MediaSection section = current.build(session);
        if (!section.mid().isEmpty() && !mids.add(section.mid())) {
            throw SdpException.atLine(
                    current.line(), "mid " + section.mid() + " names another section already");
        }
        sections.add(section);
        current = null;
    }

    private SdpException error(String message) {
        return SdpException.atLine(line, message);
    }
}
