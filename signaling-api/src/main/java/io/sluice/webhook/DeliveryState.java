package io.sluice.webhook;

/** How far a delivery has come; its name stands in the database. */
public enum DeliveryState {
    /** It has not arrived yet, and will be tried again. */
    PENDING,
    DELIVERED,
    /** Given up: it was tried for as long as it may be, its receiver does not take it or is configured no more. */
    EXPIRED
}
