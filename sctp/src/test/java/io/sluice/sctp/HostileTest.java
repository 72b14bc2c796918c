package io.sluice.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the other side may try; the cost stays ours to choose, and honest traffic goes on. */
final class HostileTest {
    private static final int FIRST = Fragment.FLAG_FIRST;
    private static final int LAST = Fragment.FLAG_LAST;
    private static final byte[] TEXT = {'h', 'i'};

    private final RawPeer peer = new RawPeer();

    private long drops(SctpDrop reason) {
        return peer.victim.counters.of(reason);
    }

    /** The association stands, and a new message comes through. */
    private void assertWorks(int tsn, int stream) {
        peer.send(
                RawPeer.open(tsn, stream),
                RawPeer.message(tsn + 1, stream, 1, DataProtocol.STRING, TEXT));
        assertThat(peer.victim.received("c" + stream)).hasSize(1);
        assertThat(peer.victim.end).isNull();
    }

    @Test
    void aFloodOfInitsLeavesNothingBehind() {
        for (int i = 1; i <= 10_000; i++) {
            peer.sendTo(0, RawPeer.init(i, i, 100_000));
        }
        assertThat(peer.drain()).hasSize(16);
        assertThat(drops(SctpDrop.TOO_MANY_ANSWERS)).isEqualTo(10_000 - 16);
        peer.connected();
        for (int i = 1; i <= 1_000; i++) {
            peer.sendTo(0, RawPeer.init(i, i, 100_000));
        }
        peer.drain();
        assertThat(peer.victim.restarted).isZero();
        assertWorks(0, 0);
    }

    @Test
    void wrongVerificationTagsAreNotHeard() {
        peer.connected();
        int wrong = peer.victimTag + 1;
        peer.sendTo(wrong, RawPeer.open(0, 0));
        peer.sendTo(wrong, RawPeer.chunk(ChunkType.ABORT, 0, new byte[0]));
        peer.sendTo(0, RawPeer.chunk(ChunkType.ABORT, 0, new byte[0]));
        peer.sendTo(wrong, RawPeer.chunk(ChunkType.ABORT, 1, new byte[0]));
        peer.sendTo(peer.victimTag, RawPeer.init(7, 7, 100_000));
        peer.sendTo(wrong, RawPeer.chunk(ChunkType.SHUTDOWN, 0, new byte[4]));
        assertThat(drops(SctpDrop.BAD_TAG)).isEqualTo(6);
        assertThat(peer.drain()).isEmpty();
        assertWorks(0, 0);
    }

    @Test
    void chunksShorterThanTheirHeadersAreMalformed() {
        peer.connected();
        for (int type = 0; type < 256; type++) {
            for (int length = 0; length < 4; length++) {
                byte[] chunk = RawPeer.chunk(type, 0, new byte[8]);
                Wire.put16(chunk, 2, length);
                peer.send(RawPeer.open(0, 0), chunk);
            }
        }
        assertThat(drops(SctpDrop.MALFORMED)).isEqualTo(256 * 4);
        assertThat(peer.victim.opened).isEmpty();
        assertWorks(0, 0);
    }

