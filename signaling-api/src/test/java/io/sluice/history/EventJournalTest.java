package io.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventJournalTest {
    private static final long PLENTY_BYTES = 64 * 1024 * 1024;

    @TempDir private Path directory;

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8).strip();
    }

    private static List<String> readAll(EventJournal journal, int atATime) throws IOException {
        List<String> all = new ArrayList<>();
        EventJournal.Batch batch = journal.read(atATime);
        while (!batch.isEmpty()) {
            batch.lines().forEach(line -> all.add(text(line)));
            journal.discard(batch);
            batch = journal.read(atATime);
        }
        return all;
    }

    private EventJournal open() throws IOException {
        return EventJournal.open(directory, PLENTY_BYTES);
    }

    @Test
    void shouldGiveLinesInOrderAndTheSameUntilTheyAreDiscarded() throws IOException {
        try (EventJournal journal = open()) {
            assertThat(journal.read(10).isEmpty()).isTrue();
            assertThat(journal.append(List.of(line("a"), line("b"), line("c")))).isEqualTo(3);
            assertThat(journal.read(2).lines())
                    .extracting(EventJournalTest::text)
                    .containsExactly("a", "b");
            EventJournal.Batch again = journal.read(2);
            assertThat(again.lines()).extracting(EventJournalTest::text).containsExactly("a", "b");
            journal.discard(again);
            journal.append(List.of(line("d")));
            assertThat(readAll(journal, 2)).containsExactly("c", "d");
            assertThat(journal.queuedBytes()).isZero();
        }
    }

    @Test
    void shouldKeepLinesOverARestartAndGoOnAfterThem() throws IOException {
        try (EventJournal before = open()) {
            before.append(List.of(line("a"), line("b")));
        }
        try (EventJournal after = open()) {
            after.append(List.of(line("c")));
            assertThat(readAll(after, 100)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void shouldSkipWhatACrashLeftOfALine() throws IOException {
        try (EventJournal before = open()) {
            before.append(List.of(line("{\"whole\":1}")));
        }
        try (Stream<Path> files = Files.list(directory)) {
            Path last =
                    files.filter(file -> file.toString().endsWith(".events"))
                            .findFirst()
                            .orElseThrow();
            Files.writeString(last, "{\"half", StandardOpenOption.APPEND);
        }
        try (EventJournal after = open()) {
            after.append(List.of(line("{\"next\":1}")));
            List<String> all = readAll(after, 100);
            assertThat(all).containsExactly("{\"whole\":1}", "{\"half", "{\"next\":1}");
            assertThat(CallEvent.ofLine(line(all.get(1)))).isEmpty();
        }
    }

    @Test
    void shouldTakeNoMoreThanItsBoundAndMakeRoomAgain() throws IOException {
        String long1000 = "x".repeat(999);
        try (EventJournal journal = EventJournal.open(directory, 10_000)) {
            List<byte[]> lines = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                lines.add(line(long1000));
            }
            assertThat(journal.append(lines)).isEqualTo(10);
            assertThat(journal.append(lines)).isZero();
            journal.discard(journal.read(4));
            assertThat(journal.append(lines)).isEqualTo(4);
            assertThat(readAll(journal, 3)).hasSize(10);
        }
    }

    @Test
    void shouldDeleteFilesThatAreRead() throws IOException {
        List<byte[]> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add(line(i + " " + "x".repeat(10_000)));
        }
        try (EventJournal journal = open()) {
            for (byte[] line : lines) {
                journal.append(List.of(line));
            }
            List<String> all = readAll(journal, 7);
            assertThat(all).hasSize(300);
            assertThat(all.get(299)).startsWith("299 ");
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files.filter(file -> file.toString().endsWith(".events"))).hasSize(1);
            }
        }
    }

    @Test
    void shouldBeOfOneServerAtATime() throws IOException {
        try (EventJournal _ = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another server");
        }
    }
}
