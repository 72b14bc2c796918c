package io.sluice.whip;

import io.sluice.api.Grants;
import io.sluice.api.NeededBackups;
import io.sluice.api.Problem;
import io.sluice.api.RoomEntry;
import io.sluice.api.SessionTurn;
import io.sluice.room.CommandSink;
import io.sluice.room.DataDialect;
import io.sluice.room.Joined;
import io.sluice.room.LeaveReason;
import io.sluice.room.Leg;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomEvent;
import io.sluice.room.RoomListener;
import io.sluice.sdp.IceFragment;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.RemoteTransport;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One participant that came by WHIP or WHEP: it has one transport and no signaling connection, so that the room alone
 * says when it is gone.
 *
 * <p>Owned by the context of the request that began it; requests reach it from any thread, and are answered on this
 * context.
 */
final class WhipSession implements RoomEntry.Newcomer {
    private static final Logger LOG = LoggerFactory.getLogger(WhipSession.class);

    private final WhipProtocol protocol;
    private final SessionTurn turn;
    private final String roomName;
    private final String secret;
    private final WhipProtocol.Visitor visitor;
    private final Grants grants;
    private final SessionMedia media;
    private final SessionDescription offer;
    private final Consumer<WhipReply> opened;

    private State state = State.OPENING;
    private @Nullable CommandSink room;
    private @Nullable NeededBackups backups;
    private @Nullable SessionDescription answer;
    private @Nullable RemoteTransport remote;
    private String participantId = "";

    /** Of our side, which is new with each restart of ICE. */
    private String etag = "";

    private boolean restarted;
    private boolean restarting;

    /** Between other tracks and the word that they are sent; more may have changed meanwhile. */
    private boolean switching;

    private boolean switchAgain;

    private enum State {
        OPENING,
        OPEN,
        ENDED
    }

    /**
     * @param opened hears once how the session began or why it did not
     */
    WhipSession(
            WhipProtocol protocol,
            Vertx vertx,
            Context context,
            String secret,
            WhipProtocol.Visitor visitor,
            SessionMedia media,
            SessionDescription offer,
            Consumer<WhipReply> opened) {
        this.protocol = protocol;
        this.secret = secret;
        this.visitor = visitor;
        grants = visitor.grants();
        roomName = String.valueOf(grants.room());
        this.media = media;
        this.offer = offer;
        this.opened = opened;
        turn =
                new SessionTurn(
                        vertx, context, protocol.config().replyTimeout(), () -> {}, this::fail);
    }

    /** Of whose token it began with. */
    boolean isOf(Grants other) {
        return grants.identity().equals(other.identity()) && roomName.equals(other.room());
    }

    boolean isPublishing() {
        return media instanceof Publishing;
    }

    // ---- from requests; any thread

    void open() {
        turn.hop(() -> new RoomEntry(turn, this).enter());
    }

    void patch(IceFragment fragment, @Nullable String condition, Consumer<WhipReply> then) {
        turn.hop(() -> onPatch(fragment, condition, then));
    }

    void end(Consumer<WhipReply> then) {
        turn.hop(() -> {
            if (state == State.ENDED) {
                then.accept(new WhipReply.Refused(WhipProblems.NO_SESSION));
                return;
            }
            leave(LeaveReason.LEFT);
            then.accept(new WhipReply.Ended());
        });
    }

    // ---- the beginning

    @Override
    public Optional<CommandSink> findRoom() {
        return protocol.findRoom(roomName, visitor.bearer().apiKey());
    }

    @Override
    public RoomCommand.Join join(RoomListener listener, CompletableFuture<Joined> reply) {
        String name = grants.name() == null ? "" : grants.name();
        return new RoomCommand.Join(
                grants.identity(),
                name.isEmpty() ? grants.identity() : name,
                grants.metadata() == null ? "" : grants.metadata(),
                grants.attributes(),
                grants.guise(),
                grants.permissions(),
                visitor.bearer().apiKey(),
                DataDialect.BARE,
                listener,
                reply);
    }

    @Override
    public boolean isWaiting() {
        return state != State.ENDED;
    }

    @Override
    public void onNoRoom() {
        over();
        opened.accept(new WhipReply.Refused(WhipProblems.NO_ROOM));
    }

    @Override
    public void onRefused(@Nullable Throwable why) {
        fail(why);
    }

    @Override
    public void onEntered(CommandSink entered, Joined joined) {
        room = entered;
        participantId = joined.self().participantId();
        backups = new NeededBackups(entered, participantId);
        try {
            SessionDescription answered = media.answer(offer, joined);
            answer = answered;
            remote = media.remote();
            etag = etagOf(joined.transport());
            negotiate(media.remote(), (_, failed) -> onOpened(answered, failed));
        } catch (SdpException malformed) {
            refuse(WhipProblems.malformed("The offer", malformed.getMessage()));
        } catch (UnsupportedOffer unsupported) {
            refuse(WhipProblems.unsupported(String.valueOf(unsupported.getMessage())));
        }
    }

    private static String etagOf(LocalTransport local) {
        return "\"" + local.iceUfrag() + "\"";
    }

    private void onOpened(SessionDescription answered, @Nullable Throwable failure) {
        if (failure != null) {
            fail(failure);
        } else if (state == State.OPENING) {
            state = State.OPEN;
            protocol.countOpened();
            opened.accept(new WhipReply.Created(secret, answered.write(), etag));
            sendOthers();
        }
    }

