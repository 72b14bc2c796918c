/** The REST API: rooms, participants, tokens, and the stream of events. */
@NullMarked
package io.sluice.api.rest;

import org.jspecify.annotations.NullMarked;
