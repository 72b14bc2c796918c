package io.sluice.history;

import io.sluice.history.HistoryConfig.PhotoLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stills of calls: a file each, in a directory for each room. What they are of stands in the history. Usable from any
 * thread; one thread owns the files.
 */
public final class PhotoStore {
    private static final Logger LOG = LoggerFactory.getLogger(PhotoStore.class);

    /** Known in memory, some 200 bytes each. */
    private static final int MAX_PHOTOS = 100_000;

    /** Images on their way to the disk or from it, each in memory. */
    private static final int MAX_UNDER_WAY = 16;

    private static final int ID_BYTES = 9;
    private static final String ID_PREFIX = "PH_";

    private final Path directory;
    private final PhotoLimits limits;
    private final Duration keepFor;
    private final RandomGenerator random;

    /** By id. */
    private final Map<String, Photo> photos = new ConcurrentHashMap<>();

    private final AtomicLong totalBytes = new AtomicLong();
    private final ThreadPoolExecutor disk =
            new ThreadPoolExecutor(
                    0,
                    1,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MAX_UNDER_WAY),
                    Thread.ofPlatform().daemon().name("sluice-photos").factory());

    /**
     * A still that is kept.
     *
     * @param roomKey of the room it was taken in
     */
    public record Photo(
            String photoId, String roomKey, ImageType type, long sizeBytes, long takenMillis) {}

    /** A still with its bytes. */
    public record Image(Photo photo, byte[] bytes) {}

    /** Why a still is not taken. */
    public static final class FullException extends Exception {
        private static final long serialVersionUID = 1L;

        FullException() {
            super("as many stills are kept as may be", null, false, false);
        }
    }

    private PhotoStore(
            Path directory, PhotoLimits limits, Duration keepFor, RandomGenerator random) {
        this.directory = directory;
        this.limits = limits;
        this.keepFor = keepFor;
        this.random = random;
    }

    static PhotoStore open(
            Path directory, PhotoLimits limits, Duration keepFor, RandomGenerator random)
            throws IOException {
        Files.createDirectories(directory);
        PhotoStore store = new PhotoStore(directory, limits, keepFor, random);
        try (Stream<Path> files = Files.walk(directory, 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                store.remember(file);
            }
        }
        return store;
    }

    private void remember(Path file) throws IOException {
        String[] parts = String.valueOf(file.getFileName()).split("\\.");
        Optional<ImageType> type =
                parts.length == 2 ? ImageType.ofEnding(parts[1]) : Optional.empty();
        if (type.isEmpty()) {
            // Half written when the server died.
            Files.delete(file);
            return;
        }
        Path room = Objects.requireNonNull(file.getParent());
        Photo photo =
                new Photo(
                        parts[0],
                        String.valueOf(room.getFileName()),
                        type.get(),
                        Files.size(file),
                        Files.getLastModifiedTime(file).toMillis());
        photos.put(photo.photoId(), photo);
        totalBytes.addAndGet(photo.sizeBytes());
    }

    public int maxBytes() {
        return limits.maxBytes();
    }

    /** Bytes of all stills. */
    public long totalBytes() {
        return totalBytes.get();
    }

    /** Rooms have names that are no names for files. */
    private static String key(String room) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(room.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    private Path path(Photo photo) {
        return directory
                .resolve(photo.roomKey())
                .resolve(photo.photoId() + "." + photo.type().ending());
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException, FullException;
    }

    private <T> CompletableFuture<T> onDisk(Work<T> work) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        try {
            disk.execute(() -> {
                try {
                    reply.complete(work.run());
                } catch (IOException | FullException | RuntimeException failed) {
                    reply.completeExceptionally(failed);
                }
            });
        } catch (RejectedExecutionException tooMany) {
            reply.completeExceptionally(new HistoryUnavailableException());
        }
        return reply;
    }

    /** Keeps a still of a room; the room's oldest makes way. Fails with {@link FullException} if all is full. */
    public CompletableFuture<Photo> keep(String room, ImageType type, byte[] image) {
        return onDisk(() -> {
            String roomKey = key(room);
            List<Photo> ofRoom =
                    photos.values().stream()
                            .filter(photo -> photo.roomKey().equals(roomKey))
                            .sorted(Comparator.comparingLong(Photo::takenMillis))
                            .toList();
            for (int i = 0; i <= ofRoom.size() - limits.maxInRoom(); i++) {
                remove(ofRoom.get(i));
            }
            if (photos.size() >= MAX_PHOTOS
                    || totalBytes.get() + image.length > limits.maxTotalBytes()) {
                throw new FullException();
            }
            return write(roomKey, type, image);
        });
    }

    private Photo write(String roomKey, ImageType type, byte[] image) throws IOException {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String photoId = ID_PREFIX + HexFormat.of().formatHex(id);
        Path place = Files.createDirectories(directory.resolve(roomKey));
        Path written = place.resolve(photoId + ".part");
        Files.write(written, image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        long takenMillis = Files.getLastModifiedTime(written).toMillis();
        Photo photo = new Photo(photoId, roomKey, type, image.length, takenMillis);
        Files.move(written, path(photo), StandardCopyOption.ATOMIC_MOVE);
        photos.put(photoId, photo);
        totalBytes.addAndGet(image.length);
        return photo;
    }

    private @Nullable Photo find(String room, String photoId) {
        Photo photo = photos.get(photoId);
        return photo != null && photo.roomKey().equals(key(room)) ? photo : null;
    }

    /** A still of this room; empty if the room has none of this id. */
    public CompletableFuture<Optional<Image>> read(String room, String photoId) {
        Photo photo = find(room, photoId);
        if (photo == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return onDisk(() -> {
            try {
                return Optional.of(new Image(photo, Files.readAllBytes(path(photo))));
            } catch (NoSuchFileException gone) {
                return Optional.empty();
            }
        });
    }

    /** Deletes a still of this room; false if the room has none of this id. */
    public boolean delete(String room, String photoId) {
        Photo photo = find(room, photoId);
        if (photo != null) {
            remove(photo);
        }
        return photo != null;
    }

    /** Deletes a still, if there is one. */
    void delete(String photoId) {
        Photo photo = photos.get(photoId);
        if (photo != null) {
            remove(photo);
        }
    }

    /** Deletes what was taken long ago. */
    void forget(long nowMillis) {
        for (Photo photo : photos.values()) {
            if (photo.takenMillis() < nowMillis - keepFor.toMillis()) {
                remove(photo);
            }
        }
    }

    private void remove(Photo photo) {
        if (photos.remove(photo.photoId()) == null) {
            return;
        }
        totalBytes.addAndGet(-photo.sizeBytes());
        try {
            Files.deleteIfExists(path(photo));
        } catch (IOException stuck) {
            LOG.error("A still cannot be deleted", stuck);
        }
    }

    void close() {
        disk.shutdown();
    }
}
