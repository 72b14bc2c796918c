/** Watches over the server in the tests of all modules. */
@NullMarked
package io.sluice.check;

import org.jspecify.annotations.NullMarked;
