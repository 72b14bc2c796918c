package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.loop.Breakage;
import io.sluice.loop.DataDrop;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Receivers have no channels here: each delivery is a drop that is counted. */
final class OutboxTest implements Outbox.Route {
    private static final ParticipantInfo ADA =
            new ParticipantInfo("PA_ada", "ada", "ada", "", Instant.EPOCH);

    private final TestLoops loops = new TestLoops(2, LoopConfig.defaults().withRoom(1_024, 64));
    private final Loop home = loops.all().getFirst();
    private final Loop far = loops.all().getLast();
    private final CountDownLatch held = new CountDownLatch(1);
    private final List<Mailbox> receivers = new ArrayList<>();
    private final AtomicInteger looked = new AtomicInteger();
    private final AtomicLong settledBytes = new AtomicLong();

    @Override
    public List<Mailbox> receivers(RoomMessage message) {
        looked.incrementAndGet();
        return receivers;
    }

    @Override
    public long limitBytes() {
        return 1 << 20;
    }

    private static Mailbox mailbox(Loop loop) {
        return new Mailbox(loop, ADA, DataDialect.BARE, true, new Silent());
    }

    private static final class Silent implements Mailbox.Outlet {
        @Override
        public void ready(Mailbox from) {}

        @Override
        public void publish(Mailbox from, List<RoomMessage> messages) {}

        @Override
        public void slow(String label) {}

        @Override
        public void cutOff(String label) {}

        @Override
        public void refused(String label, DataRefusal reason) {}
    }

    private static List<RoomMessage> messages(int count, boolean reliable) {
        ChannelOptions channel =
                new ChannelOptions(
                        "x",
                        "",
                        reliable,
                        reliable ? ChannelOptions.UNLIMITED : 0,
                        ChannelOptions.UNLIMITED);
        DataMessage content = new DataMessage(DataMessage.Kind.BINARY, new byte[10]);
        return Collections.nCopies(count, new RoomMessage(ADA, channel, content, List.of()));
    }

    private static long costBytes(int count) {
        return count * Mailbox.costBytes(messages(1, true).getFirst());
    }

    private Outbox outbox(long perSecond, long burst) {
        return new Outbox(
                home,
                this,
                () -> true,
                settledBytes::addAndGet,
                new Allowance(perSecond, burst, home.nowNanos()),
                false);
    }

    private Outbox outbox() {
        return outbox(Outbox.DELIVERIES_PER_SECOND, Outbox.BURST_DELIVERIES);
    }

    private void add(Outbox outbox, List<RoomMessage> messages) {
        TestLoops.on(
                home,
                () -> {
                    outbox.add(messages);
                    return 0;
                });
    }

    /** The other loop does nothing until it is let go. */
    private void holdFar() {
        far.execute(() -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void settle() {
        TestLoops.on(home, () -> 0);
    }

    private long delivered(Loop loop) {
        return loop.data().of(DataDrop.NO_CHANNEL);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        held.countDown();
        loops.close();
    }

    @Test
    void shouldReturnCreditOnlyWhenTheLastLoopHasDelivered() {
        receivers.addAll(List.of(mailbox(home), mailbox(far)));
        holdFar();
        add(outbox(), messages(3, true));
        settle();
        assertThat(delivered(home)).isEqualTo(3);
        assertThat(settledBytes).hasValue(0);
        held.countDown();
        await().until(() -> settledBytes.get() == costBytes(3));
        assertThat(delivered(far)).isEqualTo(3);
    }

    @Test
    void shouldBoundWhatWaitsForASlowLoop() {
        receivers.addAll(Collections.nCopies(500, mailbox(far)));
        holdFar();
        Outbox outbox = outbox();
        for (int i = 0; i < 20; i++) {
            add(outbox, messages(1, true));
        }
        settle();
        assertThat(looked).hasValue(Outbox.MAX_DELIVERIES / 500);
        held.countDown();
        await().until(() -> settledBytes.get() == costBytes(20));
        assertThat(delivered(far)).isEqualTo(20 * 500);
    }

    @Test
    void shouldLetOthersWorkBetweenManyDeliveries() {
        receivers.addAll(Collections.nCopies(500, mailbox(home)));
        Outbox outbox = outbox();
        long first =
                TestLoops.on(
                        home,
                        () -> {
                            outbox.add(messages(20, true));
                            return delivered(home);
                        });
        assertThat(first).isEqualTo(Outbox.MAX_DELIVERIES);
        await().until(() -> settledBytes.get() == costBytes(20));
        assertThat(delivered(home)).isEqualTo(20 * 500);
    }

    @Test
    void shouldLetOthersWorkBetweenTheManyReceiversOfOneMessage() {
        int many = 2 * Outbox.MAX_DELIVERIES + 500;
        receivers.addAll(Collections.nCopies(many, mailbox(home)));
        receivers.addAll(Collections.nCopies(many, mailbox(far)));
        Outbox outbox = outbox();
        long first =
                TestLoops.on(
                        home,
                        () -> {
                            outbox.add(messages(2, true));
                            return delivered(home);
                        });
        assertThat(first).isEqualTo(Outbox.MAX_DELIVERIES);
        await().until(() -> settledBytes.get() == costBytes(2));
        assertThat(delivered(home)).isEqualTo(2L * many);
        assertThat(delivered(far)).isEqualTo(2L * many);
    }

    @Test
    void shouldDropOrDelayWhatIsMoreThanASenderMay() {
        receivers.addAll(Collections.nCopies(10, mailbox(home)));
        Outbox outbox = outbox(1, 95);
        add(outbox, messages(50, false));
        // The tenth begins within what is allowed, and five seconds pay it off.
        assertThat(looked).hasValue(10);
        assertThat(home.data().of(DataDrop.TOO_MANY)).isEqualTo(40);
        assertThat(settledBytes).hasValue(costBytes(50));

        add(outbox, messages(5, true));
        settle();
        assertThat(looked).hasValue(10);
        assertThat(settledBytes).hasValue(costBytes(50));

        add(outbox, messages(7, false));
        assertThat(home.data().of(DataDrop.TOO_MANY)).isEqualTo(47);
        assertThat(settledBytes).hasValue(costBytes(57));
    }

    @Test
    void shouldGoOnWithWhatWasDelayed() {
        receivers.addAll(Collections.nCopies(10, mailbox(home)));
        Outbox outbox = outbox(1_000, 20);
        int atOnce =
                TestLoops.on(
                        home,
                        () -> {
                            outbox.add(messages(5, true));
                            return looked.get();
                        });
        assertThat(atOnce).isLessThan(5);
        await().until(() -> settledBytes.get() == costBytes(5));
        assertThat(looked).hasValue(5);
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldDeliverToOthersWhatOneBreaksOn(Breakage breakage) {
        List<Throwable> defects = new ArrayList<>();
        Mailbox broken = mailbox(home);
        broken.attach(
                () -> {
                    throw breakage.now();
                },
                defects::add);
        receivers.addAll(List.of(broken, mailbox(home)));
        add(outbox(), messages(1, true));
        assertThat(defects).hasSize(1);
        assertThat(delivered(home)).isEqualTo(1);
        assertThat(settledBytes).hasValue(costBytes(1));
    }
}
