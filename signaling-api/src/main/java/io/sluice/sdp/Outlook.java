package io.sluice.sdp;

import io.sluice.codec.MediaKind;
import io.sluice.room.TrackInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the next offer would bring: which waiting tracks find a section, and how many lack one.
 *
 * @param unavailable tracks that no offer will help, by id
 * @param awaited tracks of which the client can decode nothing yet, and whose publishers have promised another codec;
 *     by id
 */
record Outlook(Missing missing, Map<String, UnavailableReason> unavailable, Set<String> awaited) {

    /**
     * @param waiting tracks that are forwarded in no section, the oldest first
     */
    static Outlook of(List<SectionState> sections, Collection<TrackInfo> waiting, int maxSections) {
        List<SectionState> free = new ArrayList<>();
        boolean offerNeeded = false;
        int taken = 0;
        for (SectionState section : sections) {
            offerNeeded |= section.freed();
            taken += section.rejected() ? 0 : 1;
            if (section.forwarded() == null && !section.receivable().isEmpty()) {
                free.add(section);
            }
        }
        int left = Math.max(0, maxSections - taken);
        int audio = 0;
        int video = 0;
        Map<String, UnavailableReason> unavailable = new LinkedHashMap<>();
        Set<String> awaited = new HashSet<>();
        for (TrackInfo track : waiting) {
            if (isUndecodable(sections, track)) {
                if (isAwaited(track)) {
                    awaited.add(track.trackId());
                    continue;
                }
                unavailable.put(track.trackId(), UnavailableReason.CODEC);
            } else if (takeFree(free, track)) {
                offerNeeded = true;
            } else if (left == 0) {
                unavailable.put(track.trackId(), UnavailableReason.LIMIT);
            } else {
                left--;
                audio += track.kind() == MediaKind.AUDIO ? 1 : 0;
                video += track.kind() == MediaKind.VIDEO ? 1 : 0;
            }
        }
        Missing missing = new Missing(audio, video, offerNeeded || audio + video > 0);
        return new Outlook(missing, unavailable, awaited);
    }

    /** Whether a track that cannot be decoded will be sent in another codec when its publisher hears of it. */
    static boolean isAwaited(TrackInfo track) {
        return track.details().backupPromised() && track.backups().isEmpty();
    }

    private static boolean takeFree(List<SectionState> free, TrackInfo track) {
        for (int i = 0; i < free.size(); i++) {
            if (free.get(i).decodes(track)) {
                free.remove(i);
                return true;
            }
        }
        return false;
    }

    /** Only sections of the same kind tell: without one nobody knows what the client can decode. */
    private static boolean isUndecodable(List<SectionState> sections, TrackInfo track) {
        boolean known = false;
        for (SectionState section : sections) {
            if (section.receives(track.kind())) {
                if (section.decodes(track)) {
                    return false;
                }
                known = true;
            }
        }
        return known;
    }
}
