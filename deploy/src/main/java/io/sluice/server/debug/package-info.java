/** Looks into a running server: {@code ./sluice debug}. */
@NullMarked
package io.sluice.server.debug;

import org.jspecify.annotations.NullMarked;
