package io.sluice.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Events on the disk that are not yet in the database, in order: lines in files that are numbered, of which the last
 * is written and the first is read. What is in it outlives the process; what a crash leaves of a line is skipped.
 * Used by two threads, one that writes and one that reads; the lock holds what both know.
 */
final class EventJournal implements AutoCloseable {
    private static final String ENDING = ".events";

    /** What is read is deleted in pieces of this size. */
    private static final int SEGMENT_BYTES = 1024 * 1024;

    /** Read at a time; every line is shorter. */
    private static final int READ_BYTES = 256 * 1024;

    private final Path directory;
    private final long maxBytes;
    private final FileChannel lockFile;
    private final Path alive;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final Deque<Segment> segments = new ArrayDeque<>();

    /** Of the reader: how much of the first segment is done with. */
    private long readBytes;

    private long nextNumber;
    private FileChannel last;

    /** Lines that were read, and where the next begins. */
    record Batch(List<byte[]> lines, long endBytes) {
        boolean isEmpty() {
            return lines.isEmpty();
        }
    }

    private static final class Segment {
        private final Path file;
        private long sizeBytes;

        private Segment(Path file, long sizeBytes) {
            this.file = file;
            this.sizeBytes = sizeBytes;
        }
    }

    private EventJournal(Path directory, long maxBytes, FileChannel lockFile) throws IOException {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.lockFile = lockFile;
        alive = directory.resolve("alive");
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(EventJournal::isSegment).sorted().toList()) {
                segments.add(new Segment(file, Files.size(file)));
                nextNumber = number(file) + 1;
            }
        }
        last = append();
    }

    /**
     * Opens the journal of a directory, which is made if there is none.
     *
     * @throws IOException if it cannot be used, as when another server does
     */
    static EventJournal open(Path directory, long maxBytes) throws IOException {
        Files.createDirectories(directory);
        FileChannel lockFile =
                FileChannel.open(
                        directory.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            if (!isLocked(lockFile)) {
                throw new IOException("another server keeps its history in " + directory);
            }
            return new EventJournal(directory, maxBytes, lockFile);
        } catch (IOException unusable) {
            lockFile.close();
            throw unusable;
        }
    }

    private static boolean isLocked(FileChannel file) throws IOException {
        try {
            FileLock held = file.tryLock();
            return held != null;
        } catch (OverlappingFileLockException ofThisProcess) {
            return false;
        }
    }

    private static boolean isSegment(Path file) {
        return String.valueOf(file.getFileName()).matches("[0-9]{12}\\" + ENDING);
    }

    private static long number(Path file) {
        return Long.parseLong(String.valueOf(file.getFileName()).replace(ENDING, ""));
    }

    /** A new last segment. */
    private FileChannel append() throws IOException {
        Path file = directory.resolve(String.format("%012d%s", nextNumber, ENDING));
        FileChannel opened =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        nextNumber++;
        segments.add(new Segment(file, 0));
        return opened;
    }

    // ---- the writer's

    /** When the last server of this directory was last known to run; 0 if there was none. */
    long lastAliveMillis() throws IOException {
        return Files.exists(alive) ? Files.getLastModifiedTime(alive).toMillis() : 0;
    }

    void isAlive(long nowMillis) throws IOException {
        if (!Files.exists(alive)) {
            Files.createFile(alive);
        }
        Files.setLastModifiedTime(alive, FileTime.fromMillis(nowMillis));
    }

    /** Writes lines down, and returns how many of them there is room for. */
    int append(List<byte[]> lines) throws IOException {
        lock.lock();
        try {
            int fitting = 0;
            long bytes = 0;
            long freeBytes = maxBytes - sizeBytes();
            for (byte[] line : lines) {
                if (bytes + line.length > freeBytes) {
                    break;
                }
                bytes += line.length;
                fitting++;
            }
            write(lines.subList(0, fitting), (int) bytes);
            return fitting;
        } finally {
            lock.unlock();
        }
    }

    private void write(List<byte[]> lines, int bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(bytes);
        lines.forEach(all::put);
        all.flip();
        Segment current = segments.getLast();
        // Where this fails half way, the next lines are written over it.
        while (all.hasRemaining()) {
            last.write(all, current.sizeBytes + all.position());
        }
        last.force(false);
        current.sizeBytes += bytes;
        if (current.sizeBytes >= SEGMENT_BYTES) {
            last.close();
            last = append();
        }
    }

    /** Of all that waits. */
    long queuedBytes() {
        lock.lock();
        try {
            return sizeBytes();
        } finally {
            lock.unlock();
        }
    }

    private long sizeBytes() {
        long bytes = -readBytes;
        for (Segment segment : segments) {
            bytes += segment.sizeBytes;
        }
        return bytes;
    }

    // ---- the reader's

    /** The oldest lines, the same ones until they are discarded; none if nothing waits. */
    Batch read(int maxLines) throws IOException {
        Path file;
        long sizeBytes;
        lock.lock();
        try {
            dropRead();
            file = segments.getFirst().file;
            sizeBytes = segments.getFirst().sizeBytes;
        } finally {
            lock.unlock();
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(READ_BYTES, sizeBytes - readBytes));
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && from.read(bytes, readBytes + bytes.position()) > 0) {
                // A read may bring a part.
            }
        }
        return batch(bytes.flip(), maxLines, readBytes + bytes.limit() == sizeBytes);
    }

    /** Takes lines apart; the end of a whole segment ends its last line, whatever it is. */
    private Batch batch(ByteBuffer bytes, int maxLines, boolean atEnd) {
        List<byte[]> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < bytes.limit() && lines.size() < maxLines; i++) {
            boolean isTail = atEnd && i == bytes.limit() - 1;
            if (bytes.get(i) == '\n' || isTail) {
                byte[] line = new byte[i + 1 - begin];
                bytes.get(begin, line);
                lines.add(line);
                begin = i + 1;
            }
        }
        if (lines.isEmpty() && bytes.limit() == READ_BYTES) {
            // No line of ours is so long.
            lines.add(new byte[] {'\n'});
            begin = READ_BYTES;
        }
        return new Batch(lines, readBytes + begin);
    }

    /** Forgets what was read. */
    void discard(Batch done) throws IOException {
        lock.lock();
        try {
            readBytes = done.endBytes();
            dropRead();
        } finally {
            lock.unlock();
        }
    }

    /** Deletes segments that are read; the last one is begun anew. */
    private void dropRead() throws IOException {
        while (readBytes >= segments.getFirst().sizeBytes) {
            Segment first = segments.getFirst();
            if (segments.size() > 1) {
                Files.delete(first.file);
                segments.removeFirst();
                readBytes = 0;
                continue;
            }
            if (readBytes > 0) {
                last.truncate(0);
                first.sizeBytes = 0;
                readBytes = 0;
            }
            return;
        }
    }

    @Override
    public void close() throws IOException {
        last.close();
        lockFile.close();
    }
}
