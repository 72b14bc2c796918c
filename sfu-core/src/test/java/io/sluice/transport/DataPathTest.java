package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.loop.Breakage;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.loop.Ticking;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sctp.SctpConfig;
import io.sluice.sctp.SctpEnd;
import io.sluice.sctp.SendResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two paths of one loop, each other's far side, without DTLS between them. */
final class DataPathTest {
    private static final int PACKETS_PER_TURN = 32;

    private final TestLoops loops = new TestLoops(1, LoopConfig.defaults().withRoom(1_024, 64));
    private final Loop loop = loops.all().getFirst();
    private final List<Throwable> defects = new ArrayList<>();
    private final Side left = on(() -> new Side(true));
    private final Side right = on(() -> new Side(false));

    /** What one side heard. */
    private final class Side implements DataListener {
        final List<DataMessage> messages = new ArrayList<>();
        final DataPath path;
        final Ticking ticking;
        @Nullable Side other;
        @Nullable Breakage failure;

        /** Not null: packets wait here and do not go on. */
        @Nullable List<byte[]> kept;

        boolean connected;
        int turns;
        int packets;
        int mostInTurn;
        int inTurn;
        @Nullable SctpEnd end;

        Side(boolean evenIds) {
            path =
                    new DataPath(
                            loop,
                            SctpConfig.defaults(),
                            new RemoteSctp(RemoteSctp.DEFAULT_PORT, 262_144),
                            evenIds,
                            new Random(evenIds ? 1 : 2),
                            this,
                            this::send,
                            defects::add);
            ticking = path::onTick;
            loop.register(ticking);
        }

        private boolean send(byte[] data, int offset, int length, long nowNanos) {
            byte[] packet = Arrays.copyOfRange(data, offset, offset + length);
            Side far = Objects.requireNonNull(other);
            packets++;
            inTurn++;
            mostInTurn = Math.max(mostInTurn, inTurn);
            List<byte[]> keeping = kept;
            if (keeping != null) {
                keeping.add(packet);
                return true;
            }
            loop.execute(() -> {
                far.path.onPacket(packet, 0, packet.length, loop.nowNanos());
                loop.endTurn();
            });
            return true;
        }

        @Override
        public void onDataTurnEnd() {
            turns++;
            inTurn = 0;
            Breakage breakage = failure;
            if (breakage != null) {
                throw breakage.now();
            }
        }

        @Override
        public void onSctpConnected() {
            connected = true;
        }

        @Override
        public void onChannel(DataChannel opened) {}

        @Override
        public void onChannelOpen(DataChannel opened) {}

        @Override
        public void onMessage(DataChannel from, DataMessage message) {
            messages.add(message);
        }

        @Override
        public void onChannelClosed(DataChannel closed) {}

        @Override
        public void onSctpRestarted() {}

        @Override
        public void onSctpEnded(SctpEnd reason) {
            end = reason;
        }
    }

    private <T> T on(Supplier<T> work) {
        return TestLoops.on(loop, work);
    }

    private void run(Runnable work) {
        on(() -> {
            work.run();
            loop.endTurn();
            return 0;
        });
    }

    private DataChannel connect() {
        left.other = right;
        right.other = left;
        run(() -> left.path.connect(loop.nowNanos()));
        await().until(() -> on(() -> left.connected && right.connected));
        return on(() ->
                Objects.requireNonNull(
                        left.path.open(ChannelOptions.reliable("chat"), loop.nowNanos())));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        run(() -> {
            left.path.close();
            right.path.close();
            loop.unregister(left.ticking);
            loop.unregister(right.ticking);
        });
        assertThat(loop.data().associations()).isZero();
        assertThat(loop.data().bufferedBytes()).isZero();
        loops.close();
    }

