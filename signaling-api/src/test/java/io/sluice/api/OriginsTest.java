package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class OriginsTest {
    private final Origins open = new Origins(Set.of("https://app.example"), false);
    private final Origins loopback = new Origins(Set.of(), true);

    @Test
    void shouldAllowTheServersOwnPage() {
        assertThat(open.allows("https://sluice.example", "sluice.example")).isTrue();
        assertThat(loopback.allows("http://localhost:7880", "localhost:7880")).isTrue();
        assertThat(loopback.allows("http://[::1]:7880", "[::1]:7880")).isTrue();
    }

    /** As a proxy passes it on that ends TLS on the server's machine. */
    @Test
    void shouldAllowTheServersOwnPageBehindAProxy() {
        assertThat(loopback.allows("https://sluice.example", "sluice.example")).isTrue();
        assertThat(loopback.allows("https://evil.example", "sluice.example")).isFalse();
    }

    @Test
    void shouldAllowAListedPageAndAClientThatIsNoBrowser() {
        assertThat(open.allows("https://app.example", "sluice.example")).isTrue();
        assertThat(open.allows(null, "sluice.example")).isTrue();
    }

    @Test
    void shouldRefuseAForeignPage() {
        assertThat(open.allows("https://evil.example", "sluice.example")).isFalse();
        assertThat(open.allows("http://localhost:1234", "localhost:7880")).isFalse();
        assertThat(open.allows("null", "sluice.example")).isFalse();
        assertThat(open.allows("https://sluice.example", null)).isFalse();
    }

    @Test
    void shouldRefuseAForeignNameForTheLoopbackAddress() {
        assertThat(loopback.allows("http://evil.example:7880", "evil.example:7880")).isFalse();
        assertThat(loopback.allows("http://127.0.0.1.evil.example", "127.0.0.1.evil.example"))
                .isFalse();
    }
}
