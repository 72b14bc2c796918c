package io.sluice.room;

import io.sluice.sctp.DataMessage;
import org.jspecify.annotations.Nullable;

/**
 * One room message on its way out of one loop: written once for each form.
 *
 * <p>Owned by that loop, for the call that delivers it.
 */
final class Posting {
    private final RoomMessage message;
    private final long limitBytes;
    private @Nullable MessageForm form;
    private @Nullable DataMessage written;

    /**
     * @param limitBytes what may wait for one receiver
     */
    Posting(RoomMessage message, long limitBytes) {
        this.message = message;
        this.limitBytes = limitBytes;
    }

    RoomMessage message() {
        return message;
    }

    long limitBytes() {
        return limitBytes;
    }

    /** The message in a form. Receivers of one form mostly follow each other. */
    DataMessage in(MessageForm wanted) {
        DataMessage known = written;
        if (known == null || form != wanted) {
            known = wanted.write(message);
            written = known;
            form = wanted;
        }
        return known;
    }
}
