/** What a publisher sends: tracks, loss, feedback, keyframe requests. */
@NullMarked
package io.sluice.receive;

import org.jspecify.annotations.NullMarked;
