package io.sluice.plain;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.room.CommandSink;
import io.sluice.room.Joined;
import io.sluice.room.Muting;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomConfig;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomInfo;
import io.sluice.room.RoomSettings;
import io.sluice.room.TrackInfo;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.TrackSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A room that keeps what it is asked, and says what the test tells it to. */
public final class ScriptedRoom implements CommandSink {
    public static final LocalTransport LOCAL = transport("sluicefrag");
    public static final ParticipantInfo BOB =
            new ParticipantInfo("PA_bob", "bob", "Bob", "", Instant.EPOCH);

    /** In seconds; it is over only where something is missing. */
    private static final int PATIENCE = 20;

    private final BlockingQueue<RoomCommand> commands = new LinkedBlockingQueue<>();
    private volatile boolean prompt;

    public static LocalTransport transport(String ufrag) {
        return new LocalTransport(
                ufrag,
                "passwordpasswordpassword",
                "sha-256 " + "AB:".repeat(31) + "AB",
                List.of("1 1 udp 2130706431 127.0.0.1 7882 typ host"),
                "cname0");
    }

    /** One of Bob's. */
    public static TrackInfo track(String id, Codec codec) {
        return track(id, BOB.participantId(), BOB.identity(), codec);
    }

    public static TrackInfo track(String id, String participantId, String identity, Codec codec) {
        return new TrackInfo(
                id,
                participantId,
                identity,
                codec.kind(),
                TrackSource.usual(codec.kind()),
                new CodecFormat(codec, Map.of()),
                Muting.NONE);
    }

    /** As it is described to whoever comes in. */
    public static RoomInfo room(List<ParticipantInfo> participants, List<TrackInfo> tracks) {
        RoomSettings settings = RoomSettings.defaults(RoomConfig.defaults());
        return new RoomInfo("RM_1", "hall", Instant.EPOCH, settings, participants, tracks);
    }

    /**
     * Takes in and agrees from now on in the turn in which it is asked, so that a room is in time however little time it
     * is given.
     */
    public void answerAtOnce() {
        prompt = true;
    }

    /** Waits for the test again. */
    public void answerLater() {
        prompt = false;
    }

    @Override
    public void submit(RoomCommand command) {
        if (prompt && command instanceof RoomCommand.Join join) {
            admit(join);
        } else if (prompt && command instanceof RoomCommand.Negotiated negotiated) {
            negotiated.reply().complete(null);
        } else {
            commands.add(command);
        }
    }

    /** The next command, which must be of this type. */
    public <T extends RoomCommand> T next(Class<T> type) {
        try {
            RoomCommand command = commands.poll(PATIENCE, TimeUnit.SECONDS);
            if (!type.isInstance(command)) {
                throw new AssertionError("expected " + type.getSimpleName() + ", got " + command);
            }
            return type.cast(command);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    public int waiting() {
        return commands.size();
    }

    /** Takes in whoever asks next, into a room with these tracks of Bob. */
    public Seat admit(TrackInfo... tracks) {
        return admit(next(RoomCommand.Join.class), tracks);
    }

    private static Seat admit(RoomCommand.Join join, TrackInfo... tracks) {
        ParticipantInfo self =
                new ParticipantInfo(
                        "PA_" + join.identity(),
                        join.identity(),
                        join.name(),
                        join.metadata(),
                        Instant.EPOCH);
        List<TrackInfo> present = new ArrayList<>(List.of(tracks));
        join.reply().complete(new Joined(self, LOCAL, room(List.of(BOB), present)));
        return new Seat(join);
    }

    /** Carries out what was negotiated next. */
    public RoomCommand.Negotiated agree() {
        RoomCommand.Negotiated negotiated = next(RoomCommand.Negotiated.class);
        negotiated.reply().complete(null);
        return negotiated;
    }

    /** One who was admitted. */
    public record Seat(RoomCommand.Join join) {
        public void hears(RoomEvent event) {
            join.listener().onEvent(event);
        }
    }
}
