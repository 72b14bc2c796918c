package io.sluice.forward;

import io.sluice.codec.Codec;
import io.sluice.codec.DependencyReader;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import org.jspecify.annotations.Nullable;

/**
 * Reads the payloads of a track on one loop: by their codec's format, and by the dependency descriptor
 * beside them, which is believed before the payload.
 *
 * <p>Owned by that loop. Packets that are kept may be read again.
 */
public final class Payloads {
    private final PayloadFormat format;

    /** Made with the first descriptor of an encoding. */
    private final @Nullable DependencyReader[] readers =
            new DependencyReader[TrackSequence.ENCODINGS_MAX];

    private final int[] sources = new int[TrackSequence.ENCODINGS_MAX];
    private int descriptorId;

    Payloads(Codec codec, ExtensionMap extensions) {
        format = PayloadFormat.of(codec);
        extensions(extensions);
    }

    /** The publisher's header extension ids from now on. */
    public void extensions(ExtensionMap extensions) {
        descriptorId = extensions.id(HeaderExtension.DEPENDENCY_DESCRIPTOR);
    }

    PayloadFormat format() {
        return format;
    }

    /**
     * Reads the payload of a packet that has come, padding stripped.
     *
     * @param encoding its index
     * @param out is overwritten
     */
    public void read(RtpPacket packet, int encoding, PayloadInfo out) {
        if (sources[encoding] != packet.ssrc()) {
            // Nothing holds of what another source described.
            sources[encoding] = packet.ssrc();
            readers[encoding] = null;
        }
        readAgain(packet, encoding, out);
    }

    /** Reads the payload of a packet that is kept; without a descriptor if its source is gone. */
    void readAgain(RtpPacket packet, int encoding, PayloadInfo out) {
        format.read(
                packet.memory(),
                packet.payloadOffset(),
                packet.payloadBytes(),
                packet.marker(),
                out);
        int bytes = descriptorId == 0 ? RtpPacket.ABSENT : packet.find(descriptorId);
        // A packet of padding only describes no frame.
        if (bytes != RtpPacket.ABSENT
                && packet.payloadBytes() != 0
                && sources[encoding] == packet.ssrc()) {
            reader(encoding).read(packet.memory(), packet.foundOffset(), bytes, out);
        }
    }

    private DependencyReader reader(int encoding) {
        DependencyReader reader = readers[encoding];
        if (reader == null) {
            reader = new DependencyReader();
            readers[encoding] = reader;
        }
        return reader;
    }
}
