package io.sluice.sdp;

/**
 * A session description that is not valid, or that asks for what is not offered here. The message is
 * for whoever wrote the description: it names the line or the section and says what would be right.
 */
public final class SdpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SdpException(String message) {
        super(message);
    }

    static SdpException atLine(int line, String message) {
        return new SdpException("line " + line + ": " + message);
    }
}
