package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A thousand bad networks: what is reliable arrives once, in order and intact; all timers end. */
final class SimulatedPathTest {
    private static final int SEEDS = 1_000;

    @Test
    void deliversReliableMessagesOnceAndInOrderWhateverTheNetworkDoes() {
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                exchange(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void deliversTheLargestMessagesOverBadNetworks() {
        for (int seed = 0; seed < 20; seed++) {
            SimulatedPath path = new SimulatedPath(seed).connected();
            path.loss = 0.1;
            path.duplication = 0.02;
            path.jitterNanos = 3 * SimulatedPath.MILLIS;
            DataChannel ours = path.left.open(ChannelOptions.reliable("ours"), path.now);
            DataChannel theirs =
                    path.right.open(new ChannelOptions("theirs", "", false, -1, -1), path.now);
            for (int i = 0; i < 3; i++) {
                ours.send(TestMessages.numbered(i, 262_144 - i), path.now);
                theirs.send(TestMessages.numbered(i, 262_144 - i), path.now);
            }
            path.run(() ->
                    path.right.received("ours").size() == 3
                            && path.left.received("theirs").size() == 3);
            assertThat(numbers(path.right, "ours")).as("seed " + seed).isEqualTo(upTo(3));
            assertThat(path.right.received("ours")).allMatch(TestMessages::intact);
            assertThat(path.left.received("theirs")).allMatch(TestMessages::intact);
        }
    }

    private static void exchange(int seed) {
        SimulatedPath path = new SimulatedPath(seed);
        Random random = path.random;
        path.loss = random.nextDouble(0.2);
        path.duplication = random.nextDouble(0.1);
        path.jitterNanos = random.nextLong(1, 30 * SimulatedPath.MILLIS);
        if (seed % 4 == 0) {
            // One of those that began earlier and is gone: the other side has to begin anew.
            path.left.association.connect(path.now);
            path.run(() -> path.left.connected == 1 && path.right.connected == 1);
            DataChannel lost = path.left.open(ChannelOptions.reliable("lost"), path.now);
            send(lost, 3, random, path.now);
            path.runFor(random.nextLong(100) * SimulatedPath.MILLIS, () -> false);
            path.replaceLeft(SctpConfig.defaults());
            path.left.association.connect(path.now);
            path.run(() -> path.left.connected == 1 && path.right.restarted == 1);
        } else {
            path.left.association.connect(path.now);
            if (seed % 4 != 1) {
                // Both INITs cross.
                path.right.association.connect(path.now);
            }
        }
        sendAll(path, random);
        // Nothing waits on either side: shut down from one, or from both at once.
        path.left.association.shutdown(path.now);
        if (seed % 3 == 0) {
            path.right.association.shutdown(path.now);
        }
        path.runFor(300 * SimulatedPath.SECOND, () -> false);
        assertThat(path.left.end).isNotNull();
        assertThat(path.right.end).isNotNull();
        assertThat(path.left.association.nextTimeoutNanos()).isEqualTo(SctpAssociation.NEVER);
        assertThat(path.right.association.nextTimeoutNanos()).isEqualTo(SctpAssociation.NEVER);
        assertThat(path.left.association.bufferedBytes()).isZero();
        assertThat(path.right.association.bufferedBytes()).isZero();
        assertThat(path.right.association.heldBytes()).isZero();
    }

    private static void sendAll(SimulatedPath path, Random random) {
        Side left = path.left;
        Side right = path.right;
        DataChannel ordered = left.open(ChannelOptions.reliable("ordered"), path.now);
        DataChannel unordered =
                left.open(new ChannelOptions("unordered", "", false, -1, -1), path.now);
        DataChannel counted =
                left.open(new ChannelOptions("counted", "", true, random.nextInt(2), -1), path.now);
        DataChannel timed = left.open(new ChannelOptions("timed", "", false, -1, 40), path.now);
        DataChannel back = right.open(ChannelOptions.reliable("back"), path.now);
        int many = 5 + random.nextInt(20);
        for (int i = 0; i < 3; i++) {
            send(ordered, many, random, path.now, i);
            send(unordered, many, random, path.now, i);
            send(counted, many, random, path.now, i);
            send(timed, many, random, path.now, i);
            send(back, many, random, path.now, i);
            path.runFor(random.nextLong(200) * SimulatedPath.MILLIS, () -> false);
        }
        int all = 3 * many;
        path.runFor(
                300 * SimulatedPath.SECOND,
                () ->
                        path.right.received("ordered").size() == all
                                && path.right.received("unordered").size() == all
                                && path.left.received("back").size() == all
                                && left.association.bufferedBytes() == 0
                                && right.association.bufferedBytes() == 0);
        assertThat(numbers(path.right, "ordered")).isEqualTo(upTo(all));
        assertThat(numbers(path.left, "back")).isEqualTo(upTo(all));
        assertThat(numbers(path.right, "unordered")).containsExactlyInAnyOrderElementsOf(upTo(all));
        assertThat(numbers(path.right, "counted")).isSorted().doesNotHaveDuplicates();
        assertThat(numbers(path.right, "timed")).doesNotHaveDuplicates();
        path.right
                .received
                .values()
                .forEach(messages -> assertThat(messages).allMatch(TestMessages::intact));
        assertThat(path.left.received("back")).allMatch(TestMessages::intact);
    }

    private static void send(DataChannel channel, int many, Random random, long now) {
        send(channel, many, random, now, 0);
    }

    private static void send(DataChannel channel, int many, Random random, long now, int round) {
        for (int i = 0; i < many; i++) {
            int size = random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(300);
            assertThat(channel.send(TestMessages.numbered(round * many + i, size), now))
                    .isEqualTo(SendResult.QUEUED);
        }
    }

    private static List<Integer> numbers(Side side, String label) {
        return side.received(label).stream().map(TestMessages::number).toList();
    }

    private static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }
}
