package io.sluice.calls;

/**
 * Somebody was called, and did not come.
 *
 * @param from number of the device that called
 * @param fromName who said to call
 * @param to number of the device that was called
 * @param why what came of it
 */
public record MissedCall(String from, String fromName, String to, Why why) {

    /** What became of a call that nobody took. */
    public enum Why {
        /** It rang until it was over. */
        UNANSWERED,
        /** The caller hung up before. */
        CANCELLED,
        DECLINED,
        /** There was another call. */
        BUSY,
        /** No page of that number was open. */
        ABSENT
    }
}
