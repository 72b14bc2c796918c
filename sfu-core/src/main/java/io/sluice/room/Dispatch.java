package io.sluice.room;

import io.sluice.loop.Loop;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Messages on their way to mailboxes: one task, and one turn, for each loop that has some of them; more
 * only where they are more than {@link Outbox#MAX_DELIVERIES}.
 *
 * <p>Made on the room's home loop; once it is sent, each part belongs to its mailboxes' loop.
 */
final class Dispatch {
    private final Loop home;
    private final Runnable onDone;
    private final Map<Loop, Part> parts = new IdentityHashMap<>(2);
    private final AtomicInteger undelivered = new AtomicInteger();

    /**
     * @param onDone runs on the home loop when the last loop has delivered, whatever broke there
     */
    Dispatch(Loop home, Runnable onDone) {
        this.home = home;
        this.onDone = onDone;
    }

    void add(RoomMessage message, List<Mailbox> receivers, long limitBytes) {
        for (Mailbox mailbox : receivers) {
            parts.computeIfAbsent(mailbox.loop(), Part::new).add(message, mailbox, limitBytes);
        }
    }

    /** Delivers what is for the home loop, and has the others deliver theirs. The caller ends the turn. */
    void send() {
        if (parts.isEmpty()) {
            onDone.run();
            return;
        }
        undelivered.set(parts.size());
        Part here = parts.remove(home);
        parts.forEach((loop, part) -> loop.execute(part::goOn));
        if (here != null) {
            here.deliver();
        }
    }

    /** What goes to one loop: a message is written once for all its receivers there. */
    private final class Part {
        private final Loop loop;
        private final List<Posting> postings = new ArrayList<>();
        private final List<Mailbox> mailboxes = new ArrayList<>();
        private int delivered;

        private Part(Loop loop) {
            this.loop = loop;
        }

        private void add(RoomMessage message, Mailbox mailbox, long limitBytes) {
            boolean known = !postings.isEmpty() && postings.getLast().message() == message;
            postings.add(known ? postings.getLast() : new Posting(message, limitBytes));
            mailboxes.add(mailbox);
        }

        private void goOn() {
            try {
                deliver();
            } finally {
                loop.endTurn();
            }
        }

        /** Not all at once where they are many: others have work for this loop too. */
        private void deliver() {
            int end = Math.min(postings.size(), delivered + Outbox.MAX_DELIVERIES);
            boolean whole = false;
            try {
                long nowNanos = loop.nowNanos();
                while (delivered < end) {
                    mailboxes.get(delivered).deliver(postings.get(delivered), nowNanos);
                    delivered++;
                }
                whole = true;
            } finally {
                if (whole && delivered < postings.size()) {
                    loop.execute(this::goOn);
                } else {
                    end();
                }
            }
        }

        private void end() {
            if (undelivered.decrementAndGet() > 0) {
                return;
            }
            if (loop == home) {
                onDone.run();
            } else {
                home.execute(onDone);
            }
        }
    }
}
