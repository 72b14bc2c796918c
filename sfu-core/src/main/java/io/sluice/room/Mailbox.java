package io.sluice.room;

import io.sluice.loop.DataDrop;
import io.sluice.loop.Loop;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.SctpEnd;
import io.sluice.transport.DataListener;
import io.sluice.transport.DataPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of one participant: what comes on them goes to the room, what the room has goes out on
 * them.
 *
 * <p>Owned by the loop of the participant's transport.
 */
final class Mailbox implements DataListener {
    /** What comes unreliably had better be lost than late: one message of the largest size. */
    static final long UNRELIABLE_BYTES = 262_144;

    /** Channels opened for a participant who did not: labels are the senders' choice. */
    static final int MAX_OPENED = 64;

    /** Of them for one sender's messages: the others' have room too. */
    static final int MAX_OPENED_FOR_ONE = 32;

    /**
     * Of what may wait for a receiver: with more its senders wait. What is on its way already must fit into
     * the rest.
     */
    static final int FULL_DIVISOR = 4;

    /** For who takes what comes too slowly its senders wait so long at a time, and then it is cut off. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long NEVER = Long.MAX_VALUE;

    /** Channels of one label that messages go out on: each message looks through them. */
    static final int MAX_NAMED = 4;

    /** Everybody in the room hears of each, and how often it happens is up to others. */
    private static final long CUT_OFF_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Labels whose end everybody still has to hear of. */
    static final int MAX_CUT_OFFS = 16;

    /** Labels that somebody does not want (any more); the oldest are forgotten first. */
    private static final int MAX_UNWANTED = 256;

    /** Beside its payload a message costs as much. */
    private static final long OVERHEAD_BYTES = 128;

    /** Takes what the mailbox has to say, on its loop. */
    interface Outlet {
        /** Of a mailbox that nothing comes into. */
        Outlet NONE =
                new Outlet() {
                    @Override
                    public void publish(Mailbox from, List<RoomMessage> messages) {}

                    @Override
                    public void ready(Mailbox from) {}

                    @Override
                    public void slow(String label) {}

                    @Override
                    public void cutOff(String label) {}

                    @Override
                    public void refused(String label, DataRefusal reason) {}
                };

        void publish(Mailbox from, List<RoomMessage> messages);

        /** The participant has opened its first channel for numbered messages. */
        void ready(Mailbox from);

        /** Half of what may wait for this participant waits. */
        void slow(String label);

        /** Too much waited: the channel is closed, and what waited on it is lost. */
        void cutOff(String label);

        void refused(String label, DataRefusal reason);
    }

    private final Loop loop;
    private final ParticipantInfo self;
    private final DataDialect dialect;
    private boolean mayPublish;
    private final Outlet outlet;
    private final Map<String, List<DataChannel>> channels = new HashMap<>(2);
    private final Set<String> unwanted = new LinkedHashSet<>(2);

    /** Channels opened here, the longest unused first, each with the sender it was opened for. */
    private final Map<DataChannel, String> opened = new LinkedHashMap<>(2, 0.75f, true);

    private Supplier<@Nullable DataPath> carrier = () -> null;
    private Consumer<Throwable> onDefect;
    private List<RoomMessage> inbox = new ArrayList<>(2);
    private long inboxBytes;

    /** Handed to the room, which has not worked it off. */
    private long owedBytes;

    private boolean toldSlow;

    /** Whether a channel for numbered messages has been opened. */
    private boolean ready;

    /** When everybody may hear again that a channel of this participant was closed. */
    private long nextCutOffNanos = Long.MIN_VALUE;

    /** Closed since, and told when it is time: one a second. */
    private final Set<String> cutOffs = new LinkedHashSet<>(2);

    /** Of what came reliably and had a number: who sends it again after it was away sends nothing new. */
    private volatile long lastSequence;

    private @Nullable DataRefusal toldRefusal;
    private volatile boolean listening;

    /** Since when much waits here without a break; {@link #NEVER} while little does. */
    private volatile long fullSinceNanos = NEVER;

    Mailbox(
            Loop loop,
            ParticipantInfo self,
            DataDialect dialect,
            boolean mayPublish,
            Outlet outlet) {
        this.loop = loop;
        this.self = self;
        this.dialect = dialect;
        this.mayPublish = mayPublish;
        this.outlet = outlet;
        onDefect = loop::countDefect;
    }

    /**
     * Says where the channels are, once there are any.
     *
     * @param defects ends the transport; called on its loop
     */
    void attach(Supplier<@Nullable DataPath> path, Consumer<Throwable> defects) {
        carrier = path;
        onDefect = defects;
    }

    /** Lets the participant send, or not any more. */
    void allow(boolean publishing) {
        mayPublish = publishing;
        toldRefusal = null;
    }

    /** Whether messages can go out; from any thread. */
    boolean listening() {
        return listening;
    }

    /** The number of the last message that came reliably; 0: none had one. From any thread. */
    long lastSequence() {
        return lastSequence;
    }

    /** Whether a reliable message had better wait; from any thread. */
    boolean isWorthWaitingFor(long nowNanos) {
        long since = fullSinceNanos;
        return since != NEVER && nowNanos - since < PATIENCE_NANOS;
    }

