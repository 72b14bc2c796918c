package io.sluice.sdp;

import static io.sluice.rtp.HeaderExtension.ABS_CAPTURE_TIME;
import static io.sluice.rtp.HeaderExtension.ABS_SEND_TIME;
import static io.sluice.rtp.HeaderExtension.AUDIO_LEVEL;
import static io.sluice.rtp.HeaderExtension.DEPENDENCY_DESCRIPTOR;
import static io.sluice.rtp.HeaderExtension.MID;
import static io.sluice.rtp.HeaderExtension.PLAYOUT_DELAY;
import static io.sluice.rtp.HeaderExtension.REPAIRED_RID;
import static io.sluice.rtp.HeaderExtension.RID;
import static io.sluice.rtp.HeaderExtension.TRANSPORT_WIDE_SEQUENCE;
import static io.sluice.rtp.HeaderExtension.VIDEO_LAYERS_ALLOCATION;
import static io.sluice.rtp.HeaderExtension.VIDEO_ORIENTATION;

import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.rtp.HeaderExtension;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which header extensions of a section are answered (RFC 8285 6). */
final class AnsweredExtensions {
    private static final int MAX_ONE_BYTE_ID = 14;

    /** Means padding's end in the one-byte form, so that it is nobody's id where both forms are. */
    private static final int RESERVED_ID = 15;

    private static final int MAX_TWO_BYTE_ID = 255;

    private static final Set<HeaderExtension> AUDIO =
            EnumSet.of(MID, AUDIO_LEVEL, TRANSPORT_WIDE_SEQUENCE, ABS_CAPTURE_TIME);

    private static final Set<HeaderExtension> VIDEO =
            EnumSet.of(
                    MID,
                    RID,
                    REPAIRED_RID,
                    TRANSPORT_WIDE_SEQUENCE,
                    ABS_SEND_TIME,
                    VIDEO_ORIENTATION,
                    PLAYOUT_DELAY,
                    ABS_CAPTURE_TIME,
                    VIDEO_LAYERS_ALLOCATION,
                    DEPENDENCY_DESCRIPTOR);

    private final Map<HeaderExtension, ExtensionMapping> answered =
            new EnumMap<>(HeaderExtension.class);
    private final boolean receiving;
    private final boolean rids;
    private final @Nullable Codec sent;

    /**
     * @param sent the codec that is sent; null if nothing is
     */
    AnsweredExtensions(
            MediaSection offered,
            boolean sessionAllowsMixed,
            boolean receiving,
            @Nullable Codec sent) {
        this.receiving = receiving;
        this.sent = sent;
        rids = offered.rids().stream().anyMatch(MediaSection.Rid::sends);
        boolean mixed = sessionAllowsMixed || offered.extmapAllowMixed();
        Set<HeaderExtension> known = offered.kind() == MediaKind.AUDIO ? AUDIO : VIDEO;
        for (ExtensionMapping mapping : offered.extensions()) {
            HeaderExtension extension = HeaderExtension.of(mapping.uri()).orElse(null);
            if (extension != null
                    && known.contains(extension)
                    && isUsable(mapping.id(), mixed)
                    && flows(extension, mapping.direction())) {
                answered.putIfAbsent(extension, mapping);
            }
        }
        if (answered.containsKey(TRANSPORT_WIDE_SEQUENCE)) {
            answered.remove(ABS_SEND_TIME);
        }
    }

    private static boolean isUsable(int id, boolean mixed) {
        int max = mixed ? MAX_TWO_BYTE_ID : MAX_ONE_BYTE_ID;
        return id > 0 && id <= max && id != RESERVED_ID;
    }

    private boolean flows(HeaderExtension extension, Direction direction) {
        // Chromium offers in a new section only what was answered in others of its bundle: a camera
        // whose encodings have names may come later.
        if (!receiving && namesEncoding(extension)) {
            return true;
        }
        if (!receiving && sent == null) {
            // Dependency descriptors too: a track may come that needs them.
            return extension != VIDEO_LAYERS_ALLOCATION;
        }
        return isReceived(extension, direction) || isSent(extension, direction);
    }

    /**
     * The direction is the client's: it sends what we receive. Who offers rids is answered the extension
     * for them even if none is taken: Chromium repeats the rids in its next offer, but only extensions
     * that were answered, and then refuses that offer itself.
     */
    private boolean isReceived(HeaderExtension extension, Direction direction) {
        return receiving && direction.sends() && (rids || !namesEncoding(extension));
    }

    private boolean isSent(HeaderExtension extension, Direction direction) {
        boolean described = extension != DEPENDENCY_DESCRIPTOR || sent == Codec.AV1;
        return sent != null
                && direction.receives()
                && described
                // Of the publisher's encodings, which a viewer does not get.
                && extension != VIDEO_LAYERS_ALLOCATION
                && !namesEncoding(extension);
    }

    private static boolean namesEncoding(HeaderExtension extension) {
        return extension == RID || extension == REPAIRED_RID;
    }

    boolean has(HeaderExtension extension) {
        return answered.containsKey(extension);
    }

    /** The lines of the answer, in the order of ids. */
    List<ExtensionMapping> lines() {
        return answered.values().stream()
                .map(offered ->
                        new ExtensionMapping(
                                offered.id(), offered.direction().mirrored(), offered.uri(), ""))
                .sorted((a, b) -> Integer.compare(a.id(), b.id()))
                .toList();
    }

    /** Ids of what the client may send. */
    Map<HeaderExtension, Integer> received() {
        Map<HeaderExtension, Integer> ids = new EnumMap<>(HeaderExtension.class);
        answered.forEach((extension, mapping) -> {
            if (isReceived(extension, mapping.direction())) {
                ids.put(extension, mapping.id());
            }
        });
        return ids;
    }

    /** Ids of what we may send. */
    Map<HeaderExtension, Integer> sent() {
        Map<HeaderExtension, Integer> ids = new EnumMap<>(HeaderExtension.class);
        answered.forEach((extension, mapping) -> {
            if (isSent(extension, mapping.direction())) {
                ids.put(extension, mapping.id());
            }
        });
        return ids;
    }
}
