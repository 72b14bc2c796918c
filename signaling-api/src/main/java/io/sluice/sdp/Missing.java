package io.sluice.sdp;

/**
 * What the client's next offer has to bring.
 *
 * @param audio receiving audio sections that it lacks
 * @param video receiving video sections that it lacks
 * @param offerNeeded whether a new offer would change anything: true if sections are missing, if a
 *     track waits for a section that is there, and if a track that ended is still in the last answer
 */
public record Missing(int audio, int video, boolean offerNeeded) {
    public static final Missing NONE = new Missing(0, 0, false);
}
