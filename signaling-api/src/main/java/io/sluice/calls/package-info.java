/** Calls by code: what the conference page asks of the server before LiveKit's protocol takes over. */
@NullMarked
package io.sluice.calls;

import org.jspecify.annotations.NullMarked;
