/** Protection of RTP and RTCP packets, and what else is asked of libcrypto. */
@NullMarked
package io.sluice.srtp;

import org.jspecify.annotations.NullMarked;
