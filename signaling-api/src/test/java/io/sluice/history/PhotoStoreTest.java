package io.sluice.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.history.HistoryConfig.PhotoLimits;
import io.sluice.history.PhotoStore.FullException;
import io.sluice.history.PhotoStore.Photo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many stills are kept, and for how long. */
final class PhotoStoreTest {
    private static final int MAX_BYTES = 100;
    private static final int MAX_IN_ROOM = 3;
    private static final int MAX_TOTAL_BYTES = 50;
    private static final int STILL_BYTES = 10;
    private static final Duration KEEP_FOR = Duration.ofDays(30);

    @TempDir Path directory;

    /** Of all stores of a test: a still has an id of its own. */
    private final Random random = new Random(1);

    private PhotoStore open() throws IOException {
        PhotoLimits limits = new PhotoLimits(MAX_BYTES, MAX_IN_ROOM, MAX_TOTAL_BYTES);
        return PhotoStore.open(directory, limits, KEEP_FOR, random);
    }

    private static Photo keep(PhotoStore store, String room) {
        return store.keep(room, ImageType.JPEG, new byte[STILL_BYTES]).join();
    }

    private static boolean has(PhotoStore store, String room, Photo photo) {
        return store.read(room, photo.photoId()).join().isPresent();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** As if it had been taken then; the store reads it when it is opened. */
    private void takenAt(Photo photo, long millis) throws IOException {
        for (Path file : files()) {
            if (String.valueOf(file.getFileName()).startsWith(photo.photoId())) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
            }
        }
    }

    @Test
    void shouldLetTheOldestOfARoomMakeWayAndTouchNoOther() throws IOException {
        PhotoStore store = open();
        Photo other = keep(store, "garden");
        List<Photo> taken = new ArrayList<>();
        for (int i = 0; i < MAX_IN_ROOM; i++) {
            taken.add(keep(store, "tea"));
            takenAt(taken.getLast(), 1_000L + i);
        }
        store.close();
        PhotoStore again = open();

        Photo newest = keep(again, "tea");

        assertThat(has(again, "tea", taken.getFirst())).isFalse();
        assertThat(taken.subList(1, MAX_IN_ROOM)).allMatch(photo -> has(again, "tea", photo));
        assertThat(has(again, "tea", newest)).isTrue();
        assertThat(has(again, "garden", other)).isTrue();
        assertThat(files()).hasSize(MAX_IN_ROOM + 1);
        again.close();
    }

    @Test
    void shouldForgetWhatIsOlderThanItsDaysAndGiveItsPlaceBack() throws IOException {
        long nowMillis = Duration.ofDays(1_000).toMillis();
        PhotoStore first = open();
        Photo old = keep(first, "tea");
        Photo young = keep(first, "tea");
        takenAt(old, nowMillis - KEEP_FOR.toMillis() - 1);
        takenAt(young, nowMillis - KEEP_FOR.toMillis());
        first.close();
        PhotoStore store = open();
        assertThat(store.totalBytes()).isEqualTo(2 * STILL_BYTES);

        store.forget(nowMillis);

        assertThat(has(store, "tea", old)).isFalse();
        assertThat(has(store, "tea", young)).isTrue();
        assertThat(store.totalBytes()).isEqualTo(STILL_BYTES);
        assertThat(files()).hasSize(1);
        store.close();
    }

    @Test
    void shouldTakeNoMoreThanAllMayBe() throws IOException {
        PhotoStore store = open();
        for (int i = 0; i < MAX_TOTAL_BYTES / STILL_BYTES; i++) {
            keep(store, "room " + i);
        }

        assertThatThrownBy(() -> keep(store, "one more")).hasCauseInstanceOf(FullException.class);
        store.close();
    }
}
