package io.sluice.sctp;

/**
 * What a session description says of the other side (RFC 8841).
 *
 * @param port {@code a=sctp-port}
 * @param maxMessageBytes {@code a=max-message-size}; 0 says that there is no limit
 */
public record RemoteSctp(int port, int maxMessageBytes) {

    /** What browsers say. */
    public static final int DEFAULT_PORT = 5_000;

    /** RFC 8841 6.1: what holds if the description does not say it. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 65_536;

    public RemoteSctp {
        if (port <= 0 || port > 0xffff) {
            throw new IllegalArgumentException("no port: " + port);
        }
        if (maxMessageBytes < 0) {
            throw new IllegalArgumentException("no size: " + maxMessageBytes);
        }
    }
}