    @Test
    void valuesOfAnyLengthAreReadOnlyAsFarAsTheyGo() {
        int[] types = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 63, 130, 192, 255};
        for (int type : types) {
            for (int length = 0; length < 40; length++) {
                for (byte filler : new byte[] {0, 1, 13, -1}) {
                    RawPeer each = new RawPeer(new Side(SctpConfig.defaults(), false, length));
                    each.connected();
                    byte[] value = new byte[length];
                    Arrays.fill(value, filler);
                    each.send(RawPeer.chunk(type, filler, value));
                    each.drain();
                }
            }
        }
    }

    @Test
    void parametersShorterThanTheirHeadersEndTheReading() {
        peer.connected();
        for (int length = 0; length < 4; length++) {
            byte[] init = RawPeer.init(9, 9, 100_000);
            Wire.put16(init, 22, length);
            peer.sendTo(0, init);
            byte[] reset = new byte[16];
            Wire.put16(reset, 0, 13);
            Wire.put16(reset, 2, length);
            peer.send(RawPeer.chunk(ChunkType.RE_CONFIG, 0, reset));
        }
        assertThat(drops(SctpDrop.MALFORMED)).isEqualTo(8);
        assertWorks(0, 0);
    }

    @Test
    void aWrongChecksumIsNotHeard() {
        peer.connected();
        byte[] packet = new byte[64];
        PacketWriter writer = new PacketWriter(5_000, 5_000);
        writer.begin(packet, 0, peer.victimTag);
        writer.chunk(RawPeer.chunk(ChunkType.ABORT, 0, new byte[0]));
        int length = writer.finish();
        packet[9] ^= 1;
        peer.victim.association.onPacket(packet, 0, length, peer.now);
        assertThat(drops(SctpDrop.BAD_CHECKSUM)).isEqualTo(1);
        assertWorks(0, 0);
    }

    @Test
    void piecesThatOverlapEndTheAssociation() {
        List<int[]> overlaps =
                List.of(
                        new int[] {FIRST, FIRST},
                        new int[] {FIRST | LAST, 0},
                        new int[] {FIRST | LAST, LAST},
                        new int[] {FIRST, FIRST | LAST});
        for (int[] flags : overlaps) {
            RawPeer each = new RawPeer().connected();
            each.send(RawPeer.data(0, flags[0], 0, 0, 51, TEXT));
            each.send(RawPeer.data(1, flags[1], 0, 0, 51, TEXT));
            assertThat(each.victim.end).isEqualTo(SctpEnd.VIOLATED);
            assertThat(each.drainFor(ChunkType.ABORT)).isNotNull();
            // And the other way round.
            RawPeer reversed = new RawPeer().connected();
            reversed.send(RawPeer.data(1, flags[1], 0, 0, 51, TEXT));
            reversed.send(RawPeer.data(0, flags[0], 0, 0, 51, TEXT));
            assertThat(reversed.victim.end).isEqualTo(SctpEnd.VIOLATED);
        }
    }

    @Test
    void piecesOfDifferentMessagesDoNotMakeOne() {
        RawPeer stream = new RawPeer().connected();
        stream.send(RawPeer.data(0, FIRST, 0, 0, 51, TEXT), RawPeer.data(1, LAST, 2, 0, 51, TEXT));
        assertThat(stream.victim.end).isEqualTo(SctpEnd.VIOLATED);
        RawPeer sequence = new RawPeer().connected();
        sequence.send(
                RawPeer.data(0, FIRST, 0, 0, 51, TEXT), RawPeer.data(1, LAST, 0, 1, 51, TEXT));
        assertThat(sequence.victim.end).isEqualTo(SctpEnd.VIOLATED);
    }

    @Test
    void aMessageOfAGigabyteEndsWhereItBecomesTooLarge() {
        peer.connected();
        byte[] piece = new byte[1_000];
        int sent = 0;
        while (peer.victim.end == null && sent < 1_000) {
            peer.send(RawPeer.data(sent, sent == 0 ? FIRST : 0, 0, 0, 53, piece));
            sent++;
        }
        assertThat(sent).isEqualTo(263);
        assertThat(peer.victim.end).isEqualTo(SctpEnd.MESSAGE_TOO_LARGE);
        assertThat(peer.drainFor(ChunkType.ABORT)).isNotNull();
    }

    @Test
    void endlessPiecesOfAByteAreBoundedInNumber() {
        peer.connected();
        for (int i = 0; i < 40_000; i++) {
            peer.send(RawPeer.data(i, i == 0 ? FIRST : 0, 0, 0, 53, new byte[1]));
        }
        assertThat(drops(SctpDrop.OUT_OF_WINDOW)).isPositive();
        assertThat(peer.victim.association.heldBytes()).isLessThan(20_000);
    }

    @Test
    void piecesThatNeverBeginAreBoundedByTheWindow() {
        peer.connected();
        byte[] piece = new byte[1_100];
        for (int i = 1; i < 10_000; i++) {
            peer.send(RawPeer.data(i, FIRST | LAST, 0, i, 53, piece));
        }
        assertThat(peer.victim.association.heldBytes()).isLessThanOrEqualTo((1 << 20) + 262_144);
        assertThat(drops(SctpDrop.WINDOW_FULL)).isPositive();
    }

    @Test
    void messagesInOrderAreBoundedByTheWindowWhileThoseBeforeAreOwed() {
        peer.connected();
        peer.send(RawPeer.open(0, 0));
        int window = SctpConfig.defaults().receiveWindowBytes();
        peer.victim.association.owe(window - 1);
        peer.send(RawPeer.message(1, 0, 1, DataProtocol.BINARY, new byte[1_000]));
        assertThat(peer.victim.received("c0")).hasSize(1);
        peer.victim.association.owe(window + 999);
        for (int i = 0; i < 100; i++) {
            peer.send(RawPeer.message(2, 0, 2, DataProtocol.BINARY, new byte[1_000]));
        }
        assertThat(peer.victim.received("c0")).hasSize(1);
        assertThat(drops(SctpDrop.WINDOW_FULL)).isEqualTo(100);
        byte[] shut = peer.drainFor(ChunkType.SACK);
        assertThat(shut).isNotNull();
        assertThat(shut == null ? -1 : Wire.i32(shut, 8)).isZero();
        peer.victim.association.owe(0);
        assertThat(peer.drainFor(ChunkType.SACK)).isNotNull();
        assertWorks(2, 2);
    }

    @Test
    void messagesThatNeverComeIntoOrderAreBounded() {
        peer.connected();
        int tsn = 0;
        while (peer.victim.end == null && tsn < 20_000) {
            // Every TSN comes, and sequence number 0 never does.
            peer.send(RawPeer.message(tsn, 0, 1 + tsn, 53, new byte[100]));
            tsn++;
        }
        assertThat(peer.victim.end).isEqualTo(SctpEnd.VIOLATED);
        assertThat(tsn).isLessThan(10_000);
    }

    @Test
    void acknowledgmentsOfWhatWasNeverSentAreNotBelieved() {
        peer.connected();
        peer.victim.open(ChannelOptions.reliable("ours"), peer.now);
        peer.drain();
        long buffered = peer.victim.association.bufferedBytes();
        peer.send(peer.sack(5, 100_000));
        peer.send(peer.sack(-1, 100_000, 2, 9));
        peer.send(peer.sack(-1, 100_000, 1, 1, 1, 1));
        peer.send(peer.sack(-1, 100_000, 1, 0));
        peer.send(peer.sack(-1, 100_000, 0, 1));
        assertThat(drops(SctpDrop.BAD_SACK)).isEqualTo(5);
        assertThat(peer.victim.association.bufferedBytes()).isEqualTo(buffered);
        peer.send(peer.sack(0, 100_000));
        assertThat(peer.victim.association.bufferedBytes()).isZero();
        assertWorks(0, 0);
    }

    @Test
    void aWindowOfZeroIsAskedNowAndThenAndNotFilled() {
        peer.connected();
        DataChannel channel = peer.victim.open(ChannelOptions.reliable("ours"), peer.now);
        peer.drain();
        peer.send(peer.sack(0, 0));
        for (int i = 0; i < 10; i++) {
            channel.send(TestMessages.numbered(i, 1_000), peer.now);
        }
        int packets = 0;
        for (int i = 0; i < 100; i++) {
            packets += peer.drain().size();
            peer.send(peer.sack(0, 0));
            peer.now += SimulatedPath.SECOND;
            peer.victim.association.onTimer(peer.now);
        }
        assertThat(packets).isBetween(10, 110);
        assertThat(peer.victim.end).isNull();
        assertThat(peer.victim.association.waitingSinceNanos()).isEqualTo(SimulatedPath.SECOND);
        assertThat(channel.bufferedBytes()).isEqualTo(10_000);
        peer.send(peer.sack(0, 100_000));
        peer.drain();
        peer.send(peer.sack(1, 100_000));
        assertThat(peer.drain()).isNotEmpty();
    }

    @Test
    void messagesOnAllStreamsCostLittleAndAreDropped() {
        peer.connected();
        for (int stream = 0; stream < 65_536; stream++) {
            peer.send(RawPeer.message(stream, stream, 0, 53, TEXT));
        }
        assertThat(drops(SctpDrop.NO_CHANNEL)).isEqualTo(65_536);
        assertThat(peer.victim.association.heldBytes()).isZero();
        assertThat(peer.victim.end).isNull();
    }

    @Test
    void aStormOfOpensIsBoundedAndTheRestRefused() {
        peer.connected();
        int tsn = 0;
        for (int stream = 0; stream < 65_534; stream += 2) {
            peer.send(RawPeer.open(tsn++, stream));
        }
        int limit = SctpConfig.defaults().maxChannels();
        assertThat(peer.victim.opened).hasSize(limit);
        assertThat(peer.victim.association.channelCount()).isEqualTo(limit);
        assertThat(drops(SctpDrop.TOO_MANY_CHANNELS)).isEqualTo(32_767 - limit);
        assertThat(peer.drainFor(ChunkType.RE_CONFIG)).isNotNull();
        assertThat(peer.victim.end).isNull();
    }

    @Test
    void opensThatAreWrongAreRefused() {
        peer.connected();
        byte[] cut = Arrays.copyOf(OpenMessage.open(ChannelOptions.reliable("label")), 14);
        byte[] claimed = OpenMessage.open(ChannelOptions.reliable("label"));
        Wire.put16(claimed, 8, 0xffff);
        byte[] unknownType = OpenMessage.open(ChannelOptions.reliable("label"));
        unknownType[1] = 3;
        peer.send(
                RawPeer.message(0, 0, 0, DataProtocol.CONTROL, cut),
                RawPeer.message(1, 2, 0, DataProtocol.CONTROL, claimed),
                RawPeer.message(2, 4, 0, DataProtocol.CONTROL, unknownType),
                // An id of the victim's own.
                RawPeer.open(3, 7),
                RawPeer.open(4, 8),
                RawPeer.message(
                        5,
                        8,
                        1,
                        DataProtocol.CONTROL,
                        OpenMessage.open(ChannelOptions.reliable("again"))));
        assertThat(drops(SctpDrop.BAD_OPEN)).isEqualTo(5);
        assertThat(peer.victim.opened).hasSize(1);
        byte[] reset = peer.drainFor(ChunkType.RE_CONFIG);
        // Streams 0, 2, 4 and 7 behind header, parameter and three numbers.
        assertThat(reset).isNotNull().hasSize(4 + 16 + 8);
    }

    @Test
    void namesThatAreNotUtf8AreRefused() {
        peer.connected();
        byte[] label = OpenMessage.open(ChannelOptions.reliable("x".repeat(1_024)));
        Arrays.fill(label, 12, label.length, (byte) 0xff);
        byte[] protocol = OpenMessage.open(new ChannelOptions("", "json", true, -1, -1));
        protocol[13] = (byte) 0xc3;
        peer.send(RawPeer.message(0, 0, 0, DataProtocol.CONTROL, label));
        peer.send(RawPeer.message(1, 2, 0, DataProtocol.CONTROL, protocol));
        assertThat(peer.victim.opened).isEmpty();
        assertThat(drops(SctpDrop.BAD_OPEN)).isEqualTo(2);
        assertThat(peer.drainFor(ChunkType.RE_CONFIG)).isNotNull();
        assertWorks(2, 4);
    }

    @Test
    void forwardingFarAheadCostsNothing() {
        peer.connected();
        int[] streams = new int[500];
        for (int i = 0; i < streams.length; i += 2) {
            streams[i] = i;
            streams[i + 1] = 0x7fff;
        }
        for (int i = 1; i < 2_000; i++) {
            // Each leaves a gap, so that something is held meanwhile.
            peer.send(RawPeer.message(i * 1_000_000 + 2, 0, i, 53, TEXT));
            peer.send(RawPeer.forward(i * 1_000_000, streams));
        }
        peer.send(RawPeer.forward(2_000_000_000));
        assertThat(peer.victim.association.heldBytes()).isZero();
        assertThat(peer.victim.end).isNull();
    }

    @Test
    void cookiesAreOnlyTakenAsTheyWereGiven() {
        byte[] cookie = peer.cookie(RawPeer.TAG, RawPeer.TSN, 100_000);
        for (int i = 0; i < cookie.length; i++) {
            byte[] forged = cookie.clone();
            forged[i] ^= 1;
            peer.echo(forged);
        }
        assertThat(drops(SctpDrop.BAD_COOKIE)).isEqualTo(cookie.length);
        assertThat(peer.victim.connected).isZero();
        peer.now += StateCookie.LIFE_NANOS + 1;
        peer.echo(cookie);
        assertThat(peer.victim.connected).isZero();
        assertThat(peer.drainFor(ChunkType.ERROR)).isNotNull();
        peer.connected();
        assertThat(peer.victim.connected).isEqualTo(1);
    }

    @Test
    void anOldCookieDoesNotRestartWhatStands() {
        byte[] old = peer.cookie(RawPeer.TAG, RawPeer.TSN, 100_000);
        peer.echo(old);
        int tag = peer.victimTag;
        byte[] restart = peer.cookie(RawPeer.TAG + 1, 5, 100_000);
        peer.echo(restart);
        assertThat(peer.victim.restarted).isEqualTo(1);
        peer.victimTag = tag;
        peer.echo(old);
        assertThat(peer.victim.restarted).isEqualTo(1);
        assertThat(drops(SctpDrop.BAD_COOKIE)).isEqualTo(1);
    }

    @Test
    void unknownChunksAreSkippedOrEndThePacketAsTheirTypeSays() {
        peer.connected();
        byte[] stop = RawPeer.chunk(0x3f, 0, new byte[4]);
        byte[] stopAndTell = RawPeer.chunk(0x7f, 0, new byte[4]);
        byte[] skip = RawPeer.chunk(0xbf, 0, new byte[4]);
        byte[] skipAndTell = RawPeer.chunk(0xff, 0, new byte[4]);
        peer.send(stop, RawPeer.open(0, 0));
        assertThat(peer.drainFor(ChunkType.ERROR)).isNull();
        peer.send(stopAndTell, RawPeer.open(0, 0));
        assertThat(peer.drainFor(ChunkType.ERROR)).isNotNull();
        assertThat(peer.victim.opened).isEmpty();
        peer.send(skip, RawPeer.open(0, 0));
        assertThat(peer.victim.opened).hasSize(1);
        assertThat(peer.drainFor(ChunkType.ERROR)).isNull();
        peer.send(skipAndTell, RawPeer.open(1, 2));
        assertThat(peer.victim.opened).hasSize(2);
        assertThat(peer.drainFor(ChunkType.ERROR)).isNotNull();
    }

    @Test
    void resetRequestsOfTheWrongNumberOrAllStreamsAreAnswered() {
        peer.connected();
        peer.send(RawPeer.open(0, 0), RawPeer.open(1, 2));
        peer.drain();
        peer.send(RawPeer.reset(RawPeer.TSN + 5, RawPeer.TSN + 1));
        assertThat(peer.result()).isEqualTo(5);
        // Something before is missing.
        peer.send(RawPeer.reset(RawPeer.TSN, RawPeer.TSN + 2));
        assertThat(peer.result()).isEqualTo(6);
        assertThat(peer.victim.opened.getFirst().state()).isEqualTo(DataChannel.State.OPEN);
        // It is carried out when that comes, without being asked again.
        peer.send(RawPeer.message(2, 2, 1, DataProtocol.STRING, TEXT));
        assertThat(peer.result()).isEqualTo(1);
        assertThat(peer.victim.received("c2")).hasSize(1);
        assertThat(peer.victim.opened)
                .extracting(DataChannel::state)
                .containsOnly(DataChannel.State.CLOSING);
        // Said again, since the answer was lost.
        peer.send(RawPeer.reset(RawPeer.TSN, RawPeer.TSN + 2));
        assertThat(peer.result()).isEqualTo(1);
    }

    @Test
    void moreOutgoingStreamsOfTheOtherSideAreWelcomeAndMoreOfOursAreNot() {
        peer.connected();
        byte[] value = new byte[12];
        Wire.put16(value, 2, 12);
        Wire.put32(value, 4, RawPeer.TSN);
        Wire.put16(value, 8, 100);
        Wire.put16(value, 0, 17);
        peer.send(RawPeer.chunk(ChunkType.RE_CONFIG, 0, value));
        assertThat(peer.result()).isEqualTo(1);
        Wire.put16(value, 0, 18);
        Wire.put32(value, 4, RawPeer.TSN + 1);
        peer.send(RawPeer.chunk(ChunkType.RE_CONFIG, 0, value));
        assertThat(peer.result()).isEqualTo(2);
    }

    @Test
    void piecesAsOldBrowsersMarkedThemAreCountedAndTheChannelGoesOn() {
        peer.connected();
        peer.send(
                RawPeer.open(0, 2),
                RawPeer.message(1, 2, 1, 54, TEXT),
                RawPeer.message(2, 2, 2, 52, TEXT),
                RawPeer.message(3, 2, 3, DataProtocol.STRING, TEXT));
        assertThat(peer.victim.counters.of(SctpDrop.UNKNOWN_PROTOCOL)).isEqualTo(2);
        assertThat(peer.victim.received("c2")).hasSize(1);
        assertThat(peer.victim.opened.getFirst().state()).isEqualTo(DataChannel.State.OPEN);
    }
}