    @Test
    void shouldCarryMessagesAndTellOfEachTurnOnce() {
        DataChannel chat = connect();
        assertThat(loop.data().associations()).isEqualTo(2);
        DataMessage message = new DataMessage(DataMessage.Kind.BINARY, new byte[100_000]);
        run(() -> {
            assertThat(left.path.send(chat, message, loop.nowNanos())).isEqualTo(SendResult.QUEUED);
            assertThat(left.path.bufferedBytes()).isGreaterThanOrEqualTo(100_000);
        });
        assertThat(loop.data().bufferedBytes()).isGreaterThanOrEqualTo(0);
        await().until(() -> on(() -> right.messages.size() == 1));
        assertThat(right.messages.getFirst().bytes()).hasSize(100_000);
        assertThat(on(() -> right.turns))
                .isPositive()
                .isLessThanOrEqualTo(on(() -> left.packets * 2));
        await().until(() -> on(() -> left.path.bufferedBytes() == 0));
        await().until(() -> loop.data().bufferedBytes() == 0);
    }

    @Test
    void shouldAnswerADatagramOnceHoweverManyRecordsItHas() {
        DataChannel chat = connect();
        await().until(() -> on(() -> left.path.bufferedBytes() == 0));
        List<byte[]> records = new ArrayList<>();
        left.kept = records;
        DataMessage message = new DataMessage(DataMessage.Kind.BINARY, new byte[8_000]);
        run(() -> left.path.send(chat, message, loop.nowNanos()));
        left.kept = null;
        assertThat(records).hasSizeGreaterThan(5);
        int answers =
                on(() -> {
                    int before = right.packets;
                    for (byte[] each : records) {
                        right.path.onPacket(each, 0, each.length, loop.nowNanos());
                    }
                    right.path.onDatagramEnd(loop.nowNanos());
                    right.path.onDatagramEnd(loop.nowNanos());
                    return right.packets - before;
                });
        assertThat(answers).isEqualTo(1);
        assertThat(on(right.messages::size)).isEqualTo(1);
    }

    @Test
    void shouldSendABoundedShareOfATurn() {
        DataChannel chat = connect();
        run(() -> {
            for (int i = 0; i < 30; i++) {
                left.path.send(
                        chat,
                        new DataMessage(DataMessage.Kind.BINARY, new byte[60_000]),
                        loop.nowNanos());
            }
        });
        await().until(() -> on(() -> right.messages.size() == 30));
        assertThat(on(() -> left.mostInTurn)).isLessThanOrEqualTo(PACKETS_PER_TURN);
    }

    @Test
    void shouldLookForMediaBetweenTheSharesOfAFile() {
        DataChannel chat = connect();
        DataMessage message = new DataMessage(DataMessage.Kind.BINARY, new byte[250_000]);
        for (int i = 1; i <= 5; i++) {
            int count = i;
            run(() -> left.path.send(chat, message, loop.nowNanos()));
            await().until(() -> on(() -> right.messages.size() == count));
        }
        List<byte[]> packets = new ArrayList<>();
        List<Integer> beforeTheNextTask = new ArrayList<>();
        run(() -> {
            // A tick may stand before the next task already, and sends a share of its own.
            loop.unregister(left.ticking);
            left.kept = packets;
            left.path.send(chat, message, loop.nowNanos());
            loop.endTurn();
            loop.execute(() -> beforeTheNextTask.add(packets.size()));
        });

        await().until(() -> on(() -> packets.size() > PACKETS_PER_TURN));
        assertThat(beforeTheNextTask).containsExactly(PACKETS_PER_TURN);
    }

    @Test
    void shouldStopTheOtherSideWhileMuchIsOwed() {
        DataChannel chat = connect();
        run(() -> right.path.owe(10_000_000));
        run(() ->
                left.path.send(
                        chat,
                        new DataMessage(DataMessage.Kind.BINARY, new byte[250_000]),
                        loop.nowNanos()));
        await().until(() -> on(() -> left.packets > 3));
        assertThat(on(right.messages::size)).isZero();
        run(() -> right.path.owe(0));
        await().until(() -> on(() -> right.messages.size() == 1));
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldEndItsTransportWhenALoopsInvariantIsBroken(Breakage breakage) {
        connect();
        run(() -> {
            right.failure = breakage;
            right.path.wake();
        });
        await().until(() -> on(() -> !defects.isEmpty()));
        right.failure = null;
    }

    @Test
    void shouldTellTheOtherSideOfItsEnd() {
        connect();
        run(left.path::close);
        await().until(() -> on(() -> right.end == SctpEnd.ABORTED_BY_REMOTE));
    }
}
