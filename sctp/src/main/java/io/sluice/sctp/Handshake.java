package io.sluice.sctp;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Our side of the four messages that begin an association (RFC 9260 5). Answering an INIT leaves
 * nothing behind here: all of it is in the cookie.
 *
 * <p>Owned by the loop of its association.
 */
final class Handshake {

    /** What a COOKIE ECHO means, after the table in RFC 9260 5.2.4. */
    enum Verdict {
        REFUSED,
        /** Too old; the other side is told. */
        STALE,
        /** Cases B and D, and the plain one: the association that begins or has begun. */
        SAME,
        /** Case A: the other side begins anew. */
        RESTART
    }

    private static final byte[] NOTHING = {};

    private final RandomGenerator random;
    private final int windowBytes;
    private final byte[] secret = new byte[StateCookie.SECRET_BYTES];
    private int localTag;
    private int localTsn;

    Handshake(RandomGenerator random, int windowBytes) {
        this.random = random;
        this.windowBytes = windowBytes;
        random.nextBytes(secret);
        localTag = newTag();
        localTsn = random.nextInt();
    }

    private int newTag() {
        int tag = random.nextInt();
        while (tag == 0) {
            tag = random.nextInt();
        }
        return tag;
    }

    int localTag() {
        return localTag;
    }

    int localTsn() {
        return localTsn;
    }

    byte[] init() {
        return InitChunk.ours(localTag, localTsn, windowBytes, NOTHING, NOTHING)
                .encode(ChunkType.INIT);
    }

    /**
     * RFC 9260 5.2.1, 5.2.2: whatever the state, an INIT changes nothing but what its cookie says.
     *
     * @param remoteTag 0 if it is not known yet
     */
    byte[] answer(InitChunk init, boolean connected, int remoteTag, long nowNanos) {
        int tag = connected ? newTag() : localTag;
        int tsn = connected ? random.nextInt() : localTsn;
        int localTie = remoteTag == 0 ? 0 : localTag;
        StateCookie cookie = new StateCookie(nowNanos, tag, tsn, init, localTie, remoteTag);
        return InitChunk.ours(tag, tsn, windowBytes, cookie.sign(secret), init.unknown())
                .encode(ChunkType.INIT_ACK);
    }

    @Nullable StateCookie open(byte[] buffer, int at, int length) {
        return StateCookie.open(buffer, at, length, secret);
    }

    /**
     * @param tag what the packet with the cookie came with
     * @param remoteTag 0 if it is not known yet
     */
    Verdict judge(StateCookie cookie, int tag, int remoteTag, boolean connected, long nowNanos) {
        boolean ourTag = cookie.localTag() == localTag;
        boolean theirTag = cookie.remote().tag() == remoteTag;
        if (cookie.localTag() != tag) {
            return Verdict.REFUSED;
        }
        if (nowNanos - cookie.madeNanos() > StateCookie.LIFE_NANOS && !(ourTag && theirTag)) {
            return Verdict.STALE;
        }
        if (ourTag && (theirTag || !connected)) {
            return Verdict.SAME;
        }
        boolean tied = cookie.localTie() == localTag && cookie.remoteTie() == remoteTag;
        return !ourTag && !theirTag && tied && connected ? Verdict.RESTART : Verdict.REFUSED;
    }

    /** The other side begins anew, with the numbers that its cookie names for us. */
    void restart(StateCookie cookie) {
        localTag = cookie.localTag();
        localTsn = cookie.localTsn();
    }
}
