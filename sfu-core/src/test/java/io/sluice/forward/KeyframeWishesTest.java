package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KeyframeWishesTest {
    private final KeyframeWishes wishes = new KeyframeWishes();

    @Test
    void shouldTakeEachWishOnceAndOfItsEncodingOnly() {
        wishes.raise(1);
        wishes.raise(1);

        assertThat(wishes.take(0)).isFalse();
        assertThat(wishes.take(1)).isTrue();
        assertThat(wishes.take(1)).isFalse();
    }
}
