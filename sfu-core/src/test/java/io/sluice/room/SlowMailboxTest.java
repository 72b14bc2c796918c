package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.loop.DataDrop;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.SctpEnd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What becomes of messages to somebody who reads them too slowly, or not at all. */
final class SlowMailboxTest extends MailboxFixture {
    private static final long A_SECOND_NANOS = 1_000_000_000L;
    private static final long SHORT_OF_IT_NANOS = 990_000_000L;

    /** When somebody was said to be cut off; on the loop. */
    private final List<Long> toldNanos = new ArrayList<>();

    @Test
    void shouldCountWhatSmallMessagesCostBesideTheirPayload() {
        connect();
        deliver(ChannelOptions.reliable("game"), message("first"));
        await().until(() -> on(() -> client.messages.size() == 1));
        run(() -> client.deaf = true);
        run(() -> {
            for (int i = 0; i < 10_000; i++) {
                deliverFrom(BOB, "game");
            }
        });
        assertThat(on(() -> said)).containsExactly("slow game", "cut off game");
    }

    /** On the loop. */
    private void fill(String label, long nowNanos) {
        DataMessage large = new DataMessage(DataMessage.Kind.BINARY, new byte[100_000]);
        RoomMessage message =
                new RoomMessage(BOB, ChannelOptions.reliable(label), large, List.of());
        for (int i = 0; i < 12; i++) {
            mailbox.deliver(new Posting(message, LIMIT_BYTES), nowNanos);
        }
    }

    @Test
    void shouldTellEverybodyOfOneCutOffChannelASecondAndOfTheOthersLater() {
        connect();
        run(() -> client.deaf = true);
        // In one turn: nothing that is told later comes in between.
        List<String> atOnce =
                on(() -> {
                    fillThree(loop.nowNanos());
                    return List.copyOf(said);
                });
        assertThat(loop.data().of(DataDrop.TOO_SLOW)).isEqualTo(3);
        assertThat(atOnce).contains("cut off a").doesNotContain("cut off b", "cut off c");

        await().until(() -> on(() -> toldNanos.size()) == 3);
        List<String> told = on(() -> said.stream().filter(one -> one.startsWith("cut")).toList());
        assertThat(told).containsExactly("cut off a", "cut off b", "cut off c");
        assertThat(on(() -> toldNanos.getLast() - toldNanos.get(1)))
                .isGreaterThanOrEqualTo(A_SECOND_NANOS);
    }

    /** On the loop: the first is told almost a second before the others have come too late. */
    private void fillThree(long nowNanos) {
        fill("a", nowNanos - SHORT_OF_IT_NANOS);
        fill("b", nowNanos);
        fill("c", nowNanos);
    }

    @Override
    public void cutOff(String label) {
        super.cutOff(label);
        toldNanos.add(loop.nowNanos());
    }

    @Test
    void shouldForgetWhatIsToBeToldWhenTheParticipantIsGone() {
        connect();
        run(() -> client.deaf = true);
        run(() -> {
            fillThree(loop.nowNanos());
            mailbox.onSctpEnded(SctpEnd.ABORTED);
        });
        CountDownLatch later = new CountDownLatch(1);
        Future<?> _ = loop.schedule(later::countDown, 50_000_000L);
        await().until(() -> later.getCount() == 0);
        assertThat(on(() -> said)).contains("cut off a").doesNotContain("cut off b");
    }

    @Test
    void shouldCutOffAllChannelsOfALabelAtOnce() {
        connect();
        List<DataChannel> own = new ArrayList<>();
        for (int i = 0; i < Mailbox.MAX_NAMED; i++) {
            own.add(open(ChannelOptions.reliable("file")));
        }
        run(() -> own.forEach(one -> client.path().send(one, message("x"), loop.nowNanos())));
        await().until(() -> on(() -> published.size() == Mailbox.MAX_NAMED));
        run(() -> client.deaf = true);
        long nowNanos = loop.nowNanos();
        run(() -> {
            fill("file", nowNanos);
            fill("file", nowNanos + 2_000_000_000L);
        });
        assertThat(on(() -> said)).containsOnlyOnce("cut off file");
        assertThat(loop.data().of(DataDrop.TOO_SLOW)).isEqualTo(1);
    }

    @Test
    void shouldTellASlowReceiverAndThenCutItOff() {
        connect();
        deliver(ChannelOptions.reliable("file"), message("first"));
        await().until(() -> on(() -> client.messages.size() == 1));
        run(() -> client.deaf = true);
        DataMessage large = new DataMessage(DataMessage.Kind.BINARY, new byte[100_000]);
        for (int i = 0; i < 12; i++) {
            deliver(ChannelOptions.reliable("file"), large);
        }
        assertThat(on(() -> said)).containsExactly("slow file", "cut off file");
        assertThat(loop.data().of(DataDrop.TOO_SLOW)).isEqualTo(1);
        assertThat(loop.data().of(DataDrop.NO_CHANNEL)).isEqualTo(1);
        assertThat(on(() -> Objects.requireNonNull(path).bufferedBytes()))
                .isLessThan(LIMIT_BYTES / 2);
    }

    @Test
    void shouldHoldUpASenderThatWaitsForAFullReceiver() {
        connect();
        deliver(ChannelOptions.reliable("file"), message("first"));
        await().until(() -> on(() -> client.messages.size() == 1));
        Held held = new Held();
        Outbox outbox = on(held::outbox);
        run(() -> client.deaf = true);
        run(() -> outbox.add(held.messages(4)));
        assertThat(on(() -> mailbox.isWorthWaitingFor(loop.nowNanos()))).isTrue();
        run(() -> outbox.add(held.messages(12)));
        assertThat(on(() -> held.settledBytes)).isLessThan(500_000);
        run(() -> client.deaf = false);
        await().until(() -> {
            run(() -> Objects.requireNonNull(path).wake());
            return on(() -> held.settledBytes) > 1_600_000;
        });
        assertThat(on(() -> said)).doesNotContain("cut off file");
        run(() -> mailbox.look(LIMIT_BYTES));
        long laterNanos = loop.nowNanos() + Mailbox.PATIENCE_NANOS;
        assertThat(mailbox.isWorthWaitingFor(laterNanos)).isFalse();
    }

    /** A sender of large messages to the one mailbox. */
    private final class Held implements Outbox.Route {
        private long settledBytes;

        private Outbox outbox() {
            return new Outbox(
                    loop,
                    this,
                    () -> true,
                    bytes -> settledBytes += bytes,
                    new Allowance(
                            Outbox.DELIVERIES_PER_SECOND, Outbox.BURST_DELIVERIES, loop.nowNanos()),
                    true);
        }

        private List<RoomMessage> messages(int count) {
            DataMessage large = new DataMessage(DataMessage.Kind.BINARY, new byte[100_000]);
            return Collections.nCopies(
                    count, new RoomMessage(BOB, ChannelOptions.reliable("file"), large, List.of()));
        }

        @Override
        public List<Mailbox> receivers(RoomMessage message) {
            return List.of(mailbox);
        }

        @Override
        public long limitBytes() {
            return LIMIT_BYTES;
        }
    }

    @Test
    void shouldDropUnreliableMessagesThatWouldBeLate() {
        connect();
        run(() -> client.deaf = true);
        DataMessage large = new DataMessage(DataMessage.Kind.BINARY, new byte[100_000]);
        for (int i = 0; i < 5; i++) {
            deliver(unreliable("moves"), large);
        }
        assertThat(loop.data().of(DataDrop.UNRELIABLE_FULL)).isPositive();
        assertThat(on(() -> said)).isEmpty();
    }
}
