package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How associations begin, live and end. */
final class AssociationTest {

    @Test
    void standsWhenOneSideAsks() {
        SimulatedPath path = new SimulatedPath(1).connected();
        assertThat(path.left.association.isConnected()).isTrue();
        assertThat(path.right.association.isConnected()).isTrue();
        assertThat(path.right.counters.of(SctpCount.ESTABLISHED)).isEqualTo(1);
    }

    @Test
    void isOneAssociationWhenBothAskAtOnce() {
        SimulatedPath path = new SimulatedPath(2);
        path.right.association.connect(path.now);
        path.connected();
        path.runFor(5 * SimulatedPath.SECOND, () -> false);
        assertThat(path.left.connected).isEqualTo(1);
        assertThat(path.right.connected).isEqualTo(1);
        assertThat(path.left.restarted + path.right.restarted).isZero();
        DataChannel channel = path.left.open(ChannelOptions.reliable("chat"), path.now);
        channel.send(TestMessages.numbered(1, 10), path.now);
        path.run(() -> path.right.received("chat").size() == 1);
    }

    @Test
    void standsWhicheverChunkOfTheBeginningIsLostOnce() {
        for (int lost :
                new int[] {
                    ChunkType.INIT, ChunkType.INIT_ACK, ChunkType.COOKIE_ECHO, ChunkType.COOKIE_ACK
                }) {
            SimulatedPath path = new SimulatedPath(3);
            int[] seen = {0};
            path.filter = type -> type != lost || seen[0]++ > 0;
            path.connected();
            assertThat(seen[0]).isGreaterThan(1);
        }
    }

    @Test
    void endsWhenNobodyAnswersItsInit() {
        SimulatedPath path = new SimulatedPath(4);
        path.loss = 1;
        path.left.association.connect(path.now);
        path.runFor(120 * SimulatedPath.SECOND, () -> false);
        assertThat(path.left.end).isEqualTo(SctpEnd.UNANSWERED);
        assertThat(path.left.association.nextTimeoutNanos()).isEqualTo(SctpAssociation.NEVER);
    }

    @Test
    void findsOutThatASilentOtherSideIsGone() {
        SimulatedPath path = new SimulatedPath(5).connected();
        path.loss = 1;
        path.runFor(150 * SimulatedPath.SECOND, () -> path.left.end != null);
        assertThat(path.left.end).isEqualTo(SctpEnd.UNANSWERED);
    }

    @Test
    void staysForAsLongAsHeartbeatsAreAnswered() {
        SimulatedPath path = new SimulatedPath(6).connected();
        path.runFor(600 * SimulatedPath.SECOND, () -> false);
        assertThat(path.left.end).isNull();
        assertThat(path.right.end).isNull();
        // Some forty of either side, and their answers.
        assertThat(path.packets).isBetween(60L, 200L);
    }

    @Test
    void goesOnAtOnceWhenThePathComesBack() {
        SimulatedPath path = new SimulatedPath(7).connected();
        DataChannel channel = path.left.open(ChannelOptions.reliable("chat"), path.now);
        path.run(() -> path.left.acknowledged.contains(channel));
        path.loss = 1;
        channel.send(TestMessages.numbered(1, 5_000), path.now);
        path.runFor(20 * SimulatedPath.SECOND, () -> false);
        path.loss = 0;
        path.left.association.onPathChanged(path.now);
        long from = path.now;
        path.run(() -> path.right.received("chat").size() == 1);
        assertThat(path.now - from).isLessThan(200 * SimulatedPath.MILLIS);
    }

    @Test
    void deliversAllBeforeItShutsDown() {
        SimulatedPath path = new SimulatedPath(8).connected();
        DataChannel channel = path.left.open(ChannelOptions.reliable("chat"), path.now);
        for (int i = 0; i < 50; i++) {
            channel.send(TestMessages.numbered(i, 5_000), path.now);
        }
        path.left.association.shutdown(path.now);
        assertThat(channel.send(TestMessages.numbered(50, 1), path.now))
                .isEqualTo(SendResult.CLOSED);
        path.runFor(60 * SimulatedPath.SECOND, () -> false);
        assertThat(path.right.received("chat")).hasSize(50);
        assertThat(path.left.end).isEqualTo(SctpEnd.SHUT_DOWN);
        assertThat(path.right.end).isEqualTo(SctpEnd.SHUT_DOWN);
        assertThat(path.left.closed).hasSize(1);
        assertThat(path.right.closed).hasSize(1);
    }

    @Test
    void tellsTheOtherSideThatItAborts() {
        SimulatedPath path = new SimulatedPath(9).connected();
        DataChannel channel = path.left.open(ChannelOptions.reliable("chat"), path.now);
        path.run(() -> path.left.acknowledged.contains(channel));
        path.left.association.abort();
        path.run(() -> path.right.end != null);
        assertThat(path.left.end).isEqualTo(SctpEnd.ABORTED);
        assertThat(path.right.end).isEqualTo(SctpEnd.ABORTED_BY_REMOTE);
        assertThat(path.right.closed).hasSize(1);
        assertThat(channel.state()).isEqualTo(DataChannel.State.CLOSED);
    }

