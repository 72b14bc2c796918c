package io.sluice.sdp;

/**
 * One {@code a=extmap} line (RFC 8285 5).
 *
 * @param id on the wire
 * @param direction {@link Direction#SENDRECV} if none was written
 * @param attributes after the URI; mostly empty
 */
public record ExtensionMapping(int id, Direction direction, String uri, String attributes) {}
