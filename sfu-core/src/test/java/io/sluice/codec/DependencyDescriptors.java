package io.sluice.codec;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes dependency descriptors as a publisher does, bit by bit and without regard to speed, for tests of
 * whoever reads them.
 */
public final class DependencyDescriptors {
    private static final int ROOM_BYTES = 512;
    private static final String INDICATIONS = "-DSR";

    /**
     * A template.
     *
     * @param indications one letter for each decode target: not present, discardable, switch, required
     * @param chains distance to the frame before in each chain
     */
    public record Template(
            int spatial,
            int temporal,
            String indications,
            List<Integer> diffs,
            List<Integer> chains) {}

    private final int idOffset;
    private final List<Template> templates = new ArrayList<>();
    private List<Integer> protectedBy = List.of();
    private int chains;
    private int[] sizes = {};

    private final BitWriter bits = new BitWriter();
    private final MemorySegment memory = MemorySegment.ofArray(new byte[ROOM_BYTES]);

    public DependencyDescriptors(int idOffset) {
        this.idOffset = idOffset;
    }

    /** Adds a template; they are ordered by spatial, then temporal layer. */
    public DependencyDescriptors template(
            int spatial, int temporal, String indications, List<Integer> diffs, Integer... chain) {
        templates.add(new Template(spatial, temporal, indications, diffs, List.of(chain)));
        return this;
    }

    /** Says which chain protects each decode target. */
    public DependencyDescriptors chains(int count, Integer... protectedByChain) {
        chains = count;
        protectedBy = List.of(protectedByChain);
        return this;
    }

    /** Says how large each spatial layer is: width, height, width, height... */
    public DependencyDescriptors sizes(int... widthsAndHeights) {
        sizes = widthsAndHeights;
        return this;
    }

    public Template at(int index) {
        return templates.get(index);
    }

    /**
     * A descriptor.
     *
     * @param template index
     * @param withStructure whether the templates go with it
     * @param mask of the active decode targets, or 0 to say nothing
     * @param diffs instead of the template's, or null
     */
    public byte[] write(
            boolean start,
            boolean end,
            int template,
            int frameNumber,
            boolean withStructure,
            int mask,
            List<Integer> diffs) {
        bits.begin(memory, 0);
        bits.write(start ? 1 : 0, 1);
        bits.write(end ? 1 : 0, 1);
        bits.write(template + idOffset & 63, 6);
        bits.write(frameNumber & 0xffff, 16);
        if (withStructure || mask != 0 || !diffs.equals(templates.get(template).diffs())) {
            bits.write(withStructure ? 1 : 0, 1);
            bits.write(mask != 0 ? 1 : 0, 1);
            bits.write(0, 1);
            boolean custom = !diffs.equals(templates.get(template).diffs());
            bits.write(custom ? 1 : 0, 1);
            bits.write(0, 1);
            if (withStructure) {
                structure();
            }
            if (mask != 0) {
                bits.write(mask, targets());
            }
            if (custom) {
                for (int diff : diffs) {
                    int size = diff <= 16 ? 1 : diff <= 256 ? 2 : 3;
                    bits.write(size, 2);
                    bits.write(diff - 1, 4 * size);
                }
                bits.write(0, 2);
            }
        }
        byte[] written = new byte[bits.lengthBytes()];
        MemorySegment.copy(memory, 0, MemorySegment.ofArray(written), 0, written.length);
        return written;
    }

    public int targets() {
        return templates.getFirst().indications().length();
    }

    private void structure() {
        bits.write(idOffset, 6);
        bits.write(targets() - 1, 5);
        for (int i = 1; i <= templates.size(); i++) {
            bits.write(next(i), 2);
        }
        for (Template template : templates) {
            for (char letter : template.indications().toCharArray()) {
                bits.write(INDICATIONS.indexOf(letter), 2);
            }
        }
        for (Template template : templates) {
            for (int diff : template.diffs()) {
                bits.write(1, 1);
                bits.write(diff - 1, 4);
            }
            bits.write(0, 1);
        }
        nonSymmetric(chains, targets() + 1);
        if (chains > 0) {
            protectedBy.forEach(chain -> nonSymmetric(chain, chains));
            templates.forEach(template -> template.chains().forEach(diff -> bits.write(diff, 4)));
        }
        bits.write(sizes.length > 0 ? 1 : 0, 1);
        for (int size : sizes) {
            bits.write(size - 1, 16);
        }
    }

    private int next(int index) {
        if (index == templates.size()) {
            return 3;
        }
        Template before = templates.get(index - 1);
        Template now = templates.get(index);
        if (now.spatial() != before.spatial()) {
            return 2;
        }
        return now.temporal() == before.temporal() ? 0 : 1;
    }

    private void nonSymmetric(int value, int values) {
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(values);
        int shorter = (1 << width) - values;
        if (value < shorter) {
            bits.write(value, width - 1);
        } else {
            bits.write(value + shorter, width);
        }
    }

    /** Three temporal layers: 0 2 1 2. */
    public static DependencyDescriptors l1t3(int idOffset) {
        return new DependencyDescriptors(idOffset)
                .template(0, 0, "SSS", List.of(), 0)
                .template(0, 0, "SSS", List.of(4), 4)
                .template(0, 1, "-DS", List.of(2), 2)
                .template(0, 2, "--D", List.of(1), 1)
                .template(0, 2, "--D", List.of(1), 3)
                .chains(1, 0, 0, 0)
                .sizes(640, 360);
    }
}
