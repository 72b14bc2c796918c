package io.sluice.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ClientSrtpTest {
    private static final int SSRC = 0xDEAD_BEEF;

    private static byte[] material(ClientSrtp.Profile profile) {
        byte[] bytes = new byte[profile.materialBytes()];
        new SplittableRandom(profile.id()).nextBytes(bytes);
        return bytes;
    }

    private static byte[] packet(int sequence) {
        byte[] packet = new byte[100];
        int header =
                RtpBytes.writeHeader(packet, 96, false, sequence, 1, SSRC, Map.of(3, new byte[2]));
        new MediaPattern(1, sequence, 0, 1, 0, false, 9)
                .write(packet, header, packet.length - header);
        return packet;
    }

    @ParameterizedTest
    @EnumSource(ClientSrtp.Profile.class)
    void shouldTalkToTheOtherSideOverAWrap(ClientSrtp.Profile profile) {
        ClientSrtp client = new ClientSrtp(profile, material(profile));
        ClientSrtp server = new ClientSrtp(profile, material(profile), false);
        for (int i = 0; i < 200; i++) {
            byte[] plain = packet(65_500 + i & 0xFFFF);
            byte[] secured = client.protectRtp(plain, plain.length);
            assertThat(secured.length).isGreaterThan(plain.length);
            assertThat(server.unprotectRtp(secured)).as("packet %d", i).isEqualTo(plain);
            assertThat(server.unprotectRtp(secured)).as("once more").isNull();
        }
        assertThat(server.replayed()).isEqualTo(200);
        assertThat(server.refused()).isZero();
        byte[] report = new RtcpOut().cname(SSRC, "a name").toArray();
        assertThat(client.unprotectRtcp(server.protectRtcp(report, report.length)))
                .isEqualTo(report);
    }

    @ParameterizedTest
    @EnumSource(ClientSrtp.Profile.class)
    void shouldRefuseWhatWasChanged(ClientSrtp.Profile profile) {
        ClientSrtp client = new ClientSrtp(profile, material(profile));
        ClientSrtp server = new ClientSrtp(profile, material(profile), false);
        byte[] plain = packet(1);
        byte[] secured = client.protectRtp(plain, plain.length);
        secured[60] ^= 1;
        assertThat(server.unprotectRtp(secured)).isNull();
        assertThat(server.refused()).isEqualTo(1);
    }
}
