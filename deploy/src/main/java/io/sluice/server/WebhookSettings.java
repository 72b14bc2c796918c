package io.sluice.server;

import io.sluice.webhook.WebhookConfig;

/**
 * Whom the server tells of what happens, and by which key they know that it is the server.
 *
 * @param apiKey one of the server's own, whose secret the receivers have
 */
public record WebhookSettings(WebhookConfig queue, String apiKey) {}
