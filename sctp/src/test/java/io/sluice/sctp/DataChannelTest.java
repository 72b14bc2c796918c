package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** RTCDataChannel's promises. */
final class DataChannelTest {
    private static final ChannelOptions CHAT = ChannelOptions.reliable("chat");

    @Test
    void opensFromEitherSideWithNameAndReliability() {
        SimulatedPath path = new SimulatedPath(1).connected();
        for (ChannelOptions options :
                List.of(
                        CHAT,
                        new ChannelOptions("größe", "json", false, -1, -1),
                        new ChannelOptions("", "", true, 0, -1),
                        new ChannelOptions("c", "", false, 7, -1),
                        new ChannelOptions("t", "", true, -1, 65_536))) {
            DataChannel ours = path.left.open(options, path.now);
            DataChannel theirs = path.right.open(options, path.now);
            path.run(() ->
                    path.left.acknowledged.contains(ours)
                            && path.right.acknowledged.contains(theirs));
            assertThat(ours.id() % 2).isZero();
            assertThat(theirs.id() % 2).isOne();
            assertThat(path.right.opened.getLast().options()).isEqualTo(options);
            assertThat(path.left.opened.getLast().options()).isEqualTo(options);
            assertThat(path.left.opened.getLast().id()).isEqualTo(theirs.id());
            assertThat(ours.state()).isEqualTo(DataChannel.State.OPEN);
        }
    }

    @Test
    void carriesStringsBinariesAndNothing() {
        SimulatedPath path = new SimulatedPath(2).connected();
        DataChannel channel = path.left.open(CHAT, path.now);
        byte[] text = "Grüße".getBytes(StandardCharsets.UTF_8);
        channel.send(new DataMessage(DataMessage.Kind.STRING, text), path.now);
        channel.send(new DataMessage(DataMessage.Kind.BINARY, new byte[] {0}), path.now);
        channel.send(new DataMessage(DataMessage.Kind.STRING, new byte[0]), path.now);
        channel.send(new DataMessage(DataMessage.Kind.BINARY, new byte[0]), path.now);
        path.run(() -> path.right.received("chat").size() == 4);
        List<DataMessage> received = path.right.received("chat");
        assertThat(received)
                .extracting(DataMessage::kind)
                .containsExactly(
                        DataMessage.Kind.STRING,
                        DataMessage.Kind.BINARY,
                        DataMessage.Kind.STRING,
                        DataMessage.Kind.BINARY);
        assertThat(received)
                .extracting(message -> message.bytes().length)
                .containsExactly(text.length, 1, 0, 0);
        assertThat(received.getFirst().bytes()).isEqualTo(text);
    }

    @Test
    void carriesTheLargestMessageAndNoLargerOne() {
        SimulatedPath path = new SimulatedPath(3).connected();
        DataChannel channel = path.left.open(CHAT, path.now);
        assertThat(channel.send(TestMessages.numbered(1, 262_145), path.now))
                .isEqualTo(SendResult.TOO_LARGE);
        assertThat(channel.send(TestMessages.numbered(2, 262_144), path.now))
                .isEqualTo(SendResult.QUEUED);
        path.run(() -> path.right.received("chat").size() == 1);
        assertThat(path.right.received("chat").getFirst().bytes()).hasSize(262_144);
        assertThat(path.right.received("chat")).allMatch(TestMessages::intact);
    }

    @Test
    void sendsOneArrayToManyWithoutACopy() {
        DataMessage message = TestMessages.numbered(7, 200_000);
        byte[] before = message.bytes().clone();
        for (int i = 0; i < 3; i++) {
            SimulatedPath path = new SimulatedPath(i).connected();
            DataChannel channel = path.left.open(CHAT, path.now);
            channel.send(message, path.now);
            path.run(() -> path.right.received("chat").size() == 1);
            assertThat(path.right.received("chat")).allMatch(TestMessages::intact);
        }
        assertThat(message.bytes()).isEqualTo(before);
    }

    @Test
    void holdsAThousandChannels() {
        SimulatedPath path = new SimulatedPath(4).connected();
        List<DataChannel> channels =
                IntStream.range(0, 1_000)
                        .mapToObj(i -> path.left.open(ChannelOptions.reliable("c" + i), path.now))
                        .toList();
        for (DataChannel channel : channels) {
            channel.send(TestMessages.numbered(channel.id(), 50), path.now);
        }
        path.run(() ->
                path.right.received.size() == 1_000 && path.left.acknowledged.size() == 1_000);
        assertThat(path.right.association.channelCount()).isEqualTo(1_000);
    }

