package io.sluice.server.browser;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The last lines of a console or an output. Any thread may use it: the reader of a socket adds, a test looks. */
final class ConsoleLines {

    static final int LINES_MAX = 500;
    static final int LINE_CHARS_MAX = 4000;

    private final ArrayDeque<String> lines = new ArrayDeque<>();

    synchronized void add(String line) {
        if (lines.size() == LINES_MAX) {
            lines.removeFirst();
        }
        lines.addLast(
                line.length() <= LINE_CHARS_MAX ? line : line.substring(0, LINE_CHARS_MAX) + "…");
    }

    synchronized List<String> all() {
        return List.copyOf(lines);
    }

    /** Returns the last lines as text for a message, each indented. */
    String tail(int linesMax) {
        List<String> all = new ArrayList<>(all());
        List<String> last = all.subList(Math.max(0, all.size() - linesMax), all.size());
        return last.isEmpty() ? "  (nothing)" : "  " + String.join("\n  ", last);
    }
}