    /** Looks how much waits; on its loop. */
    void look(long limitBytes) {
        DataPath path = carrier.get();
        boolean full = path != null && waitingBytes(path) > limitBytes / FULL_DIVISOR;
        if (!full) {
            fullSinceNanos = NEVER;
        } else if (fullSinceNanos == NEVER) {
            fullSinceNanos = loop.nowNanos();
        }
    }

    /** Whether this participant's own messages wait for such receivers. */
    boolean waitsForReceivers() {
        return dialect.waitsForReceivers();
    }

    Loop loop() {
        return loop;
    }

    // ------------------------------------------------------------------ from the participant

    @Override
    public void onSctpConnected() {
        listening = true;
    }

    @Override
    public void onChannel(DataChannel channel) {
        unwanted.remove(channel.options().label());
        add(channel);
        if (!ready && dialect.numbersMessages(channel.options())) {
            ready = true;
            outlet.ready(this);
        }
    }

    /** Takes a channel that neither side announces on the wire; false: it cannot be. */
    boolean know(int id, ChannelOptions options) {
        DataPath path = carrier.get();
        DataChannel channel = path == null ? null : path.know(id, options);
        if (channel == null) {
            return false;
        }
        onChannel(channel);
        return true;
    }

    @Override
    public void onChannelOpen(DataChannel channel) {}

    private void add(DataChannel channel) {
        List<DataChannel> named =
                channels.computeIfAbsent(channel.options().label(), _ -> new ArrayList<>(1));
        if (named.size() >= MAX_NAMED) {
            // Who opens one anew may be in haste: the old ones' end needs a round trip.
            named.removeIf(one -> !isUsable(one));
        }
        if (named.size() < MAX_NAMED) {
            named.add(channel);
        }
    }

    @Override
    public void onMessage(DataChannel channel, DataMessage message) {
        if (!mayPublish) {
            refuse(channel, DataDrop.NOT_PERMITTED, DataRefusal.NOT_PERMITTED);
            return;
        }
        ChannelOptions options = channel.options();
        RoomMessage read = dialect.form(options).read(self, options, message);
        if (read == null) {
            refuse(channel, DataDrop.MALFORMED, DataRefusal.MALFORMED);
            return;
        }
        if (read.sequence() != 0 && options.isReliable()) {
            if (read.sequence() <= lastSequence) {
                loop.data().drop(DataDrop.REPEATED);
                return;
            }
            lastSequence = read.sequence();
        }
        inbox.add(read);
        inboxBytes += costBytes(read);
    }

    /** What a message takes of its sender's window until the room has worked it off. */
    static long costBytes(RoomMessage message) {
        DataMessage original = message.original();
        int originalBytes = original == null ? 0 : original.bytes().length;
        return Math.max(message.content().bytes().length, originalBytes) + OVERHEAD_BYTES;
    }

    /** Told once: the sender chooses how often it happens. */
    private void refuse(DataChannel channel, DataDrop drop, DataRefusal reason) {
        loop.data().drop(drop);
        if (toldRefusal != reason) {
            toldRefusal = reason;
            outlet.refused(channel.options().label(), reason);
        }
    }

    @Override
    public void onDataTurnEnd() {
        if (inbox.isEmpty()) {
            return;
        }
        List<RoomMessage> messages = inbox;
        long bytes = inboxBytes;
        inbox = new ArrayList<>(2);
        inboxBytes = 0;
        owe(bytes);
        outlet.publish(this, messages);
    }

    /** The room has worked off so much. */
    void settle(long bytes) {
        owe(-bytes);
    }

    private void owe(long moreBytes) {
        owedBytes += moreBytes;
        DataPath path = carrier.get();
        if (path != null) {
            path.owe(owedBytes);
        }
    }

    @Override
    public void onChannelClosed(DataChannel channel) {
        String label = channel.options().label();
        List<DataChannel> named = channels.get(label);
        if (named != null && named.remove(channel) && named.isEmpty()) {
            channels.remove(label);
            // Who closed it does not want it opened again with the next message.
            refrain(label);
        }
        opened.remove(channel);
    }

    private void refrain(String label) {
        if (unwanted.size() >= MAX_UNWANTED) {
            Iterator<String> oldest = unwanted.iterator();
            oldest.next();
            oldest.remove();
        }
        unwanted.add(label);
    }

    @Override
    public void onSctpRestarted() {
        unwanted.clear();
    }

    @Override
    public void onSctpEnded(SctpEnd reason) {
        listening = false;
        cutOffs.clear();
    }

    // ------------------------------------------------------------------ from the room

    /**
     * Sends a message, or says why not; it leaves at the end of the loop's turn. A defect ends this
     * participant's transport, and nobody else's.
     */
    void deliver(Posting posting, long nowNanos) {
        try {
            send(posting, nowNanos);
        } catch (RuntimeException | Error e) {
            onDefect.accept(e);
        }
    }