    @Test
    void beginsAnewWithASideThatHasForgottenAll() {
        SimulatedPath path = new SimulatedPath(10).connected();
        DataChannel before = path.right.open(ChannelOptions.reliable("before"), path.now);
        path.run(() -> path.right.acknowledged.contains(before));
        before.send(TestMessages.numbered(1, 100_000), path.now);
        path.flush();
        path.replaceLeft(SctpConfig.defaults());
        path.left.association.connect(path.now);
        path.run(() -> path.left.connected == 1 && path.right.restarted == 1);
        assertThat(before.state()).isEqualTo(DataChannel.State.CLOSED);
        assertThat(path.right.association.channelCount()).isZero();
        assertThat(path.right.association.bufferedBytes()).isZero();
        assertThat(path.right.end).isNull();
        DataChannel after = path.right.open(ChannelOptions.reliable("after"), path.now);
        after.send(TestMessages.numbered(2, 100_000), path.now);
        path.run(() -> path.left.received("after").size() == 1);
        assertThat(path.left.received("before")).isEmpty();
    }

    @Test
    void acknowledgesEverySecondPacketAtOnceAndASingleOneSoon() {
        RawPeer peer = new RawPeer().connected();
        byte[] text = {'h', 'i'};
        peer.send(RawPeer.message(0, 0, 0, DataProtocol.STRING, text));
        assertThat(peer.drain()).isEmpty();
        assertThat(peer.victim.association.nextTimeoutNanos())
                .isEqualTo(peer.now + Inbound.ACK_DELAY_NANOS);
        peer.send(RawPeer.message(1, 0, 1, DataProtocol.STRING, text));
        assertThat(peer.drainFor(ChunkType.SACK)).isNotNull();
        peer.send(RawPeer.message(2, 0, 2, DataProtocol.STRING, text));
        peer.now += Inbound.ACK_DELAY_NANOS;
        peer.victim.association.onTimer(peer.now);
        assertThat(peer.drainFor(ChunkType.SACK)).isNotNull();
        // A gap, and one that asks for it, are told at once.
        peer.send(RawPeer.message(4, 0, 4, DataProtocol.STRING, text));
        byte[] sack = peer.drainFor(ChunkType.SACK);
        assertThat(sack).isNotNull().hasSize(20).endsWith(0, 2, 0, 2);
        peer.send(RawPeer.message(3, 0, 3, DataProtocol.STRING, text));
        assertThat(peer.drainFor(ChunkType.SACK)).isNotNull().hasSize(16);
        int atOnce = Fragment.FLAG_FIRST | Fragment.FLAG_LAST | 8;
        peer.send(RawPeer.data(5, atOnce, 0, 5, DataProtocol.STRING, text));
        assertThat(peer.drainFor(ChunkType.SACK)).isNotNull();
    }

    @Test
    void waitsWithDataForAsLongAsItIsToldTo() {
        SimulatedPath path = new SimulatedPath(11).connected();
        path.left.open(ChannelOptions.reliable("chat"), path.now);
        byte[] buffer = new byte[SctpAssociation.MAX_PACKET_BYTES];
        assertThat(path.left.association.poll(buffer, 0, false, path.now)).isZero();
        assertThat(path.left.association.poll(buffer, 0, true, path.now)).isPositive();
    }

    @Test
    void packsSmallMessagesIntoFewPackets() {
        SimulatedPath path = new SimulatedPath(12).connected();
        DataChannel channel = path.left.open(ChannelOptions.reliable("chat"), path.now);
        long before = path.left.counters.of(SctpCount.PACKETS_OUT);
        for (int i = 0; i < 100; i++) {
            channel.send(TestMessages.numbered(i, 20), path.now);
        }
        path.run(() -> path.right.received("chat").size() == 100);
        assertThat(path.left.counters.of(SctpCount.PACKETS_OUT) - before).isLessThan(8);
    }

    @Test
    void refusesMoreThanTheSendBufferHoldsAndTellsHowLongItWaits() {
        SimulatedPath path = new SimulatedPath(13).connected();
        DataChannel reliable = path.left.open(ChannelOptions.reliable("file"), path.now);
        DataChannel lossy = path.left.open(new ChannelOptions("game", "", false, 0, -1), path.now);
        assertThat(reliable.send(TestMessages.numbered(1, 262_145), path.now))
                .isEqualTo(SendResult.TOO_LARGE);
        path.run(() -> path.left.association.bufferedBytes() == 0);
        path.loss = 1;
        long from = path.now;
        List<SendResult> results = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            results.add(reliable.send(TestMessages.numbered(i, 262_144), path.now));
        }
        assertThat(results.subList(0, 8)).containsOnly(SendResult.QUEUED);
        assertThat(results.getLast()).isEqualTo(SendResult.FULL);
        assertThat(lossy.send(TestMessages.numbered(1, 10), path.now))
                .isEqualTo(SendResult.DROPPED);
        assertThat(path.left.counters.of(SctpDrop.SEND_REFUSED)).isEqualTo(1);
        assertThat(path.left.counters.of(SctpDrop.SEND_OVERFLOW)).isEqualTo(1);
        assertThat(reliable.bufferedBytes()).isEqualTo(8 * 262_144);
        path.runFor(5 * SimulatedPath.SECOND, () -> false);
        assertThat(path.left.association.waitingSinceNanos()).isEqualTo(from);
        path.loss = 0;
        path.run(() -> path.left.association.bufferedBytes() == 0);
        assertThat(path.left.association.waitingSinceNanos()).isEqualTo(SctpAssociation.NEVER);
        assertThat(path.right.received("file")).hasSize(8).allMatch(TestMessages::intact);
    }
}