    private void negotiate(
            RemoteTransport client, BiConsumer<@Nullable Void, @Nullable Throwable> then) {
        if (room != null) {
            room.submit(
                    new RoomCommand.Negotiated(
                            participantId,
                            client,
                            media.receive(),
                            media.send(),
                            turn.reply(then)));
        }
    }

    // ---- from the room

    @Override
    public void onEvent(RoomEvent event) {
        if (state == State.ENDED) {
            return;
        }
        if (event instanceof RoomEvent.Left(LeaveReason reason)) {
            boolean opening = state == State.OPENING;
            if (reason == LeaveReason.REMOVED) {
                protocol.revoke(visitor);
            }
            over();
            if (opening) {
                opened.accept(new WhipReply.Refused(WhipProblems.gone(reason)));
            }
            return;
        }
        if (event instanceof RoomEvent.ParticipantUpdated(ParticipantInfo who)
                && who.participantId().equals(participantId)
                && !maySend(who.permissions())) {
            // Nobody can tell the client, and an SSRC that was ended must not begin again.
            refuse(WhipProblems.REVOKED);
            return;
        }
        switchAgain |= media.note(event);
        sendOthers();
    }

    /** Whether it may go on with what it came for. */
    private boolean maySend(Permissions permissions) {
        return isPublishing() ? permissions.canPublish() : permissions.canSubscribe();
    }

    /** Has the sections carry what they should now; one change at a time. */
    private void sendOthers() {
        if (state != State.OPEN || switching || restarting || remote == null) {
            return;
        }
        if (switchAgain) {
            switching = true;
            switchAgain = false;
            negotiate(
                    remote.withCandidates(List.of()),
                    (_, failure) -> {
                        switching = false;
                        if (failure != null && state == State.OPEN) {
                            LOG.debug("A viewer goes on with what it has", failure);
                        }
                        sendOthers();
                    });
        }
        askForBackups();
    }

    /** After what is watched: else a codec that has just come would be needed by nobody for a moment. */
    private void askForBackups() {
        if (backups != null) {
            backups.tell(media.awaited());
        }
    }

    // ---- candidates and restarts

    private void onPatch(
            IceFragment fragment, @Nullable String condition, Consumer<WhipReply> then) {
        if (state != State.OPEN || remote == null || room == null) {
            then.accept(new WhipReply.Refused(WhipProblems.NO_SESSION));
            return;
        }
        boolean isRestart =
                fragment.ufrag() != null
                        && !(remote.iceUfrag().equals(fragment.ufrag())
                                && remote.icePassword().equals(fragment.password()));
        boolean mayBeAbsent = !isRestart && !restarted && !protocol.config().strict();
        if (condition == null && !mayBeAbsent) {
            then.accept(new WhipReply.Refused(WhipProblems.CONDITION_MISSING));
        } else if (condition != null && !EntityTags.match(condition, etag)) {
            then.accept(new WhipReply.Refused(WhipProblems.CONDITION_FAILED));
        } else if (!isRestart) {
            for (String candidate : fragment.candidates()) {
                room.submit(new RoomCommand.RemoteCandidate(participantId, Leg.FIRST, candidate));
            }
            then.accept(new WhipReply.Trickled());
        } else if (restarting || switching) {
            then.accept(new WhipReply.Refused(WhipProblems.RESTARTING));
        } else {
            restart(fragment, room, remote, then);
        }
    }

    private void restart(
            IceFragment fragment,
            CommandSink in,
            RemoteTransport before,
            Consumer<WhipReply> then) {
        restarting = true;
        RemoteTransport next =
                before.withIce(
                        String.valueOf(fragment.ufrag()),
                        String.valueOf(fragment.password()),
                        fragment.candidates());
        CompletableFuture<LocalTransport> reply =
                turn.reply((local, failure) -> {
                    if (local == null) {
                        onRestarted(next, null, failure, then);
                    } else {
                        negotiate(next, (_, failed) -> onRestarted(next, local, failed, then));
                    }
                });
        in.submit(new RoomCommand.RestartIce(participantId, Leg.FIRST, reply));
    }

    private void onRestarted(
            RemoteTransport next,
            @Nullable LocalTransport local,
            @Nullable Throwable failure,
            Consumer<WhipReply> then) {
        restarting = false;
        if (state == State.ENDED || answer == null) {
            then.accept(new WhipReply.Refused(WhipProblems.NO_SESSION));
        } else if (failure != null || local == null) {
            // The path that stood stands still.
            then.accept(new WhipReply.Refused(WhipProblems.of(failure)));
        } else {
            remote = next;
            etag = etagOf(local);
            restarted = true;
            then.accept(new WhipReply.Restarted(IceFragment.write(answer, local), etag));
        }
        sendOthers();
    }

    // ---- the end

    private void refuse(Problem why) {
        boolean opening = state == State.OPENING;
        leave(LeaveReason.LEFT);
        if (opening) {
            opened.accept(new WhipReply.Refused(why));
        }
    }

    private void fail(@Nullable Throwable failure) {
        boolean opening = state == State.OPENING;
        leave(LeaveReason.INTERNAL);
        if (opening) {
            opened.accept(new WhipReply.Refused(WhipProblems.of(failure)));
        }
    }

    private void leave(LeaveReason reason) {
        if (room != null && state != State.ENDED) {
            room.submit(new RoomCommand.Leave(participantId, reason));
        }
        over();
    }

    private void over() {
        state = State.ENDED;
        protocol.forget(secret);
    }
}
