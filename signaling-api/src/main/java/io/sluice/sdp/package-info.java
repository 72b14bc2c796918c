/** SDP: parsed, negotiated, written. */
@NullMarked
package io.sluice.sdp;

import org.jspecify.annotations.NullMarked;
