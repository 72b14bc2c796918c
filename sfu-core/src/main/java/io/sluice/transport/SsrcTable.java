package io.sluice.transport;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * SSRCs of one transport and what they stand for: open addressing, so that a look-up per packet
 * neither boxes nor allocates.
 *
 * <p>Owned by the transport's loop. Clients choose SSRCs, so whoever adds keeps the number bounded.
 */
final class SsrcTable<T> {
    private static final int INITIAL_CAPACITY = 16;

    private int[] ssrcs = new int[INITIAL_CAPACITY];
    private @Nullable Object[] values = new Object[INITIAL_CAPACITY];
    private int size;

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // put() stores nothing but T
    @Nullable T find(int ssrc) {
        return (T) values[slot(ssrc)];
    }

    /** Adds or replaces. */
    void put(int ssrc, T value) {
        if (2 * (size + 1) > ssrcs.length) {
            grow();
        }
        int slot = slot(ssrc);
        if (values[slot] == null) {
            size++;
        }
        ssrcs[slot] = ssrc;
        values[slot] = value;
    }

    /** Removes whatever {@code unwanted} says; rebuilds the table, which is rare. */
    void removeIf(Predicate<T> unwanted) {
        int[] oldSsrcs = ssrcs;
        @Nullable Object[] oldValues = values;
        ssrcs = new int[oldSsrcs.length];
        values = new Object[oldSsrcs.length];
        size = 0;
        refill(oldSsrcs, oldValues, unwanted);
    }

    private void grow() {
        int[] oldSsrcs = ssrcs;
        @Nullable Object[] oldValues = values;
        ssrcs = new int[2 * oldSsrcs.length];
        values = new Object[2 * oldSsrcs.length];
        size = 0;
        refill(oldSsrcs, oldValues, _ -> false);
    }

    @SuppressWarnings("unchecked") // put() stores nothing but T
    private void refill(int[] oldSsrcs, @Nullable Object[] oldValues, Predicate<T> unwanted) {
        for (int i = 0; i < oldSsrcs.length; i++) {
            T value = (T) oldValues[i];
            if (value != null && !unwanted.test(value)) {
                put(oldSsrcs[i], value);
            }
        }
    }

    /** How many places there are for {@link #at}: a walk that allocates nothing. */
    int places() {
        return values.length;
    }

    /** The value at a place, if there is one. */
    @SuppressWarnings("unchecked") // put() stores nothing but T
    @Nullable T at(int place) {
        return (T) values[place];
    }

    private int slot(int ssrc) {
        // Fibonacci hashing: SSRCs of one client may be consecutive.
        int mask = ssrcs.length - 1;
        int slot = (ssrc * 0x9E3779B9) >>> 16 & mask;
        while (values[slot] != null && ssrcs[slot] != ssrc) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
