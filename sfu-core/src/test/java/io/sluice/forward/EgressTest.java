package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ice.Path;
import io.sluice.ice.UdpPort;
import io.sluice.loop.ForwardingLatency;
import io.sluice.loop.Scratch;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.MediaCounters;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class EgressTest {
    private final MemoryUdpPort port = new MemoryUdpPort();
    private final DropCounters drops = new DropCounters();
    private final Egress egress =
            new Egress(
                    port,
                    new Scratch(),
                    drops,
                    new MediaCounters(),
                    new ForwardingLatency(),
                    true,
                    null,
                    _ -> {});

    EgressTest() {
        egress.keys(new PlainSrtp());
        egress.path(new Path(0, 0, 0, 9));
    }

    /** Sends a packet that takes no number, unless one is left over. */
    private void send() {
        MemorySegment nothing = MemorySegment.ofArray(new byte[0]);
        assertThat(egress.sendRtp(0, 12, 0, nothing, 0, 0, 1)).isTrue();
    }

    @Test
    void shouldCountPacketsThatTakeANumber() {
        assertThat(egress.nextTransportSequence()).isZero();
        send();
        assertThat(egress.numberedPackets()).isEqualTo(1);
    }

    @Test
    void shouldForgetTheNumberOfAPacketThatFindsNoRoom() {
        assertThat(egress.nextTransportSequence()).isZero();
        port.fill();
        assertThat(egress.reserve()).isEqualTo(UdpPort.NO_ROOM);
        send();

        assertThat(egress.numberedPackets()).isZero();
        assertThat(drops.of(DropReason.EGRESS_FULL)).isEqualTo(1);
    }

    @Test
    void shouldForgetTheNumberOfAPacketWhoseHeaderDoesNotFit() {
        assertThat(egress.nextTransportSequence()).isZero();
        egress.tooLong();
        send();

        assertThat(egress.numberedPackets()).isZero();
        assertThat(drops.of(DropReason.HEADER_TOO_LONG)).isEqualTo(1);
    }
}
