package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.api.Grants;
import io.sluice.loop.DataDrop;
import io.sluice.room.Permissions;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.SctpDrop;
import io.sluice.sctp.SctpEnd;
import io.sluice.server.client.ClientData;
import io.sluice.server.client.NativeClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** SCTP that means harm, over real DTLS, against a server that carries a call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileDataIT {
    private static final long SEED = 20_261_121;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @SuppressWarnings("NullAway.Init")
    private Siege siege;

    @BeforeAll
    void begin() throws StartException {
        siege = new Siege();
    }

    @AfterAll
    void end() {
        siege.close();
    }

    private NativeClient join(String identity) {
        NativeClient client = siege.attackerWithData(siege.options(identity).viewer());
        await("data channels of " + identity)
                .atMost(PATIENCE)
                .until(() -> client.data().connected());
        return client;
    }

    private long drops(SctpDrop reason) {
        return siege.loops().stream().mapToLong(loop -> loop.data().sctp().of(reason)).sum();
    }

    private long drops(DataDrop reason) {
        return siege.loops().stream().mapToLong(loop -> loop.data().of(reason)).sum();
    }

    /** Both hear each other still. */
    private static void holdAlive(NativeClient eve, NativeClient mallory) {
        eve.data().open(ChannelOptions.reliable("alive"));
        eve.data().send("alive", "still here");
        await("a message to get through")
                .atMost(PATIENCE)
                .until(() -> mallory.data().heard("alive").contains("still here"));
    }

    private static byte[] chunk(int type, int flags, byte[] value) {
        return ByteBuffer.allocate(4 + value.length)
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) (4 + value.length))
                .put(value)
                .array();
    }

    private static byte[] init(int tag) {
        return chunk(
                1,
                0,
                ByteBuffer.allocate(16)
                        .putInt(tag)
                        .putInt(1 << 20)
                        .putShort((short) 0xffff)
                        .putShort((short) 0xffff)
                        .putInt(tag)
                        .array());
    }

    @Test
    void shouldDropRecordsThatAreNoPackets() {
        siege.withstand(() -> {
            NativeClient eve = join("eve");
            NativeClient mallory = join("mallory");
            long before = drops(SctpDrop.MALFORMED) + drops(SctpDrop.BAD_CHECKSUM);
            Random random = new Random(SEED);
            List<byte[]> records = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                byte[] record = new byte[i < 100 ? 1 + i % 4 : 1 + random.nextInt(1_100)];
                random.nextBytes(record);
                records.add(record);
            }
            eve.data().sendRaw(records);
            await().atMost(PATIENCE)
                    .until(() ->
                            drops(SctpDrop.MALFORMED) + drops(SctpDrop.BAD_CHECKSUM) - before
                                    >= records.size() / 2);
            holdAlive(eve, mallory);
        });
    }

    @Test
    void shouldDropPacketsWithWrongTagsAndHaltedChunks() {
        siege.withstand(() -> {
            NativeClient eve = join("eve");
            NativeClient mallory = join("mallory");
            long before = drops(SctpDrop.BAD_TAG);
            byte[] cookieAck = {11, 0, 0, 4};
            eve.data()
                    .sendRaw(
                            IntStream.range(1, 300)
                                    .mapToObj(i -> eve.data().raw(i, cookieAck))
                                    .toList());
            await().atMost(PATIENCE).until(() -> drops(SctpDrop.BAD_TAG) - before >= 250);
            List<byte[]> chunks = new ArrayList<>();
            for (int length = 0; length < 4; length++) {
                chunks.add(eve.data().raw(0, new byte[] {0, 3, 0, (byte) length}));
                chunks.add(eve.data().raw(0, new byte[] {3, 0, 0, (byte) length}));
            }
            long malformed = drops(SctpDrop.MALFORMED);
            eve.data().sendRaw(chunks);
            await().atMost(PATIENCE).until(() -> drops(SctpDrop.MALFORMED) > malformed);
            holdAlive(eve, mallory);
        });
    }

    @Test
    void shouldWithstandAFloodOfInits() {
        siege.withstand(() -> {
            NativeClient eve = join("eve");
            NativeClient mallory = join("mallory");
            for (int round = 0; round < 20; round++) {
                int first = 1 + round * 100;
                eve.data()
                        .sendRaw(
                                IntStream.range(first, first + 100)
                                        .mapToObj(i -> ClientData.rawInit(init(i)))
                                        .toList());
            }
            holdAlive(eve, mallory);
        });
    }

    @Test
    void shouldTakeAnAssociationThatBeginsAnew() {
        siege.withstand(() -> {
            NativeClient eve = join("eve");
            NativeClient mallory = join("mallory");
            holdAlive(eve, mallory);
            eve.data().beginAnew();
            await().atMost(PATIENCE).until(() -> eve.data().connected());
            eve.data().open(ChannelOptions.reliable("alive"));
            eve.data().send("alive", "again");
            await().atMost(PATIENCE).until(() -> mallory.data().heard("alive").contains("again"));
        });
    }

    @Test
    void shouldBoundAStormOfChannels() {
        siege.withstand(() -> {
            NativeClient eve = join("eve");
            NativeClient mallory = join("mallory");
            for (int i = 0; i < 1_000; i++) {
                eve.data().open(ChannelOptions.reliable("storm " + i));
                eve.data().send("storm " + i, "x");
            }
            await().atMost(PATIENCE).until(() -> eve.data().bufferedBytes() == 0);
            await().atMost(PATIENCE).until(() -> drops(DataDrop.NO_CHANNEL) > 800);
            assertThat(mallory.data().labels()).hasSizeBetween(1, 64);
            byte[] more = eve.data().raw(0, init(1));
            eve.data().sendRaw(List.of(more));
            eve.data().send("storm 0", "still here");
            await().atMost(PATIENCE)
                    .until(() -> mallory.data().heard("storm 0").contains("still here"));
        });
    }

    @Test
    void shouldEndAnAssociationThatSendsMoreThanAMessageMayHave() {
        siege.withstand(() -> {
            NativeClient eve = join("eve");
            NativeClient mallory = join("mallory");
            eve.data().open(ChannelOptions.reliable("large"));
            DataMessage most = new DataMessage(DataMessage.Kind.BINARY, new byte[262_144]);
            eve.data().send("large", most);
            await().atMost(PATIENCE)
                    .until(() -> mallory.data().heard("large").contains("262144 bytes"));
            // A claimed gigabyte: pieces without an end.
            byte[] piece = new byte[1_000];
            int first = eve.data().nextTsn();
            for (int i = 0; i < 300; i++) {
                byte[] data =
                        chunk(
                                0,
                                i == 0 ? 2 : 0,
                                ByteBuffer.allocate(12 + piece.length)
                                        .putInt(first + i)
                                        .putShort((short) 0)
                                        .putShort((short) 500)
                                        .putInt(53)
                                        .put(piece)
                                        .array());
                eve.data().sendRaw(List.of(eve.data().raw(0, data)));
            }
            await().atMost(PATIENCE).until(() -> eve.data().end() == SctpEnd.ABORTED_BY_REMOTE);
        });
    }

    @Test
    void shouldCutOffWhoDoesNotTakeWhatIsSentReliablyAndNobodyElse() {
        siege.withstand(() -> {
            NativeClient eve = join("eve");
            NativeClient mallory = join("mallory");
            NativeClient slow = join("slow");
            eve.data().open(ChannelOptions.reliable("file"));
            eve.data().send("file", "begin");
            await().atMost(PATIENCE).until(() -> slow.data().heard("file").contains("begin"));
            slow.data().goDeaf();
            DataMessage piece = new DataMessage(DataMessage.Kind.BINARY, new byte[65_536]);
            for (int i = 0; i < 60; i++) {
                eve.data().send("file", piece);
                int sent = i + 1;
                await().pollInterval(Duration.ofMillis(2))
                        .atMost(PATIENCE)
                        .until(() -> mallory.data().heard("file").size() == sent + 1);
            }
            await().atMost(PATIENCE).until(() -> !slow.events("data-closed").isEmpty());
            assertThat(slow.events("data-slow")).hasSize(1);
            JsonNode closed = mallory.events("data-closed").getFirst();
            assertThat(closed.path("identity").asText()).isEqualTo("slow");
            assertThat(closed.path("label").asText()).isEqualTo("file");
            assertThat(closed.path("reason").asText()).isEqualTo("too_slow");
            assertThat(eve.failures()).isEmpty();
        });
    }

    @Test
    void shouldRefuseWhoMayNotSendData() {
        siege.withstand(() -> {
            NativeClient mallory = join("mallory");
            Grants all = Grants.join(Siege.ROOM, "mute", null);
            String token =
                    siege.server()
                            .sluice()
                            .tokens()
                            .issue(
                                    "devkey",
                                    new Grants(
                                            "mute",
                                            null,
                                            null,
                                            true,
                                            false,
                                            false,
                                            false,
                                            all.room(),
                                            new Permissions(true, true, false)),
                                    Duration.ofMinutes(1));
            NativeClient mute =
                    siege.attackerWithData(siege.options("mute").withToken(token).viewer());
            await().atMost(PATIENCE).until(() -> mute.data().connected());
            mute.data().open(ChannelOptions.reliable("chat"));
            mute.data().send("chat", "hello");
            await().atMost(PATIENCE).until(() -> !mute.events("error").isEmpty());
            JsonNode error = mute.events("error").getFirst();
            assertThat(error.path("code").asText()).isEqualTo("not_permitted");
            assertThat(error.path("about").asText()).isEqualTo("data");
            assertThat(mallory.data().heard("chat")).isEmpty();
        });
    }
}
