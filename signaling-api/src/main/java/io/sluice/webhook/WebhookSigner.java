package io.sluice.webhook;

/** Makes what proves to a receiver that a body is ours; from any thread. */
@FunctionalInterface
public interface WebhookSigner {
    /** The value of the header {@code Authorization} for a body. */
    String authorization(byte[] body);
}
