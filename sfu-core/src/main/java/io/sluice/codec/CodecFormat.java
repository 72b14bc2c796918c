package io.sluice.codec;

import java.util.Map;

/**
 * A codec with the format parameters that decide whether a decoder can take it.
 *
 * @param parameters of {@code a=fmtp}, keys in lower case; empty where there are none
 */
public record CodecFormat(Codec codec, Map<String, String> parameters) {
    public CodecFormat {
        parameters = Map.copyOf(parameters);
    }
}
