package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one socket does with what the kernel does not take, which is said here by a kernel of the test's. */
final class OutletTest {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort NET_SHORT =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final UdpCounters counters = new UdpCounters();
    private final MemorySegment egress = arena.allocate(2_000L * Slab.SLOT_BYTES);
    private final FakeKernel kernel = new FakeKernel();
    private final Outlet outlet = new Outlet(arena, false, true, kernel, counters);
    private int queued;

    /** A datagram that was taken: where it went, and its number. */
    private record Taken(int remotePort, int number) {}

    /** Takes messages until it has no room, or one is refused. */
    private static final class FakeKernel implements SendCall {
        final List<Taken> taken = new ArrayList<>();
        final List<Integer> messageSegments = new ArrayList<>();
        int room = Integer.MAX_VALUE;
        int refusal;
        Predicate<Taken> refused = _ -> false;
        int runRefusal;

        @Override
        public int send(long messages, int count) {
            for (int i = 0; i < count; i++) {
                int errno = take(messages + 64L * i);
                if (errno != 0) {
                    // As sendmmsg does: the error of a later message comes with the next call.
                    return i > 0 ? i : -errno;
                }
            }
            return count;
        }

        private int take(long message) {
            int remotePort =
                    Short.toUnsignedInt(
                            ALL.get(NET_SHORT, ALL.get(ValueLayout.JAVA_LONG, message) + 2));
            long vector = ALL.get(ValueLayout.JAVA_LONG, message + 16);
            int segments = (int) ALL.get(ValueLayout.JAVA_LONG, message + 24);
            List<Taken> these = new ArrayList<>();
            for (int i = 0; i < segments; i++) {
                long pointer = ALL.get(ValueLayout.JAVA_LONG, vector + 16L * i);
                these.add(new Taken(remotePort, ALL.get(ValueLayout.JAVA_INT, pointer)));
            }
            if (segments > 1 && runRefusal != 0) {
                return runRefusal;
            }
            if (these.stream().anyMatch(refused)) {
                return refusal;
            }
            if (room < segments) {
                return LinuxSockets.EAGAIN;
            }
            room -= segments;
            taken.addAll(these);
            messageSegments.add(segments);
            return 0;
        }

        List<Integer> numbersTo(int remotePort) {
            return taken.stream()
                    .filter(one -> one.remotePort() == remotePort)
                    .map(Taken::number)
                    .toList();
        }
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private void queue(int remotePort, int number) {
        queue(remotePort, number, 100);
    }

    private void queue(int remotePort, int number, int length) {
        // As the port does: a place is used again when what stood there was flushed.
        long offset = (long) (queued++ % SendBatch.DATAGRAMS) * Slab.SLOT_BYTES;
        egress.set(ValueLayout.JAVA_INT, offset, number);
        outlet.queue(
                egress.address() + offset, 0, RemoteAddress.mapped(0x7f000001), remotePort, length);
    }

    private static List<Integer> numbers(int first, int end) {
        return IntStream.range(first, end).boxed().toList();
    }

    @Test
    void shouldSendInTheNextTurnWhatFoundNoRoomAndBeforeWhatIsNewer() {
        kernel.room = 5;
        for (int i = 0; i < 10; i++) {
            queue(i % 2 == 0 ? 1 : 2, i);
        }
        outlet.flush();
        assertThat(kernel.taken).hasSize(5);
        assertThat(outlet.waiting()).isEqualTo(5);
        assertThat(counters.deferred()).isEqualTo(5);

        kernel.room = 2;
        queue(1, 10);
        outlet.flush();
        assertThat(outlet.waiting()).isEqualTo(4);

        kernel.room = Integer.MAX_VALUE;
        queue(2, 11);
        outlet.flush();

        assertThat(outlet.waiting()).isZero();
        assertThat(kernel.numbersTo(1)).containsExactly(0, 2, 4, 6, 8, 10);
        assertThat(kernel.numbersTo(2)).containsExactly(1, 3, 5, 7, 9, 11);
        assertThat(counters.packetsOut()).isEqualTo(12);
        assertThat(counters.sendFailures()).isZero();
    }

    @Test
    void shouldTryAgainInATurnThatBringsNothingNew() {
        kernel.room = 0;
        queue(1, 0);
        outlet.flush();

        kernel.room = 1;
        outlet.flush();

        assertThat(kernel.numbersTo(1)).containsExactly(0);
    }

