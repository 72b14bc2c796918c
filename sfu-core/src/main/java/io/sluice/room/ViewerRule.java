package io.sluice.room;

import java.util.Map;
import java.util.Set;

/**
 * Whom a publisher lets watch its tracks.
 *
 * @param everybody whether there is no rule
 * @param byViewer what each may watch, by its identity or its id; who is not named may watch nothing
 */
public record ViewerRule(boolean everybody, Map<String, Share> byViewer) {
    public static final ViewerRule EVERYBODY = new ViewerRule(true, Map.of());

    static final ViewerRule NOBODY = new ViewerRule(false, Map.of());

    /**
     * What one viewer may watch.
     *
     * @param everything also what is published later
     * @param trackIds what else it may
     */
    public record Share(boolean everything, Set<String> trackIds) {
        public Share {
            trackIds = Set.copyOf(trackIds);
        }

        private boolean has(String trackId) {
            return everything || trackIds.contains(trackId);
        }
    }

    public ViewerRule {
        byViewer = Map.copyOf(byViewer);
    }

    boolean permits(ParticipantInfo viewer, String trackId) {
        return everybody
                || shares(viewer.identity(), trackId)
                || shares(viewer.participantId(), trackId);
    }

    private boolean shares(String viewer, String trackId) {
        Share share = byViewer.get(viewer);
        return share != null && share.has(trackId);
    }
}
