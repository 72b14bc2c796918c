/** RTP packets and header extensions, the RTCP reader and writer. */
@NullMarked
package io.sluice.rtp;

import org.jspecify.annotations.NullMarked;
