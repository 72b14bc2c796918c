package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What one packet may have us do, and what silence may have us keep. */
final class HostileCostTest {
    private final RawPeer peer = new RawPeer().connected();

    private long drops(SctpDrop reason) {
        return peer.victim.counters.of(reason);
    }

    @Test
    void ofSeveralAcknowledgmentsInAPacketTheFirstCounts() {
        DataChannel channel = peer.victim.open(ChannelOptions.reliable("ours"), peer.now);
        channel.send(TestMessages.numbered(0, 1_000), peer.now);
        peer.drain();
        peer.send(peer.sack(0, 100_000), peer.sack(1, 100_000), peer.sack(1, 100_000));
        assertThat(channel.bufferedBytes()).isEqualTo(1_000);
        assertThat(drops(SctpDrop.UNEXPECTED)).isEqualTo(2);
        peer.send(peer.sack(1, 100_000));
        assertThat(channel.bufferedBytes()).isZero();
    }

    @Test
    void aWindowOfZeroIsNotAnAnswerForEver() {
        DataChannel channel = peer.victim.open(ChannelOptions.reliable("ours"), peer.now);
        peer.drain();
        peer.send(peer.sack(0, 0));
        channel.send(TestMessages.numbered(0, 1_000), peer.now);
        int seconds = 0;
        while (peer.victim.end == null && seconds < 1_000) {
            peer.drain();
            peer.send(peer.sack(0, 0));
            peer.now += SimulatedPath.SECOND;
            peer.victim.association.onTimer(peer.now);
            seconds++;
        }
        assertThat(peer.victim.end).isEqualTo(SctpEnd.UNANSWERED);
        assertThat(seconds).isGreaterThan(300);
    }

    @Test
    void ofManyResetRequestsInAPacketFourAreCarriedOut() {
        byte[] three = new byte[36];
        for (int i = 0; i < 3; i++) {
            Wire.put16(three, 12 * i, 17);
            Wire.put16(three, 12 * i + 2, 12);
            Wire.put32(three, 12 * i + 4, RawPeer.TSN + i);
        }
        peer.send(RawPeer.chunk(ChunkType.RE_CONFIG, 0, three));
        assertThat(drops(SctpDrop.MALFORMED)).isEqualTo(1);
        peer.drain();
        // The third was not: the number after it is not the next one.
        peer.send(RawPeer.reset(RawPeer.TSN + 3, RawPeer.TSN - 1));
        assertThat(peer.result()).isEqualTo(5);
        peer.send(
                RawPeer.reset(RawPeer.TSN + 2, RawPeer.TSN - 1),
                RawPeer.reset(RawPeer.TSN + 3, RawPeer.TSN - 1),
                RawPeer.reset(RawPeer.TSN + 4, RawPeer.TSN - 1));
        assertThat(drops(SctpDrop.UNEXPECTED)).isEqualTo(1);
        peer.drain();
        peer.send(RawPeer.reset(RawPeer.TSN + 5, RawPeer.TSN - 1));
        assertThat(peer.result()).isEqualTo(5);
        assertThat(peer.victim.end).isNull();
    }

    @Test
    void whatIsFarBehindAGapIsNotToldBeforeTheGapIsFilled() {
        byte[] text = {'h', 'i'};
        int[] ahead = {499, 1_021, 1_022, 1_023, 1_024, 1_025, 3_000};
        for (int tsn : ahead) {
            peer.send(RawPeer.message(tsn, 0, tsn, DataProtocol.STRING, text));
        }
        peer.drain();
        peer.send(RawPeer.message(3_001, 0, 3_001, DataProtocol.STRING, text));
        byte[] sack = peer.drainFor(ChunkType.SACK);
        assertThat(sack).isNotNull().hasSize(16 + 2 * 4);
        byte[] told = sack == null ? new byte[24] : sack;
        assertThat(Wire.u16(told, 16)).isEqualTo(500);
        assertThat(Wire.u16(told, 18)).isEqualTo(500);
        assertThat(Wire.u16(told, 20)).isEqualTo(1_022);
        assertThat(Wire.u16(told, 22)).isEqualTo(Inbound.MAX_TOLD);
    }

    @Test
    void gapsAreWalkedOverOnlySoFarAtOneTime() {
        DataChannel channel = peer.victim.open(ChannelOptions.reliable("ours"), peer.now);
        for (int i = 0; i < 400; i++) {
            channel.send(new DataMessage(DataMessage.Kind.BINARY, new byte[] {1}), peer.now);
        }
        assertThat(peer.drain()).isNotEmpty();
        int inTime = GapBlocks.MAX_STEPS / 300;
        for (int i = 0; i < inTime + 5; i++) {
            peer.send(peer.sack(0, 100_000, 2, 300));
        }
        assertThat(drops(SctpDrop.UNEXPECTED)).isEqualTo(5);
        // What is acknowledged without gaps counts nevertheless.
        peer.send(peer.sack(250, 100_000, 2, 149));
        assertThat(channel.bufferedBytes()).isEqualTo(400 - 250);
        // The next datagram has a time of its own.
        peer.now++;
        peer.send(peer.sack(250, 100_000, 2, 140));
        assertThat(drops(SctpDrop.UNEXPECTED)).isEqualTo(6);
    }
}
