package io.sluice.dtls;

import io.sluice.srtp.GcmCipher;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The records of a connected association that are many: application data, on libcrypto and without an
 * allocation for each. BouncyCastle takes five times as long, and is left what is rare.
 *
 * <p>Both send under one key, so each has sequence numbers, which are the nonces, of its own: ours
 * follow {@link #FIRST_SEQUENCE}, BouncyCastle's never reach it. Owned by the association's loop.
 */
final class DataRecords implements AutoCloseable {
    /** BouncyCastle would have to send its last flight as often. */
    static final long FIRST_SEQUENCE = 1L << 24;

    /** What {@link #open} returns for a record that is none of the other side's, or is one again. */
    static final int REFUSED = -1;

    private static final int APPLICATION_DATA = 23;
    private static final int ALERT = 21;
    private static final int DTLS_1_2 = 0xfefd;

    /** BouncyCastle's first keys, which are its only ones: nobody renegotiates. */
    private static final long EPOCH = 1L << 48;

    private static final long SEQUENCE_MASK = EPOCH - 1;
    private static final long LAST_SEQUENCE = SEQUENCE_MASK;

    private static final int NONCE_BYTES = 8;
    private static final int HEADER_BYTES = DtlsRecords.RECORD_HEADER_BYTES;
    private static final int PREFIX_BYTES = HEADER_BYTES + NONCE_BYTES;
    private static final int OVERHEAD_BYTES = NONCE_BYTES + GcmCipher.TAG_BYTES;

    /** RFC 5246 6.2.3.3: sequence number, type, version and length of the plain text. */
    private static final int AUTHENTICATED_BYTES = 13;

    private static final int RECORD_OFFSET = 16;
    private static final int MEMORY_BYTES = RECORD_OFFSET + DatagramQueue.MAX_RECEIVED_BYTES;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    /** What is authenticated besides the record, and behind it the record. */
    private final MemorySegment memory = Arena.ofAuto().allocate(MEMORY_BYTES, Long.BYTES);

    private final GcmCipher sending;
    private final GcmCipher receiving;
    private final RecordWindow window = new RecordWindow();
    private long nextSequence = FIRST_SEQUENCE;

    DataRecords(DataKeys keys) {
        sending = new GcmCipher(keys.sendKey(), keys.sendSalt(), true);
        receiving = new GcmCipher(keys.receiveKey(), keys.receiveSalt(), false);
    }

    /** Whether a record, of which there is a whole header, is one for {@link #open}. */
    static boolean isData(MemorySegment from, long at) {
        return from.get(BYTE, at) == APPLICATION_DATA
                && from.get(SHORT, at + 1) == (short) DTLS_1_2
                && (from.get(LONG, at + 3) & ~SEQUENCE_MASK) == EPOCH
                && recordBytes(from, at) > HEADER_BYTES + OVERHEAD_BYTES;
    }

    /** Of a record with its header. */
    static int recordBytes(MemorySegment from, long at) {
        return HEADER_BYTES + Short.toUnsignedInt(from.get(SHORT, at + 11));
    }

    /** BouncyCastle has taken this record: it is not taken again. */
    void taken(MemorySegment from, long at) {
        window.accept(sequence(from, at));
    }

    private static long sequence(MemorySegment from, long at) {
        return from.get(LONG, at + 3) & SEQUENCE_MASK;
    }

    /**
     * Reads a record of application data.
     *
     * @param into gets the plain text from its beginning
     * @return how long that is, or {@link #REFUSED}
     */
    int open(MemorySegment from, long at, byte[] into) {
        int recordBytes = recordBytes(from, at);
        int length = recordBytes - HEADER_BYTES - OVERHEAD_BYTES;
        if (recordBytes > DatagramQueue.MAX_RECEIVED_BYTES || length > into.length) {
            return REFUSED;
        }
        long sequence = sequence(from, at);
        if (!window.isNew(sequence)) {
            return REFUSED;
        }
        MemorySegment.copy(from, at, memory, RECORD_OFFSET, recordBytes);
        authenticate(APPLICATION_DATA, EPOCH | sequence, length);
        long nonce = memory.get(LONG, RECORD_OFFSET + HEADER_BYTES);
        long text = RECORD_OFFSET + PREFIX_BYTES;
        if (!receiving.open(nonce, memory, 0, AUTHENTICATED_BYTES, text, length)) {
            return REFUSED;
        }
        // Only now: a forged record must not move the window.
        window.accept(sequence);
        MemorySegment.copy(memory, BYTE, text, into, 0, length);
        return length;
    }

    /**
     * Writes a record of application data to {@link #memory} at {@link #offset}.
     *
     * @return its length, or {@link #REFUSED} when there is no number left for it
     */
    int seal(byte[] data, int offset, int length) {
        return seal(APPLICATION_DATA, data, offset, length);
    }

    /** As {@link #seal} for an alert of level and description. */
    int sealAlert(int level, int description) {
        return seal(ALERT, new byte[] {(byte) level, (byte) description}, 0, 2);
    }

    private int seal(int type, byte[] data, int offset, int length) {
        int recordBytes = PREFIX_BYTES + length + GcmCipher.TAG_BYTES;
        if (recordBytes > DatagramQueue.MAX_SENT_BYTES) {
            throw new IllegalArgumentException("a record of " + recordBytes + " bytes");
        }
        if (nextSequence > LAST_SEQUENCE) {
            return REFUSED;
        }
        long number = EPOCH | nextSequence++;
        memory.set(BYTE, RECORD_OFFSET, (byte) type);
        memory.set(SHORT, RECORD_OFFSET + 1, (short) DTLS_1_2);
        memory.set(LONG, RECORD_OFFSET + 3, number);
        memory.set(SHORT, RECORD_OFFSET + 11, (short) (recordBytes - HEADER_BYTES));
        memory.set(LONG, RECORD_OFFSET + HEADER_BYTES, number);
        long text = RECORD_OFFSET + PREFIX_BYTES;
        MemorySegment.copy(data, offset, memory, BYTE, text, length);
        authenticate(type, number, length);
        return sending.seal(number, memory, 0, AUTHENTICATED_BYTES, text, length)
                ? recordBytes
                : REFUSED;
    }

    private void authenticate(int type, long number, int length) {
        memory.set(LONG, 0, number);
        memory.set(BYTE, 8, (byte) type);
        memory.set(SHORT, 9, (short) DTLS_1_2);
        memory.set(SHORT, 11, (short) length);
    }

    MemorySegment memory() {
        return memory;
    }

    static long offset() {
        return RECORD_OFFSET;
    }

    @Override
    public void close() {
        sending.close();
        receiving.close();
    }
}
