/**
 * A native WebRTC client for tests, made of stock ice4j, BouncyCastle and jitsi-srtp.
 *
 * <p>It shares no protocol code with the server on purpose: what one side writes wrongly, the other
 * must not read rightly.
 */
@NullMarked
package io.sluice.server.client;

import org.jspecify.annotations.NullMarked;
