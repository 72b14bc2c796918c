package io.sluice.room;

/** What a participant's token allows it. */
public record Permissions(boolean canPublish, boolean canSubscribe) {
    public static final Permissions ALL = new Permissions(true, true);
}