    @Test
    void agreesOnNegotiatedChannelsWithoutAWord() {
        SimulatedPath path = new SimulatedPath(5).connected();
        DataChannel left =
                Objects.requireNonNull(path.left.association.openNegotiated(65_534, CHAT));
        DataChannel right =
                Objects.requireNonNull(path.right.association.openNegotiated(65_534, CHAT));
        left.send(TestMessages.numbered(1, 10), path.now);
        right.send(TestMessages.numbered(2, 10), path.now);
        path.run(() ->
                path.left.received("chat").size() == 1 && path.right.received("chat").size() == 1);
        assertThat(path.left.opened).isEmpty();
        assertThat(path.left.association.openNegotiated(65_534, CHAT)).isNull();
        assertThat(path.left.association.openNegotiated(65_535, CHAT)).isNull();
    }

    @Test
    void closesFromEitherSideAndUsesTheStreamAgain() {
        SimulatedPath path = new SimulatedPath(6).connected();
        path.loss = 0.1;
        for (int round = 0; round < 20; round++) {
            String label = "round" + round;
            DataChannel ours = path.left.open(ChannelOptions.reliable(label), path.now);
            for (int i = 0; i < 5; i++) {
                ours.send(TestMessages.numbered(i, 3_000), path.now);
            }
            if (round % 2 == 0) {
                // What was given before the end still arrives.
                ours.close();
                assertThat(ours.send(TestMessages.numbered(5, 1), path.now))
                        .isEqualTo(SendResult.CLOSED);
            } else {
                path.run(() -> path.right.received(label).size() == 5);
                path.right.opened(label).close();
            }
            path.run(() ->
                    ours.state() == DataChannel.State.CLOSED
                            && path.right.association.channelCount() == 0);
            assertThat(path.right.received(label)).hasSize(5).allMatch(TestMessages::intact);
            assertThat(path.right.closed).hasSize(round + 1);
            assertThat(path.left.closed).hasSize(round + 1);
        }
        DataChannel again = Objects.requireNonNull(path.left.association.openNegotiated(0, CHAT));
        assertThat(again.id()).isZero();
    }

    @Test
    void givesUpMessagesWhoseTimeOrTriesAreOver() {
        SimulatedPath path = new SimulatedPath(7).connected();
        DataChannel counted =
                path.left.open(new ChannelOptions("counted", "", true, 0, -1), path.now);
        DataChannel timed =
                path.left.open(new ChannelOptions("timed", "", true, -1, 100), path.now);
        path.run(() -> path.left.acknowledged.size() == 2);
        path.loss = 1;
        for (int i = 0; i < 10; i++) {
            counted.send(TestMessages.numbered(i, 3_000), path.now);
            timed.send(TestMessages.numbered(i, 3_000), path.now);
        }
        path.runFor(2 * SimulatedPath.SECOND, () -> false);
        path.loss = 0;
        path.run(() -> path.left.association.bufferedBytes() == 0);
        counted.send(TestMessages.numbered(10, 10), path.now);
        timed.send(TestMessages.numbered(10, 10), path.now);
        path.run(() ->
                !path.right.received("counted").isEmpty()
                        && !path.right.received("timed").isEmpty());
        // Some waited behind those that were lost, and were never begun.
        assertThat(path.right.received("timed"))
                .extracting(TestMessages::number)
                .containsExactly(10);
        assertThat(path.left.counters.of(SctpDrop.EXPIRED)).isGreaterThan(10);
        assertThat(path.left.counters.of(SctpCount.RETRANSMISSIONS)).isLessThan(20);
    }

    @Test
    void doesNotLetOneLostMessageHoldUpUnorderedOnes() {
        SimulatedPath path = new SimulatedPath(8).connected();
        DataChannel channel =
                path.left.open(new ChannelOptions("game", "", false, -1, -1), path.now);
        path.run(() -> path.left.acknowledged.contains(channel));
        path.loss = 1;
        channel.send(TestMessages.numbered(0, 10), path.now);
        path.flush();
        path.loss = 0;
        channel.send(TestMessages.numbered(1, 10), path.now);
        path.run(() -> path.right.received("game").size() == 2);
        assertThat(path.right.received("game"))
                .extracting(TestMessages::number)
                .containsExactly(1, 0);
    }

    @Test
    void takesTurnsAmongChannels() {
        SimulatedPath path = new SimulatedPath(9).connected();
        DataChannel file = path.left.open(ChannelOptions.reliable("file"), path.now);
        DataChannel chat = path.left.open(CHAT, path.now);
        path.bitsPerSecond = 1_000_000;
        for (int i = 0; i < 20; i++) {
            file.send(TestMessages.numbered(i, 60_000), path.now);
        }
        chat.send(TestMessages.numbered(0, 10), path.now);
        path.run(() -> path.right.received("chat").size() == 1);
        assertThat(path.right.received("file").size()).isLessThan(3);
    }
}
