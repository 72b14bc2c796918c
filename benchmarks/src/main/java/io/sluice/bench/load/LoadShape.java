package io.sluice.bench.load;

/**
 * Who sends what to whom.
 *
 * @param rooms all of the same shape
 * @param publishers in each room; each sends video and audio, and watches the others
 * @param subscribers in each room, who only watch
 * @param videoBitsPerSecond of each publisher; 0 for audio alone
 * @param silent nothing is sent on what is published
 */
public record LoadShape(
        int rooms, int publishers, int subscribers, int videoBitsPerSecond, boolean silent) {
    /** Video of real encoders: 30 frames a second. */
    static final int FRAMES_PER_SECOND = 30;

    /** Opus at its usual 20 ms. */
    static final int AUDIO_PACKETS_PER_SECOND = 50;

    public LoadShape {
        if (rooms < 1 || publishers < 1 || subscribers < 0 || videoBitsPerSecond < 0) {
            throw LoadException.usage(
                    "a load has at least one room with one publisher in it, and no negative sizes");
        }
    }

    public LoadShape(int rooms, int publishers, int subscribers, int videoBitsPerSecond) {
        this(rooms, publishers, subscribers, videoBitsPerSecond, false);
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
        return "%d room%s of %d publishing and %d watching, %.1f Mbit/s video and Opus"
                .formatted(
                        rooms,
                        rooms == 1 ? "" : "s",
                        publishers,
                        subscribers,
                        videoBitsPerSecond / 1e6);
    }
}
