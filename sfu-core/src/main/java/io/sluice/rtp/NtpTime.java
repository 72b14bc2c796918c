package io.sluice.rtp;

/**
 * NTP timestamps as RTCP uses them (RFC 3550 4): 32 bits of seconds since 1900 and 32 bits of
 * fraction, and their middle 32 bits, in units of 1/65536 s.
 */
public final class NtpTime {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** From 1900 to 1970 (RFC 868). */
    private static final long UNIX_EPOCH_SECONDS = 2_208_988_800L;

    private NtpTime() {}

    /** The NTP timestamp of a time since 1970; the seconds wrap in 2036, as they do in every RTCP. */
    public static long ofUnixNanos(long unixNanos) {
        long seconds = Math.floorDiv(unixNanos, NANOS_PER_SECOND) + UNIX_EPOCH_SECONDS;
        long nanos = Math.floorMod(unixNanos, NANOS_PER_SECOND);
        // Rounded up, so that the way back, which rounds down, ends at the same nanosecond.
        long fraction = ((nanos << 32) + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
        return (seconds << 32) + fraction;
    }

    /** The time since 1970 of an NTP timestamp between 1968 and 2104 (RFC 4330 3). */
    public static long toUnixNanos(long ntp) {
        long seconds = ntp >>> 32;
        if ((seconds & 0x8000_0000L) == 0) {
            seconds += 1L << 32;
        }
        long nanos = ((ntp & 0xffff_ffffL) * NANOS_PER_SECOND) >>> 32;
        return (seconds - UNIX_EPOCH_SECONDS) * NANOS_PER_SECOND + nanos;
    }

    /** The middle 32 bits, as in the LSR field of a report block. */
    public static int middle(long ntp) {
        return (int) (ntp >>> 16);
    }

    /** A duration in units of 1/65536 s, as in the DLSR field; at most its largest value. */
    public static int toUnits(long durationNanos) {
        if (durationNanos <= 0) {
            return 0;
        }
        long seconds = durationNanos / NANOS_PER_SECOND;
        if (seconds > 0xffff) {
            return -1;
        }
        long rest = durationNanos % NANOS_PER_SECOND;
        return (int) (seconds << 16 | (rest << 16) / NANOS_PER_SECOND);
    }

    /** The nanoseconds of {@code units} of 1/65536 s, unsigned. */
    public static long unitsToNanos(int units) {
        return ((units & 0xffff_ffffL) * NANOS_PER_SECOND) >>> 16;
    }
}
