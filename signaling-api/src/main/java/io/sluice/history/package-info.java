/** What happened in calls, kept in a database for as long as the operator wants. */
@NullMarked
package io.sluice.history;

import org.jspecify.annotations.NullMarked;
