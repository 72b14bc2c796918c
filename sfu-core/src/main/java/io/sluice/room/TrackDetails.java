package io.sluice.room;

import java.util.List;

/**
 * What a publisher says about a track beside its media; shown to everybody, and nothing is decided by it but what it is
 * a backup of.
 *
 * @param name the application's
 * @param stream tracks with the same one belong together, as a screen and its sound; empty for none
 * @param widthPixels of the largest encoding; 0 for audio, and where it was not said
 * @param heightPixels likewise
 * @param layers one for each encoding, the lowest first; empty where they were not named
 * @param backupPromised whether it will be sent in another codec, too, if a viewer needs that
 * @param backupOf the publisher's track that this one is in another codec; empty where it is a track by itself
 */
public record TrackDetails(
        String name,
        String stream,
        int widthPixels,
        int heightPixels,
        List<Layer> layers,
        Encryption encryption,
        boolean stereo,
        boolean redundancyDisabled,
        boolean silenceSent,
        boolean backupPromised,
        String backupOf) {
    public static final TrackDetails NONE =
            new TrackDetails(
                    "", "", 0, 0, List.of(), Encryption.NONE, false, false, false, false, "");

    /** How a track is encrypted from one participant to the others; the server has no key. */
    public enum Encryption {
        NONE,
        GCM,
        CUSTOM
    }

    /**
     * One encoding as its publisher means to send it.
     *
     * @param bitrate bits per second at most; 0 where it was not said
     */
    public record Layer(int widthPixels, int heightPixels, int bitrate) {}

    /**
     * The same in other codecs, or in no other.
     *
     * @param promised as {@link #backupPromised}
     * @param of as {@link #backupOf}
     */
    public TrackDetails withBackup(boolean promised, String of) {
        return new TrackDetails(
                name,
                stream,
                widthPixels,
                heightPixels,
                layers,
                encryption,
                stereo,
                redundancyDisabled,
                silenceSent,
                promised,
                of);
    }

    public TrackDetails {
        layers = List.copyOf(layers);
    }
}
