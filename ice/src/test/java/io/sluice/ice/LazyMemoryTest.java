package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LazyMemoryTest {
    private static final long SIZE_BYTES = 256L << 20;
    private static final int ALIGNMENT_BYTES = 2048;
    private static final Path PAGES = Path.of("/proc/self/statm");
    private static final int RESIDENT = 1;
    private static final int SMALLEST_PAGE = 4096;

    @Test
    void shouldBeAlignedAndZeroAndGoneWithItsArena() {
        MemorySegment memory;
        try (Arena arena = Arena.ofShared()) {
            memory = LazyMemory.allocate(arena, SIZE_BYTES, ALIGNMENT_BYTES);

            assertThat(memory.byteSize()).isEqualTo(SIZE_BYTES);
            assertThat(memory.address() % ALIGNMENT_BYTES).isZero();
            assertThat(memory.get(ValueLayout.JAVA_BYTE, SIZE_BYTES - 1)).isZero();
            memory.set(ValueLayout.JAVA_BYTE, SIZE_BYTES - 1, (byte) 7);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, SIZE_BYTES - 1)).isEqualTo((byte) 7);
        }
        assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNotBeResidentBeforeItIsWritten() throws IOException {
        assumeTrue(Files.exists(PAGES), "the system does not count pages");
        long before = residentPages();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = LazyMemory.allocate(arena, SIZE_BYTES, ALIGNMENT_BYTES);

            assertThat(memory.get(ValueLayout.JAVA_BYTE, SIZE_BYTES / 2)).isZero();
            assertThat((residentPages() - before) * SMALLEST_PAGE).isLessThan(SIZE_BYTES / 2);
        }
    }

    private static long residentPages() throws IOException {
        return Long.parseLong(Files.readString(PAGES).split(" ")[RESIDENT]);
    }
}
