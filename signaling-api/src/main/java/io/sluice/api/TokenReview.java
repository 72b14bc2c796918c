package io.sluice.api;

import io.sluice.api.AccessTokens.Bearer;

/**
 * Says what a valid token is good for at this moment: what it granted when it was signed may have been taken back.
 * Used from any thread; quick.
 */
@FunctionalInterface
public interface TokenReview {
    /** Returns the bearer with what it may do now. */
    Bearer review(Bearer bearer) throws TokenException;
}
