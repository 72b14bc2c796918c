package io.sluice.ice;

/** Hears, on the loop, that a batch of received datagrams has been delivered: time to send what is queued. */
public interface TurnEnd {
    void onTurnEnd(long nowNanos);
}
