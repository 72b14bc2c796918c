package io.sluice.history;

import java.util.List;

/**
 * What was kept of a person and is no more.
 *
 * @param photoIds of stills that the person took or is on
 */
record Erased(int events, List<String> photoIds) {
    Erased {
        photoIds = List.copyOf(photoIds);
    }
}
