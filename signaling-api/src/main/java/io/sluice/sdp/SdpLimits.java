package io.sluice.sdp;

/**
 * How large a session description may be. What is larger is refused before it is kept.
 *
 * @param bytes of the whole description, as UTF-16 code units (SDP of WebRTC is ASCII). Browsers write some 3 KB
 *     for a video section
 * @param lines of the whole description; a video section has up to 130
 * @param lineLength of each line; the longest real ones are candidates and formats of some 300
 * @param sections media sections, stopped ones included
 * @param attributes of one media section, or of the session's part; Chromium writes up to 130
 * @param candidates of one media section; a browser gathers some ten per address, and the rest comes one by
 *     one
 */
public record SdpLimits(
        int bytes, int lines, int lineLength, int sections, int attributes, int candidates) {

    /** Room for about a hundred video sections as browsers write them: a description of fifty participants has 200 KB. */
    public static final SdpLimits DEFAULT = new SdpLimits(256 * 1024, 16_384, 4_096, 256, 512, 64);
}
