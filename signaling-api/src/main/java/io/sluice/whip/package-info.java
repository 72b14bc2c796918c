/** WHIP and WHEP: publishing and viewing by one HTTP request (RFC 9725). */
@NullMarked
package io.sluice.whip;

import org.jspecify.annotations.NullMarked;
