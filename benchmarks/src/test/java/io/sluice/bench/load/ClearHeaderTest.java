package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.rtp.RtpHeaderWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class ClearHeaderTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(256);
    private final RtpHeaderWriter writer = new RtpHeaderWriter();

    private void begin() {
        writer.begin(memory, 8, 200, false, 96, 7, 9_000, 1);
    }

    @Test
    void shouldFindTheNumberAmongOtherExtensions() {
        begin();
        writer.add(4, 0x414243, 3);
        writer.add(PublishedStream.TRANSPORT_EXTENSION, 0xfedc, 2);
        int length = writer.end();

        assertThat(ClearHeader.transportSequence(memory, 8, length)).isEqualTo(0xfedc);
        for (int cut = 12; cut < length - 3; cut++) {
            assertThat(ClearHeader.transportSequence(memory, 8, cut)).isNotPositive();
        }
    }

    @Test
    void shouldFindNoneWhereThereIsNone() {
        begin();
        writer.add(4, 0x41, 1);
        int length = writer.end();
        assertThat(ClearHeader.transportSequence(memory, 8, length)).isEqualTo(ClearHeader.NONE);
        begin();
        length = writer.end();
        assertThat(ClearHeader.transportSequence(memory, 8, length)).isEqualTo(ClearHeader.NONE);
    }
}
