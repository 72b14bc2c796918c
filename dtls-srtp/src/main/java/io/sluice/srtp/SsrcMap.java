package io.sluice.srtp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each SSRC: open addressing, no boxes.
 *
 * <p>Owned by its context's loop.
 */
final class SsrcMap<V> {

    /** Looks at one entry. */
    interface Entry<V> {
        boolean test(int ssrc, V value);
    }

    private static final int INITIAL_SLOTS = 8;

    private final int maxSize;
    private int[] keys = new int[INITIAL_SLOTS];
    private @Nullable Object[] values = new @Nullable Object[INITIAL_SLOTS];
    private int size;

    SsrcMap(int maxSize) {
        this.maxSize = maxSize;
    }

    boolean isFull() {
        return size >= maxSize;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    @Nullable V find(int ssrc) {
        return (V) values[slot(ssrc, keys, values)];
    }

    /** Adds an SSRC that is not there yet. */
    void add(int ssrc, V value) {
        if (isFull()) {
            throw new IllegalStateException("full: " + size);
        }
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        int slot = slot(ssrc, keys, values);
        if (values[slot] != null) {
            throw new IllegalStateException("known already: " + ssrc);
        }
        keys[slot] = ssrc;
        values[slot] = value;
        size++;
    }

    /** Takes out what is not wanted any more; nothing per packet. */
    @SuppressWarnings("unchecked")
    void removeIf(Entry<V> unwanted) {
        int[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new int[oldKeys.length];
        values = new @Nullable Object[oldKeys.length];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            V value = (V) oldValues[i];
            if (value != null && !unwanted.test(oldKeys[i], value)) {
                add(oldKeys[i], value);
            }
        }
    }

    void clear() {
        Arrays.fill(values, null);
        size = 0;
    }

    private void grow() {
        int[] newKeys = new int[2 * keys.length];
        @Nullable Object[] newValues = new @Nullable Object[2 * keys.length];
        for (int i = 0; i < keys.length; i++) {
            if (values[i] != null) {
                int slot = slot(keys[i], newKeys, newValues);
                newKeys[slot] = keys[i];
                newValues[slot] = values[i];
            }
        }
        keys = newKeys;
        values = newValues;
    }

    /** Where the SSRC is, or would go: half of the slots are free, so one is found. */
    private static int slot(int ssrc, int[] keys, @Nullable Object[] values) {
        int mask = keys.length - 1;
        // Fibonacci hashing: senders may choose SSRCs that differ in few bits.
        int slot = ((ssrc * 0x9E3779B9) >>> 16) & mask;
        while (values[slot] != null && keys[slot] != ssrc) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
