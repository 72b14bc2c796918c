package io.sluice.sctp;

/**
 * One message of a data channel.
 *
 * @param bytes UTF-8 if it is a string. Never changed, and never copied: one array may wait to be
 *     sent on many associations at once.
 */
public record DataMessage(Kind kind, byte[] bytes) {

    /** What a page gets: a string, or an ArrayBuffer or Blob. */
    public enum Kind {
        STRING,
        BINARY
    }
}