    @Test
    void shouldDropAndCountWhatIsMoreThanMayWait() {
        kernel.room = 0;
        int many = SendBacklog.DATAGRAMS + 40;
        for (int i = 0; i < many; i++) {
            queue(1, i);
        }
        outlet.flush();
        assertThat(outlet.waiting()).isEqualTo(SendBacklog.DATAGRAMS);
        assertThat(counters.drops(DatagramDrop.SEND_BUFFER_FULL)).isEqualTo(40);

        kernel.room = Integer.MAX_VALUE;
        queue(1, many);
        outlet.flush();

        List<Integer> expected = new ArrayList<>(numbers(0, SendBacklog.DATAGRAMS));
        expected.add(many);
        assertThat(kernel.numbersTo(1)).isEqualTo(expected);
        assertThat(outlet.waiting()).isZero();
    }

    @Test
    void shouldSendWhatWaitedInRunsToo() {
        kernel.room = 0;
        for (int i = 0; i < 20; i++) {
            queue(i < 10 ? 1 : 2, i);
        }
        outlet.flush();

        kernel.room = Integer.MAX_VALUE;
        outlet.flush();

        assertThat(kernel.messageSegments).containsExactly(10, 10);
        assertThat(counters.messagesOut()).isEqualTo(2);
    }

    @Test
    void shouldSkipOnlyTheMessageThatIsRefused() {
        kernel.refusal = LinuxSockets.ECONNREFUSED;
        kernel.refused = one -> one.remotePort() == 2;
        for (int turn = 0; turn < 2; turn++) {
            queue(1, turn);
            queue(2, turn);
            queue(2, turn);
            queue(3, turn);
            outlet.flush();
        }

        assertThat(kernel.numbersTo(1)).containsExactly(0, 1);
        assertThat(kernel.numbersTo(3)).containsExactly(0, 1);
        assertThat(counters.drops(DatagramDrop.SEND_UNREACHABLE)).isEqualTo(4);
        assertThat(outlet.waiting()).isZero();
        assertThat(outlet.sendsRuns()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {LinuxSockets.EIO, LinuxSockets.EINVAL, LinuxSockets.EMSGSIZE})
    void shouldSendOneByOneFromThenOnWhatIsRefusedAsARun(int errno) {
        kernel.runRefusal = errno;
        for (int turn = 0; turn < 2; turn++) {
            queue(1, turn);
            queue(1, turn);
            queue(2, turn);
            outlet.flush();
            assertThat(outlet.sendsRuns()).isFalse();
        }

        assertThat(kernel.numbersTo(1)).containsExactly(0, 0, 1, 1);
        assertThat(kernel.numbersTo(2)).containsExactly(0, 1);
        assertThat(kernel.messageSegments).containsOnly(1);
        assertThat(counters.packetsOut()).isEqualTo(6);
        assertThat(counters.sendFailures()).isZero();
    }

    @Test
    void shouldDropWhatIsTooLargeAloneWithoutEndingRuns() {
        kernel.refusal = LinuxSockets.EMSGSIZE;
        kernel.refused = one -> one.number() == 7;
        queue(1, 7, SendBatch.SEGMENT_BYTES_MAX + 1);
        queue(1, 8, SendBatch.SEGMENT_BYTES_MAX + 1);
        outlet.flush();

        assertThat(kernel.numbersTo(1)).containsExactly(8);
        assertThat(counters.drops(DatagramDrop.SEND_TOO_LARGE)).isEqualTo(1);
        assertThat(outlet.sendsRuns()).isTrue();
    }

    @Test
    void shouldSendTheRestOfARunLaterWhenThereIsRoomForAPartOnly() {
        kernel.runRefusal = LinuxSockets.EIO;
        kernel.room = 3;
        for (int i = 0; i < 8; i++) {
            queue(1, i);
        }
        queue(2, 8);
        outlet.flush();
        assertThat(outlet.sendsRuns()).isFalse();
        assertThat(kernel.numbersTo(1)).isEqualTo(numbers(0, 3));
        assertThat(outlet.waiting()).isEqualTo(6);

        kernel.room = Integer.MAX_VALUE;
        outlet.flush();

        assertThat(kernel.numbersTo(1)).isEqualTo(numbers(0, 8));
        assertThat(kernel.numbersTo(2)).containsExactly(8);
        assertThat(kernel.messageSegments).containsOnly(1);
        assertThat(counters.sendFailures()).isZero();
    }

    @Test
    void shouldCountWhatStillWaitsWhenItIsClosed() {
        kernel.room = 0;
        queue(1, 0);
        queue(1, 1);
        outlet.flush();

        outlet.close();

        assertThat(counters.drops(DatagramDrop.SEND_BUFFER_FULL)).isEqualTo(2);
        assertThat(outlet.waiting()).isZero();
    }
}
