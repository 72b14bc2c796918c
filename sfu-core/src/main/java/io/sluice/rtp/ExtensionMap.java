package io.sluice.rtp;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ids that one section of a session gave to header extensions (RFC 8285 5). Immutable. */
public final class ExtensionMap {
    /** No extensions at all. */
    public static final ExtensionMap EMPTY = new ExtensionMap(Map.of());

    private static final int ID_MAX = 255;

    private final int[] ids = new int[HeaderExtension.count()];

    private ExtensionMap(Map<HeaderExtension, Integer> idsByExtension) {
        idsByExtension.forEach(this::put);
    }

    private void put(HeaderExtension extension, int id) {
        if (id < 1 || id > ID_MAX) {
            throw new IllegalArgumentException(
                    "id of " + extension + " must be 1 to 255, not " + id);
        }
        for (int taken : ids) {
            if (taken == id) {
                throw new IllegalArgumentException(
                        "id " + id + " stands for " + extension + " and another extension");
            }
        }
        ids[extension.ordinal()] = id;
    }

    /**
     * The map of a section.
     *
     * @throws IllegalArgumentException if an id is not 1 to 255 or is given twice
     */
    public static ExtensionMap of(Map<HeaderExtension, Integer> idsByExtension) {
        return idsByExtension.isEmpty() ? EMPTY : new ExtensionMap(idsByExtension);
    }

    /** Whether all extensions have the same ids. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ExtensionMap map && Arrays.equals(ids, map.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    /** The id of an extension, or 0 if it was not negotiated. */
    public int id(HeaderExtension extension) {
        return ids[extension.ordinal()];
    }
}
