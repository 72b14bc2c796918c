package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.IceFixture.Participant;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LaterDtlsTest {
    private static final int DATA = 23;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int MEDIA = 0x80;

    /** Of the fixture's slab of 512. */
    private static final int QUEUED_MAX = 64;

    private final IceFixture ice = new IceFixture(IceFixture.CONFIG);
    private Participant participant;

    @BeforeEach
    void connect() throws Exception {
        participant = ice.participant();
        ice.connect(participant);
    }

    @AfterEach
    void close() throws Exception {
        ice.close();
    }

    /** On the loop. */
    private void arrive(int first, int number) {
        Path from = participant.paths.getFirst();
        int slot = ice.slab.take();
        byte[] bytes = {(byte) first, (byte) number};
        MemorySegment.copy(
                bytes, 0, ice.slab.memory(), ValueLayout.JAVA_BYTE, Slab.offset(slot), 2);
        boolean kept =
                ice.server.onDatagram(
                        from.socket(),
                        from.remoteHigh(),
                        from.remoteLow(),
                        from.remotePort(),
                        slot,
                        bytes.length,
                        System.nanoTime());
        if (!kept) {
            ice.slab.release(slot);
        }
    }

    private List<Integer> numbers() {
        return participant.dtls.stream().map(bytes -> (int) bytes[1]).toList();
    }

    @Test
    void shouldTakeMediaFirstAndThenRecordsInTheirOrder() {
        List<Integer> before = new ArrayList<>();
        ice.loop.run(() -> {
            for (int i = 0; i < QUEUED_MAX; i++) {
                arrive(DATA, i);
            }
            arrive(MEDIA, 0);
            before.add(participant.media.size());
            before.add(participant.dtls.size());
        });
        assertThat(before).containsExactly(1, 0);
        await().until(() -> participant.dtls.size() == QUEUED_MAX);
        assertThat(numbers()).isEqualTo(IntStream.range(0, QUEUED_MAX).boxed().toList());
        assertThat(ice.onLoop(ice.server::dataNanos)).isPositive();
    }

    @Test
    void shouldNotPutOffAHandshake() {
        List<Integer> before = new ArrayList<>();
        ice.loop.run(() -> {
            arrive(HANDSHAKE, 1);
            before.add(participant.dtls.size());
        });
        assertThat(before).containsExactly(1);
    }

    @Test
    void shouldTakeTheEndAfterTheLastWord() {
        ice.loop.run(() -> {
            arrive(DATA, 1);
            arrive(ALERT, 2);
        });
        await().until(() -> participant.dtls.size() == 2);
        assertThat(numbers()).containsExactly(1, 2);
    }

    /** Or it would be taken for the one that its session uses now. */
    @Test
    void shouldForgetWhatCameOverAPathThatIsLost() throws Exception {
        Path lost = participant.paths.getFirst();
        int before = ice.onLoop(ice.slab::slotsInUse);
        ice.loop.run(() -> {
            arrive(DATA, 1);
            ice.server.streamClosed(lost.socket());
        });
        await().until(() -> ice.onLoop(ice.slab::slotsInUse) == before);
        assertThat(participant.dtls).isEmpty();
        assertThat(participant.paths).hasSize(1);
    }

    @Test
    void shouldLoseNothingWhenMoreComesThanItHolds() {
        ice.loop.run(() -> {
            for (int i = 0; i < QUEUED_MAX + 10; i++) {
                arrive(DATA, i);
            }
        });
        await().until(() -> participant.dtls.size() == QUEUED_MAX + 10);
        assertThat(numbers()).isEqualTo(IntStream.range(0, QUEUED_MAX + 10).boxed().toList());
    }

    @Test
    void shouldNotDisturbWhoHasLeft() {
        int before = ice.onLoop(ice.slab::slotsInUse);
        ice.loop.run(() -> {
            arrive(DATA, 1);
            participant.session.close();
        });
        await().until(() -> ice.onLoop(ice.slab::slotsInUse) == before);
        assertThat(participant.dtls).isEmpty();
    }

    @Test
    void shouldFreeWhatWaitsWhenTheServerCloses() {
        ice.loop.run(() -> {
            arrive(DATA, 1);
            ice.server.close();
        });
        assertThat(participant.dtls).isEmpty();
        // The fixture fails where slots are left.
    }
}
