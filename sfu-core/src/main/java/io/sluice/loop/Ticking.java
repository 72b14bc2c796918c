package io.sluice.loop;

/** Has work that depends on time; the loop it is registered on asks it regularly. */
public interface Ticking {

    /** Does what is due at {@code nowNanos}; on the loop, every {@link LoopConfig#tickNanos}. */
    void onTick(long nowNanos);
}
