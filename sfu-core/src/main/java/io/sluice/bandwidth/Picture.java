package io.sluice.bandwidth;

import org.jspecify.annotations.Nullable;

/**
 * A picture that one viewer asks for, and what of it was granted.
 *
 * <p>Owned by the viewer's loop.
 */
public final class Picture {
    /** Instead of a rung: nothing of it is granted. */
    static final int NOTHING = -1;

    /** What is affordable for so long is no accident. */
    static final long RISING_NANOS = 400_000_000;

    /** After a fall, before it rises again. */
    static final long HOLD_MIN_NANOS = 2_000_000_000;

    /** After a fall that was not for what it was: until it is known what the path carries now. */
    static final long HOLD_NEW_PATH_NANOS = 1_000_000_000;

    /** Even what failed again and again is tried now and then. */
    static final long HOLD_MAX_NANOS = 16_000_000_000L;

    /** So long what was asked for comes as soon as it fits: a probe shows whether it does. */
    static final long ASKED_NANOS = 1_000_000_000;

    /** What falls so soon after it rose should not have risen. */
    static final long SETTLED_NANOS = 10_000_000_000L;

    private final Runnable onGranted;
    private Ladder ladder;
    private int priority;
    private Prominence prominence = Prominence.OTHER;
    private boolean wanted = true;
    private long ceilingBps = BandwidthAllocator.UNLIMITED;
    private boolean limited;

    /** Whether anything was ever granted or refused. */
    private boolean decided;

    /** Whether it was just asked for, so that it need not prove itself. */
    private boolean asked = true;

    /** Whether anything was decided since it was asked for, and when first. */
    private boolean answered;

    private long answeredNanos;

    private int granted;
    private int next;
    private int cap;

    private boolean rising;
    private long risingNanos;
    private boolean rose;
    private long roseNanos;
    private boolean fell;
    private long fellNanos;
    private boolean fellFar;
    private long holdNanos = HOLD_MIN_NANOS;

    /**
     * @param onGranted hears what is granted first, and that something else is granted than before
     */
    public Picture(Ladder ladder, Runnable onGranted) {
        this.ladder = ladder;
        this.onGranted = onGranted;
    }

    /** What the picture can be had as from now on. */
    public void offer(Ladder offered) {
        if (granted != NOTHING) {
            granted = offered.nearest(ladder.rung(granted));
        }
        ladder = offered;
    }

    /**
     * What the viewer says of it from now on.
     *
     * @param isWanted whether it is to be sent at all
     * @param newPriority the higher is served first
     */
    public void ask(boolean isWanted, int newPriority) {
        wanted = isWanted;
        priority = newPriority;
        asked = true;
        answered = false;
    }

    public void prominence(Prominence changed) {
        prominence = changed;
    }

    /** What it may cost at most, whatever its path carries; its lowest rung stays. */
    void ceiling(long bps) {
        ceilingBps = bps;
    }

    /** How many rungs the ceiling takes away. */
    int shedRungs() {
        return wanted ? ladder.top() - top() : 0;
    }

    /** What it costs now of what a ceiling could take away; 0 if it has no more than its lowest rung. */
    long sheddableBps() {
        int sent = Math.min(limited ? granted : ladder.top(), top());
        while (sent > 0 && !ladder.rung(sent).active()) {
            sent--;
        }
        return wanted && sent > 0 ? ladder.priceBps(sent) : 0;
    }

    /** What it would cost more below a higher ceiling; 0 if it is not the ceiling that bounds it. */
    long moreBelow(long higherBps) {
        int top = top();
        return wanted && limited && granted == top
                ? ladder.priceBps(topBelow(higherBps)) - ladder.priceBps(top)
                : 0;
    }

    private int top() {
        return topBelow(ceilingBps);
    }

    private int topBelow(long mostBps) {
        int top = ladder.top();
        while (top > 0 && ladder.priceBps(top) > mostBps) {
            top--;
        }
        return top;
    }

    /** Whether the bandwidth allows nothing of it, though it is wanted. */
    public boolean isPaused() {
        return limited && wanted && granted == NOTHING;
    }

    /** Whether it is bounded, and nobody has said yet to what. */
    public boolean isUndecided() {
        return limited && !decided;
    }

    /**
     * Whether it has just fallen since far too much was granted: more of what was sent before does not get
     * through.
     */
    public boolean fellFar() {
        return fellFar;
    }

