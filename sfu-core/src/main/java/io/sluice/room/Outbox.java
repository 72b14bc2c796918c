package io.sluice.room;

import io.sluice.loop.DataDrop;
import io.sluice.loop.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one participant has said and the room has not worked off. The participant's receive window is smaller
 * by it, which bounds it.
 *
 * <p>Owned by the room's home loop.
 */
final class Outbox {
    /**
     * Of one sender on their way at a time: what the longest task takes, about a millisecond, and what may
     * wait for a slow loop. A message to more of them is alone under way.
     */
    static final int MAX_DELIVERIES = 2_000;

    /** Positions 40 times a second to 1,000, with some room. */
    static final long DELIVERIES_PER_SECOND = 50_000;

    /** Two seconds' worth: who was silent may say much at once. */
    static final long BURST_DELIVERIES = 100_000;

    /**
     * Several messages leave together after it, in one packet for each receiver: who says more than is allowed costs
     * least by portions.
     */
    private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A full receiver takes some ten messages in that time. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Who gets a message, and how. */
    interface Route {
        List<Mailbox> receivers(RoomMessage message);

        /** What may wait for one receiver. */
        long limitBytes();
    }

    private final Loop home;
    private final Route route;
    private final BooleanSupplier isPresent;
    private final LongConsumer settlement;
    private final Allowance allowance;
    private final boolean waits;
    private final Deque<RoomMessage> waiting = new ArrayDeque<>(2);
    private int underway;
    private @Nullable Future<?> pause;

    /** Of reliable messages of which nobody knows yet whether their receivers are full. */
    private long underwayBytes;

    /** Until when reliable messages wait for a receiver for whom much waits already. */
    private @Nullable Future<?> rest;

    /**
     * @param isPresent whether the sender is in the room: who has left says nothing any more
     * @param settlement hears how many bytes have been worked off
     * @param waits whether reliable messages wait for receivers that take them slowly
     */
    Outbox(
            Loop home,
            Route route,
            BooleanSupplier isPresent,
            LongConsumer settlement,
            Allowance allowance,
            boolean waits) {
        this.home = home;
        this.route = route;
        this.isPresent = isPresent;
        this.settlement = settlement;
        this.allowance = allowance;
        this.waits = waits;
    }

    /** Takes what was said in a turn of the sender's loop. */
    void add(List<RoomMessage> messages) {
        List<RoomMessage> heard = new ArrayList<>(messages);
        if (pause != null) {
            dropUnreliable(heard);
        }
        waiting.addAll(heard);
        work();
    }

    private void dropUnreliable(Collection<RoomMessage> from) {
        long droppedBytes = 0;
        for (RoomMessage message : from) {
            if (!message.channel().isReliable()) {
                droppedBytes += Mailbox.costBytes(message);
                home.data().drop(DataDrop.TOO_MANY);
            }
        }
        if (droppedBytes > 0) {
            from.removeIf(message -> !message.channel().isReliable());
            settlement.accept(droppedBytes);
        }
    }

    private void work() {
        if (!isPresent.getAsBoolean()) {
            settlement.accept(waiting.stream().mapToLong(Mailbox::costBytes).sum());
            waiting.clear();
        } else if (!waiting.isEmpty() && pause == null && underway < MAX_DELIVERIES) {
            Load load = new Load();
            try {
                load.fill();
            } finally {
                load.dispatch.send();
                home.endTurn();
            }
        }
    }

    /** Beyond what is allowed what may be lost is, and the rest waits. */
    private void pause(long delayNanos) {
        dropUnreliable(waiting);
        pause =
                home.schedule(
                        () -> {
                            pause = null;
                            work();
                        },
                        Math.max(MIN_PAUSE_NANOS, delayNanos));
    }

    /**
     * The sender is held up by its window, as it would be by a slow receiver without a server between them;
     * and for no longer than the receivers' patience.
     */
    private void rest(List<Mailbox> receivers, long limitBytes) {
        for (Mailbox receiver : receivers) {
            receiver.loop().execute(() -> receiver.look(limitBytes));
        }
        rest =
                home.schedule(
                        () -> {
                            rest = null;
                            work();
                        },
                        REST_NANOS);
    }

    /** What leaves at one time, and is settled together. */
    private final class Load {
        private final Dispatch dispatch = new Dispatch(home, this::done);
        private int deliveries;
        private long bytes;
        private long reliableBytes;

        private void fill() {
            long limitBytes = route.limitBytes();
            long nowNanos = home.nowNanos();
            Iterator<RoomMessage> next = waiting.iterator();
            while (underway < MAX_DELIVERIES && next.hasNext()) {
                RoomMessage message = next.next();
                boolean reliable = message.channel().isReliable();
                if (reliable && isHeld(limitBytes)) {
                    continue;
                }
                long delayNanos = allowance.delayNanos(nowNanos);
                if (delayNanos > 0) {
                    pause(delayNanos);
                    return;
                }
                List<Mailbox> receivers = route.receivers(message);
                if (reliable && waits && isWorthWaiting(receivers, nowNanos)) {
                    rest(receivers, limitBytes);
                    continue;
                }
                next.remove();
                long costBytes = Mailbox.costBytes(message);
                bytes += costBytes;
                if (reliable) {
                    reliableBytes += costBytes;
                    underwayBytes += costBytes;
                }
                // Looking for somebody who is not there is work as well.
                int cost = Math.max(1, Math.max(receivers.size(), message.to().size()));
                allowance.take(cost);
                deliveries += cost;
                underway += cost;
                dispatch.add(message, receivers, limitBytes);
            }
        }

        private boolean isHeld(long limitBytes) {
            return rest != null || (waits && underwayBytes > limitBytes / Mailbox.FULL_DIVISOR);
        }

        private static boolean isWorthWaiting(List<Mailbox> receivers, long nowNanos) {
            for (Mailbox receiver : receivers) {
                if (receiver.isWorthWaitingFor(nowNanos)) {
                    return true;
                }
            }
            return false;
        }

        private void done() {
            underway -= deliveries;
            underwayBytes -= reliableBytes;
            settlement.accept(bytes);
            // What sent nothing would only come here again, until another has done its work.
            if (deliveries > 0 && !waiting.isEmpty() && rest == null) {
                // Not at once: others have work for this loop too.
                home.execute(Outbox.this::work);
            }
        }
    }
}
