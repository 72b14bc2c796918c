package io.sluice.sctp;

/** Payload protocol identifiers of data channels (RFC 8831 8). */
final class DataProtocol {
    /** DCEP. */
    static final int CONTROL = 50;

    static final int STRING = 51;
    static final int BINARY = 53;
    static final int EMPTY_STRING = 56;
    static final int EMPTY_BINARY = 57;

    private DataProtocol() {}

    static int of(DataMessage message) {
        boolean empty = message.bytes().length == 0;
        return switch (message.kind()) {
            case STRING -> empty ? EMPTY_STRING : STRING;
            case BINARY -> empty ? EMPTY_BINARY : BINARY;
        };
    }
}
