package io.sluice.transport;

/**
 * How media got through on one transport since the last measure.
 *
 * @param lossUpPermille of what the client sent; of too few packets to say, 0
 * @param lossDownPermille of what was sent to the client, as it reports; 0 where it reports nothing
 * @param jitterNanos of the client's audio (RFC 3550 A.8), the worst track; 0 without audio
 * @param roundTripNanos 0 before it is measured
 * @param silenceNanos since anything came from the client, a sign of consent (RFC 7675) included
 * @param publishes whether the client sends media, or did when it was heard of last
 */
public record PathMeasure(
        int lossUpPermille,
        int lossDownPermille,
        long jitterNanos,
        long roundTripNanos,
        long silenceNanos,
        boolean publishes) {}