    /** The best that is allowed, or null if anything is that can be had. */
    public @Nullable Rung bound() {
        if (!limited || granted == NOTHING) {
            return null;
        }
        return granted == ladder.top() && ladder.isComplete() ? null : ladder.rung(granted);
    }

    // ---- For the allocator.

    /** Bounds it from now on: what was on its way stays until it is decided on. */
    void limit() {
        if (!limited) {
            limited = true;
            granted = asked ? 0 : ladder.top();
            decided = !asked;
        }
    }

    /** Bounds it no more. */
    void release() {
        asked &= !wanted;
        fellFar = false;
        if (limited) {
            limited = false;
            onGranted.run();
        }
    }

    boolean isBefore(Picture other) {
        return priority != other.priority
                ? priority > other.priority
                : prominence.compareTo(other.prominence) > 0;
    }

    boolean isBesides(Picture other) {
        return priority == other.priority && prominence == other.prominence;
    }

    /** What it costs at most; 0 if it is not wanted. */
    long demandBps() {
        return wanted ? ladder.priceBps(top()) : 0;
    }

    /** What it costs as it was granted. */
    long grantedBps() {
        return wanted && decided ? ladder.priceBps(granted) : 0;
    }

    /** What it costs as it was granted, or at its lowest if nothing was. */
    long leastBps() {
        return wanted ? ladder.priceBps(decided ? Math.max(granted, 0) : 0) : 0;
    }

    void begin(boolean held) {
        next = NOTHING;
        if (!held) {
            cap = wanted ? top() : NOTHING;
        }
    }

    /** Of no more than the smallest size, but with all its frames. */
    void staySmall() {
        cap = Math.min(cap, ladder.smallest());
    }

    boolean hasNext() {
        return next < cap;
    }

    boolean isNothing() {
        return next == NOTHING;
    }

    boolean nextIsMore() {
        return next + 1 > granted || !decided;
    }

    long stepBps() {
        return ladder.priceBps(next + 1) - ladder.priceBps(next);
    }

    void step() {
        next++;
    }

    void stop() {
        cap = next;
    }

    /**
     * Looks at what would be given.
     *
     * @param calm whether anything may rise that was not just asked for
     * @return whether it must wait for it
     */
    boolean hold(boolean calm, long nowNanos) {
        boolean more = wanted && next > granted;
        if (more && !rising) {
            risingNanos = nowNanos;
        }
        rising = more;
        boolean held = more && !mayRise(calm, nowNanos);
        if (wanted) {
            cap = more && !held ? next : Math.min(granted, top());
        }
        return held;
    }

    private boolean mayRise(boolean calm, long nowNanos) {
        return asked
                || (calm
                        && nowNanos - risingNanos >= RISING_NANOS
                        && (!fell || nowNanos - fellNanos >= holdNanos));
    }

    /**
     * Takes what it was given.
     *
     * @param farOver whether far too much was granted before
     * @param anotherPath whether so much too much that this says nothing of whether it would pass later
     */
    void take(boolean farOver, boolean anotherPath, long nowNanos) {
        boolean changes = wanted && next != granted;
        boolean falls = changes && decided && next < granted;
        fellFar = falls && farOver;
        if (changes && granted > top()) {
            // It says nothing of the path.
            rising = false;
            rose = false;
        } else if (changes) {
            note(next > granted, anotherPath, nowNanos);
        }
        if (changes) {
            granted = next;
        }
        boolean first = !decided;
        decided = true;
        asked &= !wanted || (!falls && staysAsked(nowNanos));
        if (changes || first) {
            onGranted.run();
        }
    }

    /** Whether it has not got all that was just asked for. */
    private boolean staysAsked(long nowNanos) {
        if (!answered) {
            answered = true;
            answeredNanos = nowNanos;
        }
        return granted < top() && nowNanos - answeredNanos < ASKED_NANOS;
    }

    private void note(boolean rises, boolean anotherPath, long nowNanos) {
        rising = false;
        if (rises) {
            // What was asked for was no trial.
            rose = !asked;
            roseNanos = nowNanos;
        } else if (decided) {
            if (anotherPath) {
                holdNanos = HOLD_NEW_PATH_NANOS;
            } else if (rose) {
                boolean failed = nowNanos - roseNanos < SETTLED_NANOS;
                holdNanos = failed ? Math.min(2 * holdNanos, HOLD_MAX_NANOS) : HOLD_MIN_NANOS;
            }
            rose = false;
            fell = true;
            fellNanos = nowNanos;
        }
    }
}
