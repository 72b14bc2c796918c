/** Protection of RTP and RTCP packets. */
@NullMarked
package io.sluice.srtp;

import org.jspecify.annotations.NullMarked;
