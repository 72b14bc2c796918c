package io.sluice.room;

import io.sluice.loop.Loop;
import io.sluice.loop.Ticking;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Listens to a room's audio tracks while there are any, and tells who speaks.
 *
 * <p>Owned by the room's home loop; the levels are written by the publishers' loops.
 */
final class SpeakerWatch implements Ticking {
    /** A speaker is found within a quarter of a second. */
    private static final long INTERVAL_NANOS = 250_000_000;

    private final Loop home;
    private final Publications publications;
    private final Participants participants;
    private final ActiveSpeakers speakers = new ActiveSpeakers();
    private final DominantSpeaker dominant = new DominantSpeaker();
    private @Nullable Future<?> timer;

    SpeakerWatch(Loop home, Publications publications, Participants participants) {
        this.home = home;
        this.publications = publications;
        this.participants = participants;
    }

    /** Begins, if there is something to listen to. */
    void wake() {
        if (timer == null && publications.hasAudio()) {
            timer = home.every(this, INTERVAL_NANOS);
        }
    }

    void close() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Those who speak, as everybody was told. */
    List<Speaker> current() {
        return speakers.told();
    }

    /** Who leads the conversation, as everybody was told; null while nobody does. */
    RoomEvent.@Nullable DominantSpeakerChanged dominant() {
        return dominant.current();
    }

    @Override
    public void onTick(long nowNanos) {
        publications.hear(speakers, dominant, nowNanos);
        RoomEvent.DominantSpeakerChanged leads = dominant.poll();
        if (leads != null) {
            publications.lead(leads.participantId());
            participants.tell(leads);
        }
        List<Speaker> changed = speakers.poll(nowNanos);
        if (changed != null) {
            participants.tell(new RoomEvent.ActiveSpeakers(changed));
        }
        if (speakers.told().isEmpty() && !publications.hasAudio()) {
            close();
        }
    }
}
