package io.sluice.sctp;

/**
 * Takes the chunks of packets and brings each to what it is for (RFC 9260 6.10 and 8.5).
 *
 * <p>Owned by the loop of its association.
 */
final class Arrivals {
    private static final int MAX_REPORTED_BYTES = 256;

    /** A request, and the response to one of ours. */
    private static final int MAX_RECONFIGS = 2;

    private final StateMachine machine;
    private final Answers answers;
    private final SctpCounters counters;

    /** Of this packet: the first counts, since each may cost a walk over all that is on the way. */
    private int sacks;

    private int reconfigs;

    Arrivals(StateMachine machine, SctpCounters counters) {
        this.machine = machine;
        this.counters = counters;
        answers = machine.answers();
    }

    /** Takes the chunks of a packet, one after the other. */
    void onChunks(ChunkReader chunks, int tag, long nowNanos) {
        sacks = 0;
        reconfigs = 0;
        boolean goesOn = true;
        while (goesOn && chunks.next()) {
            if (!tagFits(chunks, tag)) {
                counters.drop(SctpDrop.BAD_TAG);
                break;
            }
            goesOn = onChunk(chunks, tag, nowNanos);
        }
        Flow flow = machine.flow();
        Inbound inbound = flow.inbound();
        if (inbound != null && machine.state() != AssociationState.ENDED) {
            inbound.onPacketEnd(nowNanos);
            flow.resets.onArrived(inbound, answers, machine.remoteTag());
        }
        machine.goOnShuttingDown(nowNanos);
    }

    /** RFC 9260 8.5.1. A COOKIE ECHO says itself which tag it comes with. */
    private boolean tagFits(ChunkReader chunks, int tag) {
        return switch (chunks.type()) {
            case ChunkType.INIT -> tag == 0;
            case ChunkType.COOKIE_ECHO -> true;
            case ChunkType.SHUTDOWN_ACK ->
                    tag == machine.localTag() || machine.state() == AssociationState.ENDED;
            case ChunkType.ABORT, ChunkType.SHUTDOWN_COMPLETE ->
                    (chunks.flags() & ChunkType.FLAG_REFLECTED) == 0
                            ? tag == machine.localTag()
                            : tag == machine.remoteTag() && tag != 0;
            default -> tag == machine.localTag();
        };
    }

    /** Returns whether the rest of the packet counts. */
    private boolean onChunk(ChunkReader chunks, int tag, long nowNanos) {
        int type = chunks.type();
        AssociationState state = machine.state();
        Flow flow = machine.flow();
        if (state == AssociationState.ENDED && type != ChunkType.SHUTDOWN_ACK) {
            return false;
        }
        byte[] buffer = chunks.buffer();
        int at = chunks.value();
        int length = chunks.valueBytes();
        switch (type) {
            case ChunkType.DATA, ChunkType.FORWARD_TSN, ChunkType.RE_CONFIG ->
                    onDataChunk(chunks, nowNanos);
            case ChunkType.SACK -> {
                boolean takes = state.sendsData() || state == AssociationState.SHUTDOWN_SENT;
                if (!takes || ++sacks > 1) {
                    counters.drop(SctpDrop.UNEXPECTED);
                } else if (flow.outbound.onSack(buffer, at, length, nowNanos)) {
                    machine.heard(nowNanos);
                }
            }
            case ChunkType.HEARTBEAT -> onHeartbeat(buffer, at, length);
            case ChunkType.HEARTBEAT_ACK -> {
                if (flow.heartbeat.onAnswer(buffer, at, length, nowNanos)) {
                    machine.heard(nowNanos);
                }
            }
            case ChunkType.INIT, ChunkType.INIT_ACK ->
                    machine.onInit(type, InitChunk.read(buffer, at, length), nowNanos);
            case ChunkType.COOKIE_ECHO -> {
                return machine.onCookieEcho(buffer, at, length, tag, nowNanos);
            }
            case ChunkType.COOKIE_ACK -> machine.onCookieAck(nowNanos);
            case ChunkType.ABORT -> machine.end(SctpEnd.ABORTED_BY_REMOTE);
            case ChunkType.SHUTDOWN, ChunkType.SHUTDOWN_ACK, ChunkType.SHUTDOWN_COMPLETE ->
                    machine.onShutdownChunk(type, tag, buffer, at, length, nowNanos);
            case ChunkType.ERROR -> {
                // It tells what the other side did not understand. All that we say has an answer of
                // its own, and that will be missed.
            }
            default -> {
                return onUnknown(chunks);
            }
        }
        return machine.state() != AssociationState.ENDED;
    }

    private void onDataChunk(ChunkReader chunks, long nowNanos) {
        int type = chunks.type();
        byte[] buffer = chunks.buffer();
        int at = chunks.value();
        int length = chunks.valueBytes();
        Flow flow = machine.flow();
        Inbound in = flow.inbound();
        if (in == null || !machine.state().takesData()) {
            counters.drop(SctpDrop.UNEXPECTED);
            return;
        }
        Violation violation = null;
        switch (type) {
            case ChunkType.DATA ->
                    violation = in.onData(buffer, at, length, chunks.flags(), nowNanos);
            case ChunkType.FORWARD_TSN -> violation = in.onForward(buffer, at, length, nowNanos);
            default -> {
                if (++reconfigs > MAX_RECONFIGS) {
                    counters.drop(SctpDrop.UNEXPECTED);
                } else {
                    flow.resets.onReconfig(buffer, at, length, in, answers, machine.remoteTag());
                    machine.heard(nowNanos);
                }
            }
        }
        if (violation != null) {
            machine.abort(violation.cause, violation.end);
        } else if (type == ChunkType.DATA) {
            machine.repeatShutdown(in, nowNanos);
        }
    }

    private void onHeartbeat(byte[] buffer, int at, int length) {
        if (machine.remoteTag() == 0) {
            counters.drop(SctpDrop.UNEXPECTED);
        } else if (length > StateMachine.MAX_ECHO_BYTES) {
            counters.drop(SctpDrop.MALFORMED);
        } else {
            answers.add(
                    Answers.chunk(ChunkType.HEARTBEAT_ACK, buffer, at, length),
                    machine.remoteTag(),
                    false);
        }
    }

    private boolean onUnknown(ChunkReader chunks) {
        int type = chunks.type();
        counters.drop(SctpDrop.UNEXPECTED);
        if (ChunkType.reportable(type)
                && machine.remoteTag() != 0
                && chunks.chunkBytes() <= MAX_REPORTED_BYTES) {
            answers.add(Answers.unknownChunk(chunks), machine.remoteTag(), false);
        }
        return ChunkType.skippable(type);
    }
}
