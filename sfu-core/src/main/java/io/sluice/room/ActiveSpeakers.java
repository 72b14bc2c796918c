package io.sluice.room;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells who speaks from how loud everybody is, the loudest first. A round is one {@link #hear} for each
 * track that can be heard, and a {@link #poll}.
 *
 * <p>Owned by the room's home loop. Sans-IO; levels are RFC 6464's: 0 is the loudest, 127 silence.
 */
final class ActiveSpeakers {
    /** Speech near a microphone is about 20 to 35 below the loudest; a quiet room 55 and more. */
    static final int START_LEVEL = 40;

    /** Quieter than this is a pause, which may be one between words. */
    static final int STOP_LEVEL = 50;

    /** Pauses within a sentence are shorter. */
    static final long PAUSE_NANOS = 800_000_000;

    /** Two voices change places only when the difference is heard. */
    static final int ORDER_MARGIN = 6;

    /** More are noise: what applications do with the list is to show some and mix some. */
    static final int MAX_SPEAKERS = 16;

    /** Lists of speakers go to everybody in the room: at most two a second. */
    static final long TELL_NANOS = 500_000_000;

    /** Somebody who speaks. */
    private static final class Voice {
        private final String participantId;
        private final String identity;
        private int level;
        private long loudNanos;
        private boolean heard;

        private Voice(String participantId, String identity) {
            this.participantId = participantId;
            this.identity = identity;
        }
    }

    private final Map<String, Voice> byParticipant = new LinkedHashMap<>();

    /** The loudest first. */
    private final List<Voice> order = new ArrayList<>();

    private List<Speaker> told = List.of();
    private boolean everTold;
    private long toldNanos;

    /** A track of a participant that is not muted; of several tracks the loudest counts. */
    void hear(String participantId, String identity, int level, long nowNanos) {
        Voice voice = byParticipant.get(participantId);
        if (voice == null) {
            if (level > START_LEVEL) {
                return;
            }
            voice = new Voice(participantId, identity);
            voice.level = level;
            byParticipant.put(participantId, voice);
            order.add(voice);
        }
        voice.level = voice.heard ? Math.min(voice.level, level) : level;
        voice.heard = true;
        if (level <= STOP_LEVEL) {
            voice.loudNanos = nowNanos;
        }
    }

    /** Ends a round: the speakers, if they or their order have changed since they were last told. */
    @Nullable List<Speaker> poll(long nowNanos) {
        order.removeIf(voice -> {
            boolean gone = !voice.heard || nowNanos - voice.loudNanos > PAUSE_NANOS;
            if (gone) {
                byParticipant.remove(voice.participantId);
            }
            voice.heard = false;
            return gone;
        });
        sort();
        if ((everTold && nowNanos - toldNanos < TELL_NANOS) || isAsTold()) {
            return null;
        }
        everTold = true;
        toldNanos = nowNanos;
        told =
                order.stream()
                        .limit(MAX_SPEAKERS)
                        .map(voice -> new Speaker(voice.participantId, voice.identity, voice.level))
                        .toList();
        return told;
    }

    /** By insertion: the order is nearly right already, and a place is won only by a clear difference. */
    private void sort() {
        for (int i = 1; i < order.size(); i++) {
            Voice voice = order.get(i);
            int place = i;
            while (place > 0 && voice.level + ORDER_MARGIN <= order.get(place - 1).level) {
                place--;
            }
            order.remove(i);
            order.add(place, voice);
        }
    }

    private boolean isAsTold() {
        if (told.size() != Math.min(order.size(), MAX_SPEAKERS)) {
            return false;
        }
        for (int i = 0; i < told.size(); i++) {
            if (!told.get(i).participantId().equals(order.get(i).participantId)) {
                return false;
            }
        }
        return true;
    }

    /** The speakers as they were last told. */
    List<Speaker> told() {
        return told;
    }
}
