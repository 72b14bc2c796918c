package io.sluice.bench;

import io.sluice.codec.Codec;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.ice.Slab;
import io.sluice.rtp.RtpPacket;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * Reads the header, its extensions, and the payload's own header, as once for each packet that came in.
 *
 * <p>Owned by the thread that runs it.
 */
final class ParseWork implements PacketWork {
    private static final int SLOTS = 64;
    private static final int REPEATS = 32;
    private static final int PAYLOAD_BYTES = 1_100;

    private final MemorySegment slots = Arena.ofAuto().allocate((long) SLOTS * Slab.SLOT_BYTES);
    private final RtpPacket packet = new RtpPacket();
    private final PayloadFormat format = PayloadFormat.of(Codec.VP8);
    private final PayloadInfo info = new PayloadInfo();
    private final int length;

    ParseWork() {
        SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
        SrtpKeys keys = Keys.random(profile, new Random(1));
        Publisher publisher =
                new Publisher(SrtpContexts.open(Keys.mirror(keys), SrtpConfig.defaults()));
        var server = SrtpContexts.open(keys, SrtpConfig.defaults());
        int plain = 0;
        for (int i = 0; i < SLOTS; i++) {
            long at = Slab.offset(i);
            int wire = publisher.write(slots, at, PAYLOAD_BYTES, true, false, true);
            plain = server.unprotectRtp(slots, at, wire);
        }
        length = plain;
    }

    @Override
    public int run() {
        for (int k = 0; k < REPEATS; k++) {
            for (int i = 0; i < SLOTS; i++) {
                if (!packet.wrap(slots, Slab.offset(i), length)
                        || packet.transportWideSequence(Publisher.TRANSPORT_WIDE_SEQUENCE) < 0) {
                    throw new IllegalStateException("the packet cannot be read");
                }
                format.read(
                        slots,
                        packet.payloadOffset(),
                        packet.payloadBytes(),
                        packet.marker(),
                        info);
                if (!info.valid()) {
                    throw new IllegalStateException("the payload cannot be read");
                }
            }
        }
        return REPEATS * SLOTS;
    }
}
