package io.sluice.bench.load;

/**
 * Who sends what to whom.
 *
 * @param rooms all of the same shape
 * @param publishers in each room; each sends video and audio, and watches the others
 * @param subscribers in each room, who only watch
 * @param videoBitsPerSecond of each publisher; 0 for audio alone
 * @param silent nothing is sent on what is published
 * @param encodings of each publisher's video, 1 to 3; all but the largest come on top of the bitrate
 * @param wishesPerSecond how often viewers, whichever, choose another size of the picture; with more
 *     encodings than one each has chosen one at first
 */
public record LoadShape(
        int rooms,
        int publishers,
        int subscribers,
        int videoBitsPerSecond,
        boolean silent,
        int encodings,
        int wishesPerSecond) {
    /** Video of real encoders: 30 frames a second. */
    static final int FRAMES_PER_SECOND = 30;

    /** The largest picture; each encoding below it has half its width and height. */
    static final int WIDTH = 1_280;

    static final int HEIGHT = 720;

    /** Half the width and height takes about a quarter of the bits. */
    private static final int BITS_SHARE = 4;

    /** Encodings of real senders. */
    private static final int MAX_ENCODINGS = 3;

    /** Opus at its usual 20 ms. */
    static final int AUDIO_PACKETS_PER_SECOND = 50;

    public LoadShape {
        if (rooms < 1 || publishers < 1 || subscribers < 0 || videoBitsPerSecond < 0) {
            throw LoadException.usage(
                    "a load has at least one room with one publisher in it, and no negative sizes");
        }
        if (encodings < 1 || encodings > MAX_ENCODINGS || wishesPerSecond < 0) {
            throw LoadException.usage("video has one to three encodings");
        }
    }

    public LoadShape(int rooms, int publishers, int subscribers, int videoBitsPerSecond) {
        this(rooms, publishers, subscribers, videoBitsPerSecond, false, 1, 0);
    }

    /** The same load, of which nothing is sent. */
    public LoadShape silently() {
        return new LoadShape(
                rooms,
                publishers,
                subscribers,
                videoBitsPerSecond,
                true,
                encodings,
                wishesPerSecond);
    }

    /** The same load in so many rooms. */
    public LoadShape inRooms(int count) {
        return new LoadShape(
                count,
                publishers,
                subscribers,
                videoBitsPerSecond,
                silent,
                encodings,
                wishesPerSecond);
    }

    /** The same load with publishers of so many encodings. */
    public LoadShape with(int newEncodings, int newWishesPerSecond) {
        return new LoadShape(
                rooms,
                publishers,
                subscribers,
                videoBitsPerSecond,
                silent,
                newEncodings,
                newWishesPerSecond);
    }

    /** Of encoding {@code index}; the last is the largest. */
    int bitsPerSecond(int index) {
        int bits = videoBitsPerSecond;
        for (int i = index; i < encodings - 1; i++) {
            bits /= BITS_SHARE;
        }
        return bits;
    }

    /** The picture's width and height at encoding {@code index}, as a power of two less than the largest. */
    int shrinkShift(int index) {
        return encodings - 1 - index;
    }

    public int clients() {
        return rooms * (publishers + subscribers);
    }

    /** Tracks that one participant of a room watches at most. */
    int tracksPerPublisher() {
        return videoBitsPerSecond > 0 ? 2 : 1;
    }

    /** Deliveries of one publisher's tracks: each is one subscription. */
    public int subscriptions() {
        int viewers = publishers * (publishers - 1) + publishers * subscribers;
        return rooms * viewers * tracksPerPublisher();
    }

    @Override
    public String toString() {
        return "%d room%s of %d publishing and %d watching, %.1f Mbit/s video%s and Opus"
                .formatted(
                        rooms,
                        rooms == 1 ? "" : "s",
                        publishers,
                        subscribers,
                        videoBitsPerSecond / 1e6,
                        encodings == 1 ? "" : " in %d encodings".formatted(encodings));
    }
}
