package io.sluice.forward;

import io.sluice.codec.PayloadInfo;

/**
 * The numbers in the payload descriptors of VP8 and VP9 that one viewer sees: continuous over encodings,
 * and with VP8 over pictures that are left out (RFC 7741 4.2). With VP9 these leave holes, because
 * pictures refer to each other by the distance of their numbers (RFC 9628 4.2).
 *
 * <p>Owned by the viewer's loop.
 */
final class PictureNumbers {
    private static final int ROUND = 1 << 15;

    private final boolean closesHoles;
    private final Renumbering pictures = new Renumbering();

    private boolean begun;

    /** Whether what the publisher says cannot stand; until then its numbers pass as they are. */
    private boolean changed;

    /** Of the runs that passed as they are, unwrapped. */
    private long first;

    /** Of the source of this run, unwrapped. */
    private long highest;

    /** Of the viewer, unwrapped. */
    private long highestSent;

    private int tl0Shift;
    private int keyShift;
    private int lastTl0;
    private int lastKey;

    /** Whether pictures that are left out leave no holes. */
    PictureNumbers(boolean closesHoles) {
        this.closesHoles = closesHoles;
    }

    /** Goes on with the numbers of another track; before the first run. */
    void takeOver(PictureNumbers before) {
        begun = before.begun;
        changed = begun;
        highestSent = before.highestSent;
        lastTl0 = before.lastTl0;
        lastKey = before.lastKey;
    }

    /** Begins a run, with any packet of its first picture. */
    void begin(PayloadInfo info) {
        highest = (long) ROUND + Math.max(0, info.pictureId());
        if (!begun) {
            begun = true;
            first = highest;
            highestSent = highest - 1;
            return;
        }
        changed |= highest != highestSent + 1;
        tl0Shift = lastTl0 + 1 - info.tl0PicIdx();
        keyShift = lastKey + 1 - info.keyIdx();
        changed |= tl0Shift != 0 || keyShift != 0;
        if (changed) {
            pictures.begin(highest, highestSent + 1);
        }
    }

    /** What the descriptor of a packet that is forwarded has to say, for {@link Rewrite}. */
    long rewrite(PayloadInfo info) {
        long number = 0;
        boolean isNewest = true;
        if (info.pictureId() != PayloadInfo.ABSENT) {
            number = number(unwrapped(info));
            isNewest = number >= highestSent;
            highestSent = Math.max(highestSent, number);
        }
        int tl0 = info.tl0PicIdx() + tl0Shift;
        int key = info.keyIdx() + keyShift;
        if (isNewest) {
            lastTl0 = tl0;
            lastKey = key;
        }
        return changed ? Rewrite.picture((int) number, tl0, key) : Rewrite.NOTHING;
    }

    private long number(long at) {
        if (!changed) {
            return at;
        }
        long number = pictures.number(at);
        // Of a picture that it does not belong to, by its number: there is no better one.
        return number == Renumbering.NONE ? pictures.ahead(at) : number;
    }

    /** Leaves out the picture of a packet. */
    void skip(PayloadInfo info) {
        if (!closesHoles || info.pictureId() == PayloadInfo.ABSENT) {
            return;
        }
        long at = unwrapped(info);
        if (!changed) {
            changed = true;
            pictures.begin(first, first);
            pictures.number(highestSent);
        }
        pictures.skip(at, false, highestSent);
    }

    private long unwrapped(PayloadInfo info) {
        int unused = Integer.SIZE - info.pictureIdBits();
        int ahead = (info.pictureId() - (int) highest) << unused >> unused;
        long at = highest + ahead;
        highest = Math.max(highest, at);
        return at;
    }
}