    private void send(Posting posting, long nowNanos) {
        ChannelOptions wanted = dialect.channel(posting.message());
        if (wanted == null) {
            return;
        }
        DataPath path = carrier.get();
        DataChannel channel =
                path == null ? null : channel(path, wanted, posting.message().sender(), nowNanos);
        if (path == null || channel == null) {
            loop.data().drop(DataDrop.NO_CHANNEL);
            return;
        }
        DataMessage written = posting.in(dialect.form(channel.options()));
        boolean reliable = channel.options().isReliable();
        long limitBytes =
                reliable ? posting.limitBytes() : Math.min(posting.limitBytes(), UNRELIABLE_BYTES);
        long laterBytes = waitingBytes(path) + written.bytes().length + OVERHEAD_BYTES;
        // One message always fits: where little may wait, it may be all that waits.
        if (path.bufferedBytes() > 0 && laterBytes > limitBytes) {
            overflow(channel, reliable, nowNanos);
            return;
        }
        switch (path.send(channel, written, nowNanos)) {
            case QUEUED -> {
                watch(channel, reliable, waitingBytes(path), limitBytes);
                look(posting.limitBytes());
            }
            case FULL, DROPPED -> overflow(channel, reliable, nowNanos);
            case TOO_LARGE -> loop.data().drop(DataDrop.TOO_LARGE);
            case CLOSED -> loop.data().drop(DataDrop.NO_CHANNEL);
        }
    }

    /** Small messages cost as well. */
    private static long waitingBytes(DataPath path) {
        return path.bufferedBytes() + OVERHEAD_BYTES * path.bufferedMessages();
    }

    private void watch(DataChannel channel, boolean reliable, long waiting, long limitBytes) {
        if (reliable && !toldSlow && waiting > limitBytes / 2) {
            toldSlow = true;
            outlet.slow(channel.options().label());
        } else if (toldSlow && waiting < limitBytes / 4) {
            toldSlow = false;
        }
    }

    /** All channels of the label are closed at once: who could have many would be told of each. */
    private void overflow(DataChannel channel, boolean reliable, long nowNanos) {
        if (!reliable) {
            loop.data().drop(DataDrop.UNRELIABLE_FULL);
            return;
        }
        loop.data().drop(DataDrop.TOO_SLOW);
        String label = channel.options().label();
        for (DataChannel named : List.copyOf(channels.getOrDefault(label, List.of()))) {
            named.abandon();
        }
        refrain(label);
        if (cutOffs.isEmpty() && nowNanos >= nextCutOffNanos) {
            tellCutOff(label, nowNanos);
        } else if (cutOffs.size() < MAX_CUT_OFFS && cutOffs.add(label) && cutOffs.size() == 1) {
            Future<?> _ = loop.schedule(this::tellNextCutOff, nextCutOffNanos - nowNanos);
        }
    }

    private void tellNextCutOff() {
        Iterator<String> oldest = cutOffs.iterator();
        if (!oldest.hasNext()) {
            return;
        }
        String label = oldest.next();
        oldest.remove();
        tellCutOff(label, loop.nowNanos());
        if (!cutOffs.isEmpty()) {
            Future<?> _ = loop.schedule(this::tellNextCutOff, CUT_OFF_INTERVAL_NANOS);
        }
    }

    private void tellCutOff(String label, long nowNanos) {
        nextCutOffNanos = nowNanos + CUT_OFF_INTERVAL_NANOS;
        outlet.cutOff(label);
    }

    /** The participant's own channel of a label, or one that is opened for it; null: neither. */
    private @Nullable DataChannel channel(
            DataPath path, ChannelOptions wanted, @Nullable ParticipantInfo sender, long nowNanos) {
        DataChannel found = known(wanted);
        if (found != null) {
            // Looked at, it is used.
            opened.get(found);
            return found;
        }
        String opener = sender == null ? "" : sender.participantId();
        if (unwanted.contains(wanted.label())
                || Collections.frequency(opened.values(), opener) >= MAX_OPENED_FOR_ONE) {
            return null;
        }
        if (opened.size() >= MAX_OPENED) {
            closeLongestUnused();
        }
        DataChannel own = path.open(wanted, nowNanos);
        if (own != null) {
            opened.put(own, opener);
            add(own);
        }
        return own;
    }

    private @Nullable DataChannel known(ChannelOptions wanted) {
        DataChannel found = null;
        for (DataChannel channel : channels.getOrDefault(wanted.label(), List.of())) {
            boolean fits = channel.options().isReliable() == wanted.isReliable();
            if (isUsable(channel) && fits) {
                return channel;
            }
            found = found == null && isUsable(channel) ? channel : found;
        }
        return found;
    }

    private static boolean isUsable(DataChannel channel) {
        return channel.state() == DataChannel.State.OPEN
                || channel.state() == DataChannel.State.OPENING;
    }

    /** Makes room for another sender's. It was not the participant who closed it: it may be opened again. */
    private void closeLongestUnused() {
        DataChannel unused = opened.keySet().iterator().next();
        opened.remove(unused);
        String label = unused.options().label();
        List<DataChannel> named = channels.get(label);
        if (named != null && named.remove(unused) && named.isEmpty()) {
            channels.remove(label);
        }
        unused.close();
    }
}
