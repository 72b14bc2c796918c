package io.sluice.sdp;

/**
 * How large a session description may be. What is larger is refused before it is kept.
 *
 * @param bytes of the whole description, as UTF-16 code units (SDP of WebRTC is ASCII)
 * @param lines of the whole description
 * @param lineLength of each line
 * @param sections media sections, stopped ones included
 * @param attributes of one media section, or of the session's part
 * @param candidates of one media section
 */
public record SdpLimits(
        int bytes, int lines, int lineLength, int sections, int attributes, int candidates) {

    /** Room for about a hundred video sections as browsers write them. */
    public static final SdpLimits DEFAULT = new SdpLimits(256 * 1024, 16_384, 4_096, 256, 512, 64);
}
