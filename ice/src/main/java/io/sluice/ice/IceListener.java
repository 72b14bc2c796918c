package io.sluice.ice;

/** Hears of one {@link IceSession}, on its loop. */
public interface IceListener {

    /** The path to send on: the first time, and each time it changes. */
    void onPath(Path path);

    /** The path is another session's now: nothing may be sent until {@link #onPath} (RFC 7675 5.1). */
    void onPathLost();

    /**
     * The path, a TCP connection, takes no more for now, or takes more again. It may be said from within
     * {@link UdpPort#send}: nothing may be sent at once.
     */
    default void onPathFull(boolean full) {}

    /** There is no path any more: nothing may be sent. The session may still be restarted; else it is to be closed. */
    void onIceFailed(IceFailure reason);

    /**
     * RTP or RTCP (first byte 128 to 191) from a validated address.
     *
     * @return true to keep the slot's hold
     */
    boolean onMedia(int slot, int length, long nowNanos);

    /** DTLS (first byte 20 to 63) from a validated address. The slot is the listener's for the call only. */
    void onDtls(int slot, int length, long nowNanos);
}
