package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.loop.Loop;
import io.sluice.loop.LoopConfig;
import io.sluice.loop.TestLoops;
import io.sluice.loop.Ticking;
import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sctp.SctpConfig;
import io.sluice.sctp.SctpEnd;
import io.sluice.transport.DataListener;
import io.sluice.transport.DataPath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A mailbox, and the client whose it is, without a network between them. */
abstract class MailboxFixture implements Mailbox.Outlet {
    static final ParticipantInfo ADA = info("ada");
    static final ParticipantInfo BOB = info("bob");
    static final long LIMIT_BYTES = 1 << 20;

    final TestLoops loops = new TestLoops(1, LoopConfig.defaults().withRoom(1_024, 64));
    final Loop loop = loops.all().getFirst();
    final List<RoomMessage> published = new ArrayList<>();
    final List<String> said = new ArrayList<>();
    final List<Ticking> ticking = new ArrayList<>();
    Mailbox mailbox = mailbox(true);
    final Client client = new Client();
    @Nullable DataPath path;

    /** The client's side. */
    static final class Client implements DataListener {
        final List<DataMessage> messages = new ArrayList<>();
        final List<DataChannel> offered = new ArrayList<>();
        final List<DataChannel> closed = new ArrayList<>();
        @Nullable DataPath path;
        boolean connected;

        /** Reads nothing more. */
        boolean deaf;

        DataPath path() {
            return Objects.requireNonNull(path);
        }

        @Override
        public void onDataTurnEnd() {}

        @Override
        public void onSctpConnected() {
            connected = true;
        }

        @Override
        public void onChannel(DataChannel channel) {
            offered.add(channel);
        }

        @Override
        public void onChannelOpen(DataChannel channel) {}

        @Override
        public void onMessage(DataChannel channel, DataMessage message) {
            messages.add(message);
        }

        @Override
        public void onChannelClosed(DataChannel channel) {
            closed.add(channel);
        }

        @Override
        public void onSctpRestarted() {}

        @Override
        public void onSctpEnded(SctpEnd reason) {}
    }

    static ParticipantInfo info(String identity) {
        return new ParticipantInfo("PA_" + identity, identity, identity, "", Instant.EPOCH);
    }

    Mailbox mailbox(boolean mayPublish) {
        return new Mailbox(loop, ADA, DataDialect.BARE, mayPublish, this);
    }

    @Override
    public void ready(Mailbox from) {
        said.add("ready");
    }

    @Override
    public void publish(Mailbox from, List<RoomMessage> messages) {
        published.addAll(messages);
        long bytes = messages.stream().mapToLong(Mailbox::costBytes).sum();
        loop.execute(() -> from.settle(bytes));
    }

    @Override
    public void slow(String label) {
        said.add("slow " + label);
    }

    @Override
    public void cutOff(String label) {
        said.add("cut off " + label);
    }

    @Override
    public void refused(String label, DataRefusal reason) {
        said.add("refused " + label + " " + reason);
    }

    <T> T on(Supplier<T> work) {
        return TestLoops.on(
                loop,
                () -> {
                    T result = work.get();
                    loop.endTurn();
                    return result;
                });
    }

    void run(Runnable work) {
        on(() -> {
            work.run();
            return 0;
        });
    }

    void connect() {
        run(() -> {
            DataPath far =
                    path(
                            client,
                            false,
                            (data, offset, length, _) -> hand(path, data, offset, length));
            DataPath near =
                    path(
                            mailbox,
                            true,
                            (data, offset, length, _) ->
                                    client.deaf || hand(client.path, data, offset, length));
            client.path = far;
            path = near;
            mailbox.attach(() -> near, loop::countDefect);
            near.connect(loop.nowNanos());
        });
        await().until(() -> on(() -> client.connected && mailbox.listening()));
    }

    DataPath path(DataListener listener, boolean even, DataPath.Output output) {
        DataPath made =
                new DataPath(
                        loop,
                        SctpConfig.defaults(),
                        new RemoteSctp(RemoteSctp.DEFAULT_PORT, 262_144),
                        even,
                        new Random(even ? 1 : 2),
                        listener,
                        output,
                        loop::countDefect);
        ticking.add(made::onTick);
        loop.register(ticking.getLast());
        return made;
    }

    boolean hand(@Nullable DataPath to, byte[] data, int offset, int length) {
        byte[] packet = Arrays.copyOfRange(data, offset, offset + length);
        loop.execute(() -> {
            Objects.requireNonNull(to).onPacket(packet, 0, packet.length, loop.nowNanos());
            loop.endTurn();
        });
        return true;
    }

    DataChannel open(ChannelOptions options) {
        return on(() -> Objects.requireNonNull(client.path().open(options, loop.nowNanos())));
    }

    static DataMessage message(String text) {
        return new DataMessage(DataMessage.Kind.STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    static ChannelOptions unreliable(String label) {
        return new ChannelOptions(label, "", false, 0, ChannelOptions.UNLIMITED);
    }

    void deliver(ChannelOptions channel, DataMessage content) {
        Posting posting =
                new Posting(new RoomMessage(BOB, channel, content, List.of()), LIMIT_BYTES);
        run(() -> mailbox.deliver(posting, loop.nowNanos()));
    }

    static String text(DataMessage message) {
        return new String(message.bytes(), StandardCharsets.UTF_8);
    }

    void deliverFrom(ParticipantInfo sender, String label) {
        Posting posting =
                new Posting(
                        new RoomMessage(
                                sender, ChannelOptions.reliable(label), message("x"), List.of()),
                        LIMIT_BYTES);
        mailbox.deliver(posting, loop.nowNanos());
    }

    @AfterEach
    void nothingIsLeftBehind() {
        run(() -> {
            for (DataPath one : Arrays.asList(path, client.path)) {
                if (one != null) {
                    one.close();
                }
            }
            ticking.forEach(loop::unregister);
        });
        assertThat(loop.defects()).isZero();
        assertThat(loop.data().bufferedBytes()).isZero();
        loops.close();
    }
}
