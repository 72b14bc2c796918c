package io.sluice.transport;

import io.sluice.sctp.SctpListener;

/** Hears of a transport's data channels, on its loop. */
public interface DataListener extends SctpListener {

    /** All messages of a turn have been told. */
    void onDataTurnEnd();
}
