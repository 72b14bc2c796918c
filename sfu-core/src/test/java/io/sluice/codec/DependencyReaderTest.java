package io.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.Hex;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DependencyReaderTest {
    /** Two spatial layers, the upper of which refers to the lower in keyframes only. */
    private static final DependencyDescriptors L2T1_KEY =
            new DependencyDescriptors(60)
                    .template(0, 0, "S-", List.of(2), 2, 1)
                    .template(0, 0, "SS", List.of(), 0, 0)
                    .template(1, 0, "-S", List.of(1), 1, 1)
                    .template(1, 0, "-S", List.of(2), 1, 2)
                    .chains(2, 0, 1)
                    .sizes(320, 180, 640, 360);

    private final DependencyReader reader = new DependencyReader();
    private final PayloadInfo info = new PayloadInfo();

    private PayloadInfo read(byte[] descriptor) {
        info.clear();
        reader.read(Hex.packet(descriptor), 0, descriptor.length, info);
        return info;
    }

    private byte[] plain(DependencyDescriptors of, int template, int frame) {
        return of.write(true, true, template, frame, false, 0, of.at(template).diffs());
    }

    private byte[] keyframe(DependencyDescriptors of, int template, int frame) {
        return of.write(true, true, template, frame, true, 0, of.at(template).diffs());
    }

    private DependencyStructure structure() {
        return Objects.requireNonNull(info.structure());
    }

    @Test
    void shouldReadAKeyframeWithItsStructure() {
        read(keyframe(L2T1_KEY, 1, 0xfffe));
        assertThat(info.valid()).isTrue();
        assertThat(info.keyframe()).isTrue();
        assertThat(info.independent()).isTrue();
        assertThat(info.frameStart()).isTrue();
        assertThat(info.frameEnd()).isTrue();
        assertThat(info.width()).isEqualTo(640);
        assertThat(info.height()).isEqualTo(360);
        assertThat(info.activeTargets()).isEqualTo(3);
        assertThat(structure().targets()).isEqualTo(2);
        assertThat(structure().spatialLayers()).isEqualTo(2);
        assertThat(structure().temporalLayers()).isEqualTo(1);
        assertThat(structure().spatialLayerOf(1)).isEqualTo(1);
    }

    @Test
    void shouldReadFramesByTheirTemplates() {
        read(keyframe(L2T1_KEY, 1, 0xfffe));
        long first = info.frameNumber();
        read(plain(L2T1_KEY, 2, 0xffff));
        assertThat(info.spatialLayer()).isEqualTo(1);
        assertThat(info.keyframe()).isFalse();
        assertThat(info.diffCount()).isEqualTo(1);
        assertThat(info.diff(0)).isEqualTo(1);

        read(plain(L2T1_KEY, 0, 0));
        assertThat(info.frameNumber()).isEqualTo(first + 2);
        assertThat(info.spatialLayer()).isZero();
        assertThat(DependencyStructure.indication(info.indications(), 0))
                .isEqualTo(DependencyStructure.SWITCH);
        assertThat(DependencyStructure.indication(info.indications(), 1))
                .isEqualTo(DependencyStructure.NOT_PRESENT);
    }

    @Test
    void shouldTellWhichDecodeTargetIsPartOfWhich() {
        read(keyframe(L2T1_KEY, 1, 1));
        // The upper one goes on without the frames of the lower.
        assertThat(structure().isPart(0, 1)).isFalse();
        assertThat(structure().isPart(1, 1)).isTrue();
        DependencyDescriptors temporal = DependencyDescriptors.l1t3(0);
        read(keyframe(temporal, 0, 2));
        assertThat(structure().parts(2)).isEqualTo(0b111);
        assertThat(structure().parts(1)).isEqualTo(0b011);
        assertThat(structure().target(7, 1, 0b111)).isEqualTo(1);
        assertThat(structure().target(7, 7, 0b011)).isEqualTo(1);
        assertThat(structure().target(7, 7, 0)).isEqualTo(DependencyStructure.NO_TARGET);
    }

    @Test
    void shouldTakeWhatAFrameSaysOfItself() {
        DependencyDescriptors temporal = DependencyDescriptors.l1t3(7);
        read(keyframe(temporal, 0, 1));
        read(temporal.write(true, false, 1, 5, false, 0b011, List.of(4, 20, 300)));
        assertThat(info.diffCount()).isEqualTo(3);
        assertThat(info.diff(1)).isEqualTo(20);
        assertThat(info.diff(2)).isEqualTo(300);
        assertThat(info.activeTargets()).isEqualTo(0b011);
        assertThat(info.frameEnd()).isFalse();
        // It holds until something else is said.
        assertThat(read(plain(temporal, 2, 7)).activeTargets()).isEqualTo(0b011);
        assertThat(read(keyframe(temporal, 0, 8)).activeTargets()).isEqualTo(0b111);
    }

    @Test
    void shouldKeepAStructureThatComesAgain() {
        DependencyDescriptors temporal = DependencyDescriptors.l1t3(7);
        DependencyStructure first = read(keyframe(temporal, 0, 1)).structure();
        assertThat(read(keyframe(temporal, 0, 2)).structure()).isSameAs(first);
        assertThat(read(keyframe(DependencyDescriptors.l1t3(8), 0, 3)).structure())
                .isNotSameAs(first);
    }

    @Test
    void shouldReadWhatComesLateByTheStructureBefore() {
        DependencyDescriptors before = DependencyDescriptors.l1t3(0);
        DependencyDescriptors after = DependencyDescriptors.l1t3(20);
        DependencyStructure first = read(keyframe(before, 0, 1)).structure();
        read(keyframe(after, 0, 6));
        assertThat(read(plain(before, 2, 4)).structure()).isSameAs(first);
        assertThat(info.temporalLayer()).isEqualTo(1);
        assertThat(read(plain(after, 2, 8)).structure()).isNotSameAs(first);
    }

    @Test
    void shouldFollowAnEncoderThatBeginsToCountAnew() {
        DependencyDescriptors temporal = DependencyDescriptors.l1t3(0);
        read(keyframe(temporal, 0, 30_000));
        long before = info.frameNumber();
        read(keyframe(DependencyDescriptors.l1t3(9), 0, 1));
        assertThat(info.frameNumber()).isGreaterThan(before);
        long first = info.frameNumber();
        assertThat(read(plain(DependencyDescriptors.l1t3(9), 2, 3)).frameNumber())
                .isEqualTo(first + 2);
    }

    @Test
    void shouldLeaveThePayloadsWordWhereItCannotRead() {
        // Nothing was said of templates yet.
        assertThat(read(plain(L2T1_KEY, 0, 1)).structure()).isNull();
        assertThat(info.valid()).isFalse();
        read(keyframe(L2T1_KEY, 1, 1));
        assertThat(read(new byte[] {(byte) 0xc0, 0}).structure()).isNull();
        // There is no template 20.
        assertThat(read(new byte[] {(byte) 0xc0 | 20, 0, 2}).structure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 12, 16, 20})
    void shouldRefuseAStructureThatIsCutOff(int bytes) {
        byte[] whole = keyframe(L2T1_KEY, 1, 1);
        assertThat(read(Arrays.copyOf(whole, bytes)).structure()).isNull();
        assertThat(read(whole).structure()).isNotNull();
    }

    @Test
    void shouldRefuseAStructureInTheMiddleOfAFrame() {
        byte[] middle = L2T1_KEY.write(false, true, 1, 1, true, 0, List.of());
        assertThat(read(middle).structure()).isNull();
    }

    /** What a viewer is written is read as what was read, but for what was to be changed. */
    @ParameterizedTest
    @ValueSource(ints = {DependencyWriter.AS_ANNOUNCED, 0b001, 0b011})
    void shouldWriteDescriptorsWithOtherNumbersAndTargets(int targets) {
        DependencyDescriptors temporal = DependencyDescriptors.l1t3(7);
        byte[][] all = {
            keyframe(temporal, 0, 1),
            temporal.write(true, false, 0, 2, true, 0b111, List.of()),
            plain(temporal, 2, 3),
            temporal.write(false, true, 1, 5, false, 0b111, List.of(4, 20, 300)),
            temporal.write(false, true, 1, 6, false, 0, List.of(3)),
        };
        DependencyReader viewer = new DependencyReader();
        PayloadInfo seen = new PayloadInfo();
        MemorySegment out = Hex.room(DependencyWriter.BYTES_MAX);
        DependencyWriter writer = new DependencyWriter();
        for (byte[] descriptor : all) {
            read(descriptor);
            int bytes =
                    writer.write(
                            Hex.packet(descriptor),
                            0,
                            descriptor.length,
                            info,
                            0x1000 + (int) info.frameNumber(),
                            targets,
                            out,
                            0);
            seen.clear();
            viewer.read(out.asSlice(0, bytes), 0, bytes, seen);
            assertThat(seen.frameNumber()).isEqualTo(info.frameNumber() + 0x1000);
            assertThat(seen.activeTargets())
                    .isEqualTo(targets == DependencyWriter.AS_ANNOUNCED ? 0b111 : targets);
            assertThat(seen)
                    .usingRecursiveComparison()
                    .ignoringFields(
                            "frameNumber",
                            "activeTargets",
                            "announcedTargets",
                            "descriptorBits",
                            "maskAtBits",
                            "diffs")
                    .isEqualTo(info);
            assertThat(Arrays.copyOf(seen.diffs, seen.diffCount))
                    .isEqualTo(Arrays.copyOf(info.diffs, info.diffCount));
        }
    }

    @Test
    void shouldSurviveRandomBytes() {
        Random random = new Random(5);
        MemorySegment out = Hex.room(DependencyWriter.BYTES_MAX);
        DependencyWriter writer = new DependencyWriter();
        int read = 0;
        for (int round = 0; round < 30_000; round++) {
            byte[] bytes =
                    random.nextBoolean() ? keyframe(L2T1_KEY, 1, round) : new byte[3 + round % 9];
            if (bytes.length < 12) {
                random.nextBytes(bytes);
            }
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            read(bytes);
            if (info.structure() != null) {
                read++;
                writer.write(Hex.packet(bytes), 0, bytes.length, info, round, 1, out, 0);
            }
        }
        assertThat(read).isGreaterThan(5_000);
    }
}
