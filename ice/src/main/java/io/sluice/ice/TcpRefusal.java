package io.sluice.ice;

/** Why the server closed a TCP connection; each has a counter in {@link TcpCounters}. */
public enum TcpRefusal {
    /** More connections than the node may have. */
    NODE_LIMIT,
    /** More connections than one address may have. */
    ADDRESS_LIMIT,
    /** No whole first frame in time. */
    SILENT,
    /** It had said nothing, and others came while many such waited: the oldest makes room. */
    CROWDED_OUT,
    /** The first frame is not a well-formed Binding request. */
    WRONG_FIRST_FRAME,
    /** The first request is for a ufrag that no session has. */
    UNKNOWN_UFRAG,
    /** The first request does not prove that its sender knows the password. */
    NOT_AUTHENTICATED,
    /** The session has opened too many in a short time. */
    SESSION_LIMIT,
    /** The session made no use of it, or has none for it any more. */
    UNUSED
}
