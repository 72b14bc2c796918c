package io.sluice.forward;

import java.util.List;

/**
 * One encoding of a track as it is sent now.
 *
 * @param rid its name in the session description; empty where it has none
 * @param active whether packets of it come
 * @param layers lowest first; empty while nothing is known
 */
public record EncodingLayers(String rid, boolean active, List<Layer> layers) {
    public EncodingLayers {
        layers = List.copyOf(layers);
    }
}
