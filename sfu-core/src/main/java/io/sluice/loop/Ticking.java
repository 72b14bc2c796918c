package io.sluice.loop;

/** Has work that depends on time; the loop it is registered on asks it regularly. */
public interface Ticking {

    /** Does what is due at {@code nowNanos}; on the loop. */
    void onTick(long nowNanos);
}
