package io.sluice.sctp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An INIT or INIT ACK (RFC 9260 3.3.2, 3.3.3).
 *
 * @param cookie INIT ACK only; empty otherwise
 * @param unknown parameters to be reported to their sender, as they came, at most {@link
 *     #MAX_UNKNOWN_BYTES}
 */
record InitChunk(
        int tag,
        long windowBytes,
        int outStreams,
        int inStreams,
        int initialTsn,
        boolean forwards,
        boolean resets,
        byte[] cookie,
        byte[] unknown) {
    /** All that there are: an id of a data channel goes up to 65,534. */
    static final int MAX_STREAMS = 0xffff;

    private static final int MAX_UNKNOWN_BYTES = 128;
    private static final int FIXED_BYTES = 16;
    private static final byte[] NOTHING = {};

    private static final int STATE_COOKIE = 7;
    private static final int UNRECOGNIZED = 8;
    private static final int SUPPORTED_EXTENSIONS = 0x8008;
    private static final int FORWARD_TSN_SUPPORTED = 0xc000;

    /** Of IP addresses, which are below DTLS; and of adaptation layers. They need no report. */
    private static final int[] IGNORED = {5, 6, 9, 11, 12, 0xc001, 0xc006};

    /** What we say. */
    static InitChunk ours(int tag, int initialTsn, int windowBytes, byte[] cookie, byte[] unknown) {
        return new InitChunk(
                tag,
                windowBytes,
                MAX_STREAMS,
                MAX_STREAMS,
                initialTsn,
                true,
                true,
                cookie,
                unknown);
    }

    /** Reads the value of a chunk; null: it is none that could be answered. */
    static @Nullable InitChunk read(byte[] buffer, int at, int length) {
        if (length < FIXED_BYTES) {
            return null;
        }
        boolean forwards = false;
        boolean resets = false;
        byte[] cookie = NOTHING;
        byte[] unknown = NOTHING;
        ParameterReader parameters =
                new ParameterReader(buffer, at + FIXED_BYTES, length - FIXED_BYTES);
        boolean goesOn = true;
        while (goesOn && parameters.next()) {
            int type = parameters.type();
            int value = parameters.value();
            switch (type) {
                case STATE_COOKIE ->
                        cookie = Arrays.copyOfRange(buffer, value, value + parameters.valueBytes());
                case FORWARD_TSN_SUPPORTED -> forwards = true;
                case SUPPORTED_EXTENSIONS -> {
                    for (int i = value; i < value + parameters.valueBytes(); i++) {
                        forwards |= Wire.u8(buffer, i) == ChunkType.FORWARD_TSN;
                        resets |= Wire.u8(buffer, i) == ChunkType.RE_CONFIG;
                    }
                }
                default -> {
                    // RFC 9260 3.2.1: the first two bits say what to do with an unknown one.
                    if ((type & 0x4000) != 0 && isUnknown(type)) {
                        unknown = report(unknown, buffer, parameters);
                    }
                    goesOn = (type & 0x8000) != 0 || !isUnknown(type);
                }
            }
        }
        if (goesOn && parameters.malformed()) {
            return null;
        }
        int outStreams = Wire.u16(buffer, at + 8);
        int inStreams = Wire.u16(buffer, at + 10);
        int tag = Wire.i32(buffer, at);
        if (tag == 0 || outStreams == 0 || inStreams == 0) {
            return null;
        }
        return new InitChunk(
                tag,
                Wire.u32(buffer, at + 4),
                outStreams,
                inStreams,
                Wire.i32(buffer, at + 12),
                forwards,
                resets,
                cookie,
                unknown);
    }

    private static boolean isUnknown(int type) {
        return Arrays.stream(IGNORED).noneMatch(known -> known == type);
    }

    private static byte[] report(byte[] before, byte[] buffer, ParameterReader parameter) {
        int size = ParameterReader.HEADER_BYTES + Wire.padded(parameter.parameterBytes());
        if (before.length + size > MAX_UNKNOWN_BYTES) {
            return before;
        }
        byte[] all = Arrays.copyOf(before, before.length + size);
        Wire.put16(all, before.length, UNRECOGNIZED);
        Wire.put16(
                all, before.length + 2, ParameterReader.HEADER_BYTES + parameter.parameterBytes());
        System.arraycopy(
                buffer,
                parameter.start(),
                all,
                before.length + ParameterReader.HEADER_BYTES,
                parameter.parameterBytes());
        return all;
    }

    /** The whole chunk. */
    byte[] encode(int type) {
        int cookieBytes =
                cookie.length == 0 ? 0 : ParameterReader.HEADER_BYTES + Wire.padded(cookie.length);
        // FORWARD-TSN supported, and supported extensions with two chunk types and padding.
        int extensionBytes = 4 + 8;
        byte[] chunk =
                new byte
                        [ChunkReader.HEADER_BYTES
                                + FIXED_BYTES
                                + extensionBytes
                                + cookieBytes
                                + unknown.length];
        chunk[0] = (byte) type;
        Wire.put16(chunk, 2, chunk.length);
        Wire.put32(chunk, 4, tag);
        Wire.put32(chunk, 8, (int) windowBytes);
        Wire.put16(chunk, 12, outStreams);
        Wire.put16(chunk, 14, inStreams);
        Wire.put32(chunk, 16, initialTsn);
        Wire.put16(chunk, 20, FORWARD_TSN_SUPPORTED);
        Wire.put16(chunk, 22, 4);
        Wire.put16(chunk, 24, SUPPORTED_EXTENSIONS);
        Wire.put16(chunk, 26, 6);
        chunk[28] = (byte) ChunkType.RE_CONFIG;
        chunk[29] = (byte) ChunkType.FORWARD_TSN;
        int at = 32;
        if (cookieBytes > 0) {
            Wire.put16(chunk, at, STATE_COOKIE);
            Wire.put16(chunk, at + 2, ParameterReader.HEADER_BYTES + cookie.length);
            System.arraycopy(cookie, 0, chunk, at + ParameterReader.HEADER_BYTES, cookie.length);
            at += cookieBytes;
        }
        System.arraycopy(unknown, 0, chunk, at, unknown.length);
        return chunk;
    }
}
