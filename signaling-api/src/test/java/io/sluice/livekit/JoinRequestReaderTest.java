package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest.Compression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JoinRequestReaderTest {
    private static final int MAX_BYTES = 10_000;
    private static final JoinRequest REQUEST =
            JoinRequest.newBuilder().setMetadata("words".repeat(100)).build();

    private final JoinRequestReader reader = new JoinRequestReader(MAX_BYTES);

    @Test
    void readsWhatIsNotCompressed() throws BadJoinRequest {
        assertThat(reader.read(SignalClient.parameter(REQUEST))).isEqualTo(REQUEST);
    }

    @Test
    void readsWhatIsCompressed() throws BadJoinRequest {
        String zipped = wrapped(Compression.GZIP, zip(REQUEST.toByteArray()));
        assertThat(reader.read(zipped)).isEqualTo(REQUEST);
        assertThat(reader.read(zipped.replace("=", ""))).isEqualTo(REQUEST);
    }

    @Test
    void unpacksNoMoreThanItMay() {
        String bomb = wrapped(Compression.GZIP, zip(new byte[10_000_000]));
        assertThat(bomb).hasSizeLessThan(20_000);
        assertThatThrownBy(() -> reader.read(bomb))
                .isInstanceOf(BadJoinRequest.class)
                .hasMessageContaining("larger than 10000 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+", "*", "AAAA", "_____"})
    void refusesWhatIsNone(String parameter) {
        assertThatThrownBy(() -> reader.read(parameter)).isInstanceOf(BadJoinRequest.class);
    }

    @Test
    void refusesWhatOnlySaysToBeCompressed() {
        String broken = wrapped(Compression.GZIP, REQUEST.toByteArray());
        assertThatThrownBy(() -> reader.read(broken))
                .isInstanceOf(BadJoinRequest.class)
                .hasMessageContaining("gzip");
    }

    @Test
    void refusesAnUnknownCompression() {
        byte[] unknown =
                WrappedJoinRequest.newBuilder().setCompressionValue(7).build().toByteArray();
        String parameter = Base64.getUrlEncoder().encodeToString(unknown);
        assertThatThrownBy(() -> reader.read(parameter))
                .isInstanceOf(BadJoinRequest.class)
                .hasMessageContaining("unknown");
    }

    private static String wrapped(Compression compression, byte[] content) {
        byte[] wrapped =
                WrappedJoinRequest.newBuilder()
                        .setCompression(compression)
                        .setJoinRequest(ByteString.copyFrom(content))
                        .build()
                        .toByteArray();
        return Base64.getUrlEncoder().encodeToString(wrapped);
    }

    private static byte[] zip(byte[] plain) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return zipped.toByteArray();
    }
}
