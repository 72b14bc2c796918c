package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stands in the dependency descriptors of a stream, nothing else is read, and what a viewer is written of
 * them says the same of the same frame. Before each descriptor stands its length.
 */
final class DependencyFuzzTest {
    private final MemorySegment out = MemorySegment.ofArray(new byte[DependencyWriter.BYTES_MAX]);

    static List<byte[]> streams() {
        DependencyDescriptors temporal = DependencyDescriptors.l1t3(61);
        return List.of(
                stream(
                        temporal.write(true, true, 0, 0xfffe, true, 0, List.of()),
                        temporal.write(true, false, 3, 0xffff, false, 0, List.of(1)),
                        temporal.write(false, true, 2, 0, false, 0b011, List.of(2)),
                        temporal.write(true, true, 1, 2, false, 0, List.of(4, 20, 300))),
                stream(
                        temporal.write(true, true, 0, 9, true, 0b101, List.of()),
                        DependencyDescriptors.l1t3(3).write(true, true, 0, 10, true, 0, List.of()),
                        temporal.write(true, true, 2, 8, false, 0, List.of(2))));
    }

    private static byte[] stream(byte[]... descriptors) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] descriptor : descriptors) {
            all.write(descriptor.length);
            all.writeBytes(descriptor);
        }
        return all.toByteArray();
    }

    @MethodSource("streams")
    @FuzzTest
    void stream(byte[] bytes) {
        DependencyReader reader = new DependencyReader();
        DependencyReader viewer = new DependencyReader();
        DependencyWriter writer = new DependencyWriter();
        PayloadInfo info = new PayloadInfo();
        PayloadInfo seen = new PayloadInfo();
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes[at] & 0xff, bytes.length - at - 1);
            // The descriptor is the end of the memory: a read past it throws.
            byte[] one = Arrays.copyOfRange(bytes, at + 1, at + 1 + length);
            at += 1 + length;
            info.clear();
            reader.read(MemorySegment.ofArray(one), 0, one.length, info);
            DependencyStructure structure = info.structure();
            if (structure == null) {
                continue;
            }
            assertThat(info.spatialLayer()).isBetween(0, 3);
            assertThat(info.temporalLayer()).isBetween(0, 7);
            assertThat(info.diffCount()).isBetween(0, DependencyStructure.DIFFS_MAX);
            assertThat(structure.target(7, 7, -1)).isBetween(0, structure.targets() - 1);
            int written =
                    writer.write(
                            MemorySegment.ofArray(one),
                            0,
                            one.length,
                            info,
                            (int) info.frameNumber(),
                            1,
                            out,
                            0);
            viewer.read(out, 0, written, seen);
            assertThat(seen.structure()).isNotNull();
            assertThat(seen.frameNumber()).isEqualTo(info.frameNumber());
            assertThat(seen.indications()).isEqualTo(info.indications());
            assertThat(seen.diffCount()).isEqualTo(info.diffCount());
        }
    }
}
