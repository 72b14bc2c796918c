package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.sluice.server.client.NativeClient;
import io.sluice.server.log.RoomLog;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** What a call leaves in the log, and what not. */
final class LogIT {
    /** What all tokens here begin with: their header in Base64. */
    private static final String TOKEN_HEAD = "eyJ";

    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("io.sluice");
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    event.prepareForDeferredProcessing();
                    events.add(event);
                }
            };

    @BeforeEach
    void listen() {
        ours.setLevel(Level.TRACE);
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(appender);
        ours.setLevel(Level.INFO);
    }

    private List<String> ofRooms() {
        return events.stream()
                .filter(event -> event.getLoggerName().equals(RoomLog.class.getName()))
                .map(event -> event.getMessage() + " " + fields(event))
                .toList();
    }

    private static Map<String, String> fields(ILoggingEvent event) {
        Map<String, String> fields = new TreeMap<>();
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                fields.put(pair.key, String.valueOf(pair.value));
            }
        }
        return fields;
    }

    @Test
    void shouldTellTheLifeOfARoomWithoutItsTokens() throws Exception {
        try (NativeStage stage = new NativeStage()) {
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            NativeStage.awaitTracks(ada, 2);
            NativeStage.awaitTracks(bob, 2);
            NativeStage.awaitMore(ada, 50);
            bob.leave();
            ada.leave();
            await("the room's end")
                    .atMost(NativeStage.PATIENCE)
                    .until(() -> ofRooms().stream().anyMatch(l -> l.startsWith("Room ended")));
        }
        List<String> lines = ofRooms();
        assertThat(lines.getFirst()).startsWith("Room started").contains("room=conference");
        assertThat(lines).filteredOn(l -> l.startsWith("Participant joined")).hasSize(2);
        assertThat(lines).filteredOn(l -> l.startsWith("Participant left")).hasSize(2);
        assertThat(lines)
                .filteredOn(l -> l.startsWith("Track published"))
                .hasSize(4)
                .allMatch(l -> l.contains("track=") && l.contains("participantId="));
        assertThat(lines).filteredOn(l -> l.startsWith("Track unpublished")).hasSize(4);
        assertThat(lines.getLast()).startsWith("Room ended").contains("reason=EMPTY");
        assertThat(lines).as("nothing per packet").hasSizeLessThan(20);
        assertThat(events)
                .as("lines with tokens")
                .noneMatch(event ->
                        event.getFormattedMessage().contains(TOKEN_HEAD)
                                || fields(event).toString().contains(TOKEN_HEAD)
                                || String.valueOf(event.getThrowableProxy()).contains(TOKEN_HEAD));
    }
}
