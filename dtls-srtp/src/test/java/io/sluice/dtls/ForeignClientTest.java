package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForeignClientTest {

    private static final int AEAD_AES_128_GCM = 7;
    private static final int AES128_CM_SHA1_32 = 2;

    private final TestLoop loop = new TestLoop();

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void shouldRefuseAClientWithoutUseSrtp() {
        assertThat(failureOf(new ForeignClient(true))).isEqualTo(DtlsFailure.NO_SRTP_PROFILE);
    }

    @Test
    void shouldRefuseAClientWithOtherProfilesOnly() {
        assertThat(failureOf(new ForeignClient(true, AES128_CM_SHA1_32)))
                .isEqualTo(DtlsFailure.NO_SRTP_PROFILE);
    }

    @Test
    void shouldRefuseAClientWithoutExtendedMasterSecret() {
        assertThat(failureOf(new ForeignClient(false, AEAD_AES_128_GCM)))
                .isEqualTo(DtlsFailure.NO_EXTENDED_MASTER_SECRET);
    }

    @Test
    void shouldRefuseAClientWithoutCertificate() {
        assertThat(failureOf(new ForeignClient(true, AEAD_AES_128_GCM)))
                .isEqualTo(DtlsFailure.NO_CERTIFICATE);
    }

    private DtlsFailure failureOf(ForeignClient client) {
        Side server =
                new Side(
                        loop,
                        DtlsRole.SERVER,
                        Side.IDENTITY,
                        List.of(Side.OTHER_IDENTITY.fingerprint()),
                        new DtlsHandshakes(DtlsConfig.defaults()));
        DatagramQueue network =
                new DatagramQueue(
                        32,
                        (data, offset, length) -> {
                            byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
                            loop.execute(() -> server.receive(copy));
                        });
        server.network = network::offer;
        loop.run(server.association::start);
        client.connect(network);

        await().until(server::over);
        assertThat(server.keys).isNull();
        DtlsFailure failure = server.failure;
        if (failure == null) {
            throw new AssertionError("connected");
        }
        return failure;
    }
}
