package io.sluice.livekit;

/** Why a participant's method did not answer a call, in the words of LiveKit's clients. */
final class RpcFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The client took no notice of the call. */
    static final int CONNECTION_TIMEOUT = 1501;

    static final int RESPONSE_TIMEOUT = 1502;
    static final int RECIPIENT_DISCONNECTED = 1503;
    static final int SEND_FAILED = 1505;

    private final int code;

    /** @param code LiveKit's below 2000, the application's from there on */
    RpcFailure(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }
}
