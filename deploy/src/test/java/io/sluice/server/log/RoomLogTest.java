package io.sluice.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.dtls.DtlsFailure;
import io.sluice.room.ParticipantInfo;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The fields by which a line of the log is found. */
final class RoomLogTest {
    private static final ParticipantInfo ADA =
            new ParticipantInfo("PA_1", "ada", "Ada", "", Instant.EPOCH);

    private final Logger logger = (Logger) LoggerFactory.getLogger(RoomLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    @Test
    void shouldSayInWhichRoomAndForWhomAHandshakeFailed() {
        new RoomLog().onHandshakeFailed("RM_1", "maths", ADA, DtlsFailure.NO_CERTIFICATE);

        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.getFirst().getMessage()).isEqualTo("DTLS failed");
        assertThat(lines.list.getFirst().getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .containsExactly(
                        "room=maths",
                        "roomId=RM_1",
                        "participant=ada",
                        "participantId=PA_1",
                        "reason=NO_CERTIFICATE");
    }
}
