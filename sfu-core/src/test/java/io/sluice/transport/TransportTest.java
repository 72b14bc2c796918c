package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.dtls.DtlsConfig;
import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.forward.Fanout;
import io.sluice.ice.Slab;
import io.sluice.loop.Breakage;
import io.sluice.loop.Departures;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.receive.Track;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A transport on a real loop that nobody ever connects to. */
final class TransportTest {
    private static final RemoteTransport REMOTE =
            new RemoteTransport(
                    "abcd",
                    "abcdefghijklmnopqrstuvwx",
                    List.of("sha-256 " + "AA:".repeat(31) + "AA"),
                    false,
                    false,
                    List.of());

    private final TestLoops loops = new TestLoops(1, LoopConfig.defaults().withRoom(1_024, 64));
    private final Loop loop = loops.all().getFirst();
    private final List<TransportEnd> ends = new CopyOnWriteArrayList<>();
    private final List<DtlsFailure> failures = new CopyOnWriteArrayList<>();
    private final Transport transport = on(this::open);

    /** Of its keys. */
    private Breakage breakage = Breakage.EXCEPTION;

    private Transport open() {
        return new Transport(
                loop,
                TransportConfig.defaults().withSrtpWatch(this::breaking),
                DtlsIdentity.generate(new SecureRandom(), Instant.now()),
                new DtlsHandshakes(DtlsConfig.defaults()),
                new SecureRandom(),
                new TransportListener() {
                    @Override
                    public void onConnected() {}

                    @Override
                    public void onHandshakeFailed(DtlsFailure reason) {
                        failures.add(reason);
                    }

                    @Override
                    public void onMeasured(PathMeasure measure) {}

                    @Override
                    public void onAllocated(int ssrc, int encoding) {}

                    @Override
                    public void onEnded(TransportEnd reason) {
                        ends.add(reason);
                    }
                },
                null);
    }

    private SrtpContext breaking(SrtpContext sound) {
        sound.close();
        return new BrokenSrtp(breakage);
    }

    private <T> T on(Supplier<T> work) {
        return TestLoops.on(loop, work);
    }

    private void run(Runnable work) {
        on(() -> {
            work.run();
            return 0;
        });
    }

    @AfterEach
    void nothingIsLeftBehind() {
        run(transport::close);
        assertThat(loop.residents()).isZero();
        assertThat(loop.ice().sessions()).isZero();
        loops.close();
    }

    private static NegotiatedCodec video(Codec codec, int payloadType) {
        CodecFormat format = new CodecFormat(codec, Map.of());
        return new NegotiatedCodec(format, payloadType, payloadType + 1, true, true, true);
    }

    private static ReceiveSection receives(NegotiatedCodec codec) {
        return new ReceiveSection(
                "0",
                "TR_1",
                MediaKind.VIDEO,
                TrackSource.CAMERA,
                List.of(codec),
                Map.of(),
                Map.of(),
                List.of());
    }

    @Test
    void shouldFollowThePayloadNumbersOfALaterDescription() {
        ReceiveSection before = receives(video(Codec.VP8, 96));
        Track track = Transport.track(before, loop);
        run(() -> {
            transport.negotiated(REMOTE, List.of(new ReceiveRoute(before, track)), List.of());
            ReceiveSection after = receives(video(Codec.VP8, 100));
            transport.negotiated(REMOTE, List.of(new ReceiveRoute(after, track)), List.of());
        });
        assertThat(on(track::format).payloadType()).isEqualTo(100);
        assertThat(on(track::format).rtxPayloadType()).isEqualTo(101);
    }

    @Test
    void shouldRefuseAnotherCodecForTheSameTrack() {
        Track track = Transport.track(receives(video(Codec.VP8, 96)), loop);
        List<ReceiveRoute> other =
                List.of(new ReceiveRoute(receives(video(Codec.H264, 96)), track));
        assertThatThrownBy(() -> run(() -> transport.negotiated(REMOTE, other, List.of())))
                .hasMessageContaining("another track");
    }

    @Test
    void shouldCloseTheRestWhenAStepFails() {
        Slab slab = new Slab(4);
        Fanout fanout =
                new Fanout(
                        new KeptPackets(slab, HistoryConfig.defaults(), new MediaCounters()),
                        Codec.VP8,
                        ExtensionMap.EMPTY,
                        new DropCounters(),
                        new Departures(TestLoops::fail));
        SendSection section =
                new SendSection("0", "TR_2", video(Codec.VP8, 96), Map.of(), 4711, 4712);
        run(() -> {
            transport.negotiated(REMOTE, List.of(), List.of(new SendRoute(section, fanout)));
            keep(fanout);
            // The packet's only hold is the history's, which will want to let it go.
            slab.release(0);
            transport.close();
        });
        assertThat(loop.defects()).isEqualTo(1);
        assertThat(loop.residents()).isZero();
        assertThat(loop.ice().sessions()).isZero();
        slab.close();
    }

    @Test
    void shouldEndWhenItCannotUseItsKeys() {
        byte[] none = {};
        SrtpKeys keys = new SrtpKeys(SrtpProfile.AEAD_AES_128_GCM, none, none, none, none);
        run(() -> transport.onDtlsConnected(keys));
        assertThat(ends).containsExactly(TransportEnd.DEFECT);
        assertThat(loop.defects()).isEqualTo(1);
        assertThat(loop.ice().sessions()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Breakage.class)
    void shouldEndByADefectInItsPacketAndPassItToNobody(Breakage how) {
        breakage = how;
        byte[] key = new byte[16];
        byte[] salt = new byte[12];
        SrtpKeys keys = new SrtpKeys(SrtpProfile.AEAD_AES_128_GCM, key, salt, key, salt);
        run(() -> {
            transport.onDtlsConnected(keys);
            int slot = loop.slab().take();
            RtpHeaderWriter writer = new RtpHeaderWriter();
            MemorySegment memory = loop.slab().memory();
            writer.begin(memory, Slab.offset(slot), 100, true, 96, 1, 0, 1);
            assertThat(transport.onMedia(slot, writer.end() + 20, 0)).isFalse();
            loop.slab().release(slot);
        });
        assertThat(ends).containsExactly(TransportEnd.DEFECT);
        assertThat(loop.defects()).isEqualTo(1);
    }

    @Test
    void shouldSayWhyDtlsFailedBeforeItEnds() {
        run(() -> transport.onDtlsFailed(DtlsFailure.FINGERPRINT_MISMATCH));
        assertThat(failures).containsExactly(DtlsFailure.FINGERPRINT_MISMATCH);
        assertThat(ends).containsExactly(TransportEnd.HANDSHAKE_FAILED);
    }

    private static void keep(Fanout fanout) {
        MemorySegment memory = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
        RtpHeaderWriter writer = new RtpHeaderWriter();
        writer.begin(memory, 0, 100, true, 96, 70_000, 0, 1);
        int length = writer.end();
        fanout.onHandoff(memory, 0, length, 70_000, 0, false);
    }
}
