/** A durable queue of what happened, and its delivery to the application over HTTP. */
@NullMarked
package io.sluice.webhook;

import org.jspecify.annotations.NullMarked;
