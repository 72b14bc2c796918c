/** What Sluice has to know of a payload: keyframes, layers, ends of frames. */
@NullMarked
package io.sluice.codec;

import org.jspecify.annotations.NullMarked;
