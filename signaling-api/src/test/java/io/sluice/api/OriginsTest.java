package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class OriginsTest {
    private final Origins open = new Origins(Set.of("https://app.example"), false);
    private final Origins loopback = new Origins(Set.of(), true);

    @Test
    void shouldAllowTheServersOwnPage() {
        assertThat(open.allows("https://sluice.example", "sluice.example", false)).isTrue();
        assertThat(loopback.allows("http://localhost:7880", "localhost:7880", false)).isTrue();
        assertThat(loopback.allows("http://[::1]:7880", "[::1]:7880", false)).isTrue();
    }

    /** As a proxy passes it on that ends TLS on the server's machine. */
    @Test
    void shouldAllowTheServersOwnPageBehindAProxy() {
        assertThat(loopback.allows("https://sluice.example", "sluice.example", true)).isTrue();
        assertThat(loopback.allows("https://evil.example", "sluice.example", true)).isFalse();
    }

    @Test
    void shouldAllowAListedPageAndAClientThatIsNoBrowser() {
        assertThat(open.allows("https://app.example", "sluice.example", false)).isTrue();
        assertThat(open.allows(null, "sluice.example", false)).isTrue();
    }

    @Test
    void shouldRefuseAForeignPage() {
        assertThat(open.allows("https://evil.example", "sluice.example", false)).isFalse();
        assertThat(open.allows("http://localhost:1234", "localhost:7880", false)).isFalse();
        assertThat(open.allows("null", "sluice.example", false)).isFalse();
        assertThat(open.allows("https://sluice.example", null, false)).isFalse();
    }

    /** A page of a name of one's own, loaded by TLS, then rebound: its requests to us come without. */
    @Test
    void shouldRefuseWhereOnlyThePageCameByTls() {
        assertThat(loopback.allows("https://evil.example:7880", "evil.example:7880", false))
                .isFalse();
        assertThat(loopback.allows("http://evil.example:7880", "evil.example:7880", true))
                .isFalse();
    }

    @Test
    void shouldRefuseAForeignNameForTheLoopbackAddress() {
        assertThat(loopback.allows("http://evil.example:7880", "evil.example:7880", false))
                .isFalse();
        assertThat(
                        loopback.allows(
                                "http://127.0.0.1.evil.example", "127.0.0.1.evil.example", false))
                .isFalse();
    }
}
