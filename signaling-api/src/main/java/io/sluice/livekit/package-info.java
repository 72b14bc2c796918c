/** The protocol of LiveKit's clients, so that they join by a changed address. */
@NullMarked
package io.sluice.livekit;

import org.jspecify.annotations.NullMarked;
