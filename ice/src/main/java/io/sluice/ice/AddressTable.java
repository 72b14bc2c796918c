package io.sluice.ice;

import org.jspecify.annotations.Nullable;

/**
 * A map from (socket, remote address, port) to what sends from there, by open addressing over
 * primitive arrays: no look-up allocates. Owned by one loop.
 */
final class AddressTable<V> {
    private static final int SMALLEST = 16;

    private final long seed;
    private long[] highs = new long[SMALLEST];
    private long[] lows = new long[SMALLEST];
    private int[] ports = new int[SMALLEST];
    private int[] sockets = new int[SMALLEST];
    private @Nullable Object[] values = new @Nullable Object[SMALLEST];
    private int size;

    /** The seed keeps senders from choosing addresses that collide. */
    AddressTable(long seed) {
        this.seed = seed;
    }

    int size() {
        return size;
    }

    @Nullable V get(int socket, long high, long low, int port) {
        return value(find(socket, high, low, port));
    }

    /** Sets and returns what was there before. */
    @Nullable V put(int socket, long high, long low, int port, V value) {
        // At most half full: probes stay short, also the many that find nothing.
        if (2 * (size + 1) > values.length) {
            grow();
        }
        int i = find(socket, high, low, port);
        V before = value(i);
        if (before == null) {
            size++;
        }
        set(i, socket, high, low, port, value);
        return before;
    }

    /** Removes and returns what was there. */
    @Nullable V remove(int socket, long high, long low, int port) {
        int hole = find(socket, high, low, port);
        V before = value(hole);
        if (before == null) {
            return null;
        }
        size--;
        int mask = values.length - 1;
        // Moves back each entry that could not be found any more across the hole.
        for (int i = (hole + 1) & mask; values[i] != null; i = (i + 1) & mask) {
            int home = home(sockets[i], highs[i], lows[i], ports[i]);
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                set(hole, sockets[i], highs[i], lows[i], ports[i], values[i]);
                hole = i;
            }
        }
        values[hole] = null;
        return before;
    }

    private int find(int socket, long high, long low, int port) {
        int mask = values.length - 1;
        int i = home(socket, high, low, port);
        while (values[i] != null
                && !(lows[i] == low
                        && ports[i] == port
                        && highs[i] == high
                        && sockets[i] == socket)) {
            i = (i + 1) & mask;
        }
        return i;
    }

    private int home(int socket, long high, long low, int port) {
        long hash = seed ^ low;
        hash = mix(hash) ^ high;
        hash = mix(hash) ^ ((long) socket << Integer.SIZE | port);
        return (int) mix(hash) & (values.length - 1);
    }

    private static long mix(long value) {
        long x = value * 0x9e3779b97f4a7c15L;
        x ^= x >>> 32;
        x *= 0xd6e8feb86659fd93L;
        return x ^ x >>> 29;
    }

    private void set(int i, int socket, long high, long low, int port, @Nullable Object value) {
        sockets[i] = socket;
        highs[i] = high;
        lows[i] = low;
        ports[i] = port;
        values[i] = value;
    }

    @SuppressWarnings("unchecked")
    private @Nullable V value(int i) {
        return (V) values[i];
    }

    private void grow() {
        int[] oldSockets = sockets;
        long[] oldHighs = highs;
        long[] oldLows = lows;
        int[] oldPorts = ports;
        @Nullable Object[] oldValues = values;
        int length = oldValues.length * 2;
        sockets = new int[length];
        highs = new long[length];
        lows = new long[length];
        ports = new int[length];
        values = new @Nullable Object[length];
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != null) {
                int to = find(oldSockets[i], oldHighs[i], oldLows[i], oldPorts[i]);
                set(to, oldSockets[i], oldHighs[i], oldLows[i], oldPorts[i], oldValues[i]);
            }
        }
    }
}
