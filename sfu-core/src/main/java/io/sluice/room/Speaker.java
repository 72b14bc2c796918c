package io.sluice.room;

/**
 * One who speaks now.
 *
 * @param audioLevel RFC 6464: 0 is the loudest, 127 silence
 */
public record Speaker(String participantId, String identity, int audioLevel) {}
