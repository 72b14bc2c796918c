package io.sluice.room;

import io.sluice.forward.Layer;
import io.sluice.forward.LayerChoice;
import io.sluice.forward.LayerTarget;
import io.sluice.forward.TrackLayers;
import io.sluice.forward.ViewerWish;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which encodings of a video track its viewers need: what is needed is asked for at once, what is not is
 * given up only after a while, so that the publisher does not start and stop it all the time. Masks have
 * one bit for each encoding, by its index.
 *
 * <p>Owned by the room's home loop; sans-IO.
 */
final class EncodingDemand {
    /** That an encoding must be of no use before it is given up: windows are resized back and forth. */
    static final long CALM_NANOS = 2_000_000_000L;

    /** That nobody must watch before all is given up: a viewer who reconnects is back sooner. */
    static final long UNWATCHED_NANOS = 5_000_000_000L;

    /**
     * That nobody must be able to get an encoding that somebody wishes before it is given up: networks get
     * better again, and an encoder that pauses takes some time to come back.
     */
    static final long UNAFFORDABLE_NANOS = 30_000_000_000L;

    /** After its beginning a track is never given up: those who are to watch it are on their way. */
    static final long FRESH_NANOS = 10_000_000_000L;

    /** Of whoever takes the lowest. */
    private static final ViewerWish LEAST = new ViewerWish(false, 1, 1, 0);

    private final List<String> names;
    private final long bornNanos;

    /** By encoding, when somebody last wished it. */
    private final long[] neededNanos;

    /** By encoding, when it was last of use. */
    private final long[] usableNanos;

    private boolean watched = true;
    private long unwatchedNanos;
    private int active;

    /**
     * The demand for a track that was just published: for all of it.
     *
     * @param rids of its encodings; empty where there is one without a name
     */
    EncodingDemand(List<String> rids, long nowNanos) {
        names = rids.isEmpty() ? List.of("0") : List.copyOf(rids);
        active = (1 << names.size()) - 1;
        bornNanos = nowNanos;
        neededNanos = new long[names.size()];
        Arrays.fill(neededNanos, nowNanos);
        usableNanos = neededNanos.clone();
    }

    /** Whether it is about encodings of these names. */
    boolean isOf(List<String> rids) {
        return rids.isEmpty() ? names.size() == 1 : names.equals(rids);
    }

    /** Whether each encoding is needed, by its rid, or by its index where it has none; lowest index first. */
    Map<String, Boolean> active() {
        Map<String, Boolean> byName = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            byName.put(names.get(i), (active >>> i & 1) != 0);
        }
        return Collections.unmodifiableMap(byName);
    }

    /** Takes what one viewer can use; returns the mask of what was given up before. */
    int raise(int usable, long nowNanos) {
        int before = active;
        use(usable, nowNanos);
        return active & ~before;
    }

    /**
     * Takes what all viewers need together, and what of it they can use; returns whether {@link #active}
     * has changed.
     */
    boolean review(int needed, int usable, long nowNanos) {
        int before = active;
        if (needed != 0) {
            note(neededNanos, needed, nowNanos);
            use(usable, nowNanos);
            giveUpUnneeded(nowNanos);
        } else {
            giveUpUnwatched(nowNanos);
        }
        return active != before;
    }

    private void use(int usable, long nowNanos) {
        watched |= usable != 0;
        active |= usable;
        note(usableNanos, usable, nowNanos);
    }

    private static void note(long[] lastNanos, int encodings, long nowNanos) {
        for (int i = 0; i < lastNanos.length; i++) {
            if ((encodings >>> i & 1) != 0) {
                lastNanos[i] = nowNanos;
            }
        }
    }

    private void giveUpUnneeded(long nowNanos) {
        for (int i = 0; i < neededNanos.length; i++) {
            long unusedNanos = nowNanos - usableNanos[i];
            boolean unneeded = nowNanos - neededNanos[i] >= CALM_NANOS;
            if (unusedNanos >= (unneeded ? CALM_NANOS : UNAFFORDABLE_NANOS)) {
                active &= ~(1 << i);
            }
        }
    }

    private void giveUpUnwatched(long nowNanos) {
        if (watched) {
            watched = false;
            unwatchedNanos = nowNanos;
        }
        if (nowNanos - unwatchedNanos >= UNWATCHED_NANOS && nowNanos - bornNanos >= FRESH_NANOS) {
            active = 0;
        }
    }

    /**
     * What one viewer needs: the lowest encoding, to fall back to, the one that the wish asks for, and
     * those of whose size nothing is known; nothing, if the viewer does not look.
     */
    int needed(ViewerWish wish, TrackLayers layers) {
        return usable(wish, LayerTarget.ANY_ENCODING, layers);
    }

    /**
     * What one viewer can use of what it needs.
     *
     * @param allocated the highest encoding that the network to it carries, as {@link LayerTarget} says
     */
    int usable(ViewerWish wish, int allocated, TrackLayers layers) {
        if (wish.paused()) {
            return 0;
        }
        int needed = 0;
        for (int i = 0; i < names.size(); i++) {
            needed |= isKnown(layers, i) ? 0 : 1 << i;
        }
        return needed
                | mask(LayerChoice.encoding(layers, wish, allocated))
                | mask(LayerChoice.encoding(layers, LEAST, true));
    }

    /**
     * Of what a viewer would like that which is sent anyway, if there is any: what it gets until it says what it
     * wishes. Each start of an encoding has some encoders begin anew with all, which everybody else would see.
     */
    int atFirst(int liked) {
        return (liked & active) == 0 ? liked : liked & active;
    }

    /** Which of several encodings come without a known size. */
    int unsized(TrackLayers layers) {
        int unsized = 0;
        for (int i = 0; names.size() > 1 && i < layers.encodings().size(); i++) {
            boolean comes = layers.encodings().get(i).active();
            unsized |= comes && !isKnown(layers, i) ? mask(i) : 0;
        }
        return unsized;
    }

    private int mask(int encoding) {
        return encoding < 0 || encoding >= names.size() ? 0 : 1 << encoding;
    }

    private static boolean isKnown(TrackLayers layers, int encoding) {
        if (encoding >= layers.encodings().size()) {
            return false;
        }
        List<Layer> known = layers.encodings().get(encoding).layers();
        return !known.isEmpty() && known.getFirst().height() != 0;
    }
}
