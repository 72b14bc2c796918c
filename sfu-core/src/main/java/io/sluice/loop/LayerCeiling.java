package io.sluice.loop;

/**
 * How much a picture to any viewer of a loop may cost while there is more to do than the loop can: what costs more is
 * not sent, but for each picture's lowest layer.
 *
 * <p>Who watches the load sets it, one thread; the loop obeys, and says once in a round, which is from one look at the
 * load to the next, what there is to shed and to give back. Read from anywhere.
 */
public final class LayerCeiling {
    /** As bits a second: no picture is bounded. */
    public static final long NONE = Long.MAX_VALUE;

    /**
     * What the viewers of a loop said in a round, in bits a second.
     *
     * @param sheddableBps what the dearest picture costs that could be had for less; 0 without any
     * @param stepBps what would be sent more below {@link #stepUp}
     * @param allBps what would be sent more without a ceiling
     */
    public record Noted(long sheddableBps, long stepBps, long allBps) {
        static final Noted NOTHING = new Noted(0, 0, 0);
    }

    private volatile long bitsPerSecond = NONE;
    private volatile long stepUp = NONE;
    private volatile int shedLayers;

    /** Written by who watches the load. */
    private volatile int round;

    /** Of which round {@link #noted} is; the loop's, as what follows. */
    private int notedRound = -1;

    private long highestBps;
    private long stepBps;
    private long allBps;
    private boolean saidMore;

    /** Written by the loop. */
    private volatile Noted noted = Noted.NOTHING;

    /** The most that a picture may cost; from any thread. */
    public long bitsPerSecond() {
        return bitsPerSecond;
    }

    /** What the ceiling would be next if there were less to do; from any thread. */
    public long stepUp() {
        return stepUp;
    }

    /** Sets it; by who watches the load. */
    public void set(long changedBps, long stepUpBps) {
        stepUp = stepUpBps;
        bitsPerSecond = changedBps;
    }

    /** What was said since the last look, which begins a new round; by who watches the load. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public Noted take() {
        Noted taken = noted;
        round++;
        return taken;
    }

    /** Each viewer says once in a round what it has. */
    public int round() {
        return round;
    }

    /** What a viewer's pictures are; on the loop. */
    public void note(long sheddableBps, long stepMoreBps, long allMoreBps) {
        begin();
        saidMore = true;
        highestBps = Math.max(highestBps, sheddableBps);
        stepBps += stepMoreBps;
        allBps += allMoreBps;
    }

    /** Tells what was said in this round so far: viewers are looked at in turns of some ticks; on the loop. */
    public void endTick() {
        begin();
        if (saidMore) {
            saidMore = false;
            noted = new Noted(highestBps, stepBps, allBps);
        }
    }

    private void begin() {
        int current = round;
        if (notedRound != current) {
            notedRound = current;
            highestBps = 0;
            stepBps = 0;
            allBps = 0;
            // Where nobody says anything, that is told too.
            saidMore = true;
        }
    }

    /** So many layers of a viewer's pictures are left out, instead of so many before; on the loop. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void shed(int before, int now) {
        if (now != before) {
            shedLayers += now - before;
        }
    }

    /** How many layers are left out now, of all pictures of all viewers; from any thread. */
    public int shedLayers() {
        return shedLayers;
    }
}
