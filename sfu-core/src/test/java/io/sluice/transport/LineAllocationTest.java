package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.Path;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.rtp.MediaCount;
import io.sluice.srtp.SrtpProfile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packet line of whole transports makes no garbage: from the datagram that ICE passes on to the
 * socket that it leaves by, with what viewers report and ask for again at more than their usual rates.
 * What lies before, from the socket to ICE, has a test of its own.
 */
@SuppressWarnings("NullAway.Init")
final class LineAllocationTest {
    private static final int VIEWERS = 20;
    private static final int FRAMES_PER_ROUND = 20;

    /** After some of them all is compiled. */
    private static final int ROUNDS_MAX = 200;

    /**
     * The JDK makes a view of where errno goes for each system call, until the call is compiled, which
     * takes longer than a test: a turn makes one for 16 packets. A packet of any kind that made
     * garbage would make more than this.
     */
    private static final long SYSTEM_CALL_BYTES = 40;

    /** Twelve for the 180 packets of a frame, one for what the viewers say of it. */
    private static final int CALLS_PER_FRAME = 13;

    private static final long HOUR_NANOS = 3_600_000_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final LoopConfig room = LoopConfig.defaults().withRoom(4_096, 64);

    /** Ticks come from the test, in the time that it plays. */
    private final TestLoops loops =
            new TestLoops(
                    1,
                    new LoopConfig(
                            room.slabSlots(),
                            room.handoffCapacity(),
                            HOUR_NANOS,
                            room.udp(),
                            room.history()));

    private final Loop loop = loops.all().getFirst();
    private DatagramSocket sink;
    private SyntheticLine line;
    private int restingSlots;
    private long lineBytes;
    private long tickBytes;

    private void connect(int encodings) throws IOException {
        sink = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Path path = new Path(0, 0, 0xffff_7f00_0001L, sink.getLocalPort());
        DtlsIdentity identity =
                DtlsIdentity.generate(new SecureRandom(), Instant.ofEpochSecond(1_800_000_000));
        restingSlots = onLoop(() -> loop.slab().slotsInUse());
        line =
                onLoop(() ->
                        new SyntheticLine(
                                loop,
                                SrtpProfile.AEAD_AES_128_GCM,
                                identity,
                                encodings,
                                VIEWERS,
                                path,
                                // Ahead of the clock that the loop's own timers have.
                                System.nanoTime() + HOUR_NANOS));
    }

    @AfterEach
    void close() {
        int slots =
                onLoop(() -> {
                    line.close();
                    return loop.slab().slotsInUse();
                });
        assertThat(slots).as("slots in use").isEqualTo(restingSlots);
        loops.close();
        sink.close();
    }

    private <T> T onLoop(Supplier<T> work) {
        return TestLoops.on(loop, work);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldAllocateNothingForAPacket(int encodings) throws IOException {
        connect(encodings);
        long callBytes = FRAMES_PER_ROUND * CALLS_PER_FRAME * SYSTEM_CALL_BYTES;
        long packets = 0;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            packets = onLoop(this::playRound);
            if (lineBytes <= callBytes && tickBytes < packets) {
                break;
            }
        }

        assertThat(lineBytes)
                .as("bytes for what comes in, and what leaves for it")
                .isLessThanOrEqualTo(callBytes);
        assertThat(tickBytes / packets).as("bytes a packet for reports of our own").isZero();
        assertThat(packets)
                .isGreaterThan(VIEWERS * FRAMES_PER_ROUND * SyntheticLine.PACKETS_PER_FRAME);
        assertThat(loop.counters().of(MediaCount.RETRANSMISSIONS_SENT)).isPositive();
        assertThat(loop.counters().of(MediaCount.TRANSPORT_FEEDBACK_RECEIVED)).isPositive();
        assertThat(loop.port().counters().sendFailures()).isZero();
        assertThat(loop.defects()).isZero();
    }

    /** Returns how many packets left. */
    private long playRound() {
        lineBytes = 0;
        tickBytes = 0;
        long packets = loop.port().counters().packetsOut();
        for (int i = 0; i < FRAMES_PER_ROUND; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            line.playFrame();
            long between = threads.getCurrentThreadAllocatedBytes();
            line.tick();
            lineBytes += between - before;
            tickBytes += threads.getCurrentThreadAllocatedBytes() - between;
        }
        return loop.port().counters().packetsOut() - packets;
    }
}
