package io.sluice.bandwidth;

/**
 * Packets to send quickly, to see whether the path carries more.
 *
 * <p>At least {@code packets} packets and {@code sizeBytes} bytes in all, at {@code bitsPerSecond}; each is told
 * to {@link BandwidthEstimator#onSent} with {@code id}. Ordinary packets that leave meanwhile count in.
 *
 * @param id 1 or more
 */
public record ProbePlan(int id, long bitsPerSecond, int sizeBytes, int packets) {}
