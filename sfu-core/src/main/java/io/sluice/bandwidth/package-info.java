/** What the path to one viewer carries: estimated, shared out and paced. Sans-IO. */
@NullMarked
package io.sluice.bandwidth;

import org.jspecify.annotations.NullMarked;
