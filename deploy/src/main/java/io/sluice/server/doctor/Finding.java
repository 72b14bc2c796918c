package io.sluice.server.doctor;

/**
 * What was looked at, and what to do about it.
 *
 * @param subject one word or two, as {@code UDP buffers}
 * @param text a sentence on what was found
 * @param cure what to do, as a command where there is one; empty where all is well
 */
public record Finding(Verdict verdict, String subject, String text, String cure) {
    /** How bad it is. */
    public enum Verdict {
        GOOD,

        /** It works, and could work better. */
        ADVICE,

        /** The server does not start, or clients do not reach it. */
        PROBLEM
    }

    static Finding good(String subject, String text) {
        return new Finding(Verdict.GOOD, subject, text, "");
    }

    static Finding advice(String subject, String text, String cure) {
        return new Finding(Verdict.ADVICE, subject, text, cure);
    }

    static Finding problem(String subject, String text, String cure) {
        return new Finding(Verdict.PROBLEM, subject, text, cure);
    }
}
