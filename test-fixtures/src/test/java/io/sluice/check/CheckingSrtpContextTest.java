package io.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpError;
import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class CheckingSrtpContextTest {

    private static final int SSRC = 77;

    private static final int HEADER_BYTES = 12;
    private static final byte[] KEY = new byte[16];
    private static final byte[] SALT = new byte[12];

    private final SrtpContext context =
            new CheckingSrtpContext(
                    SrtpContexts.open(
                            new SrtpKeys(SrtpProfile.AEAD_AES_128_GCM, KEY, SALT, KEY, SALT),
                            SrtpConfig.defaults()));

    @Test
    void shouldAllowResendsOfTheSameBytes() {
        byte[] first = send(65_530, 1);
        for (int sequence = 65_531; sequence < 65_600; sequence++) {
            send(sequence, 1);
        }

        assertThat(send(65_530, 1)).isEqualTo(first);
    }

    @Test
    void shouldAllowGapsToBeFilledLate() {
        send(10, 1);
        send(20, 1);

        assertThat(send(15, 2)).isNotEmpty();
    }

    @Test
    void shouldThrowWhenAnIndexProtectsAnotherPayload() {
        send(10, 1);
        send(11, 1);

        assertThatThrownBy(() -> send(10, 2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldThrowWhenAnIndexProtectsAnotherHeader() {
        send(10, 96, 1);

        assertThatThrownBy(() -> send(10, 96 | 0x80, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldThrowWhenAnSsrcBeginsAgain() {
        send(20_000, 1);

        assertThatThrownBy(() -> send(1_000, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldTellTheSameNumbersOfDifferentRollOversApart() {
        for (int sequence = 0; sequence < 200_000; sequence += 1_000) {
            assertThat(send(sequence, sequence)).isNotEmpty();
        }
    }

    @Test
    void shouldLeaveWhatIsNoPacketToTheContextItself() {
        MemorySegment memory = Arena.ofAuto().allocate(64);

        for (int[] size : new int[][] {{0, 0, 0}, {11, 0, 0}, {12, -1, 0}, {12, 0, 65}}) {
            assertThat(context.protectRtp(memory, 0, size[0], size[1], memory, 32, size[2]))
                    .isEqualTo(SrtpError.MALFORMED.code());
        }
    }

    private byte[] send(int sequence, int content) {
        return send(sequence, 96, content);
    }

    private byte[] send(int sequence, int secondByte, int content) {
        byte[] packet =
                ByteBuffer.allocate(64)
                        .put((byte) 0x80)
                        .put((byte) secondByte)
                        .putShort((short) sequence)
                        .putInt(sequence * 3000)
                        .putInt(SSRC)
                        .putInt(content)
                        .array();
        MemorySegment memory = Arena.ofAuto().allocate(packet.length);
        memory.copyFrom(MemorySegment.ofArray(packet));
        int length =
                context.protectRtp(memory, 0, HEADER_BYTES, 0, memory, HEADER_BYTES, Integer.BYTES);
        return memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
}
