/** JSON over WebSocket for a bare RTCPeerConnection. */
@NullMarked
package io.sluice.plain;

import org.jspecify.annotations.NullMarked;
