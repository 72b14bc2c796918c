package io.sluice.plain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SentMessagesTest {
    private final SentMessages sent = new SentMessages(4, 100);

    private void add(String... texts) {
        for (String text : texts) {
            sent.add(text);
        }
    }

    private List<String> textsAfter(long seq) {
        return sent.after(seq).orElseThrow().stream().map(SentMessages.Message::text).toList();
    }

    @Test
    void shouldGiveWhatFollowsTheLastOneThatArrived() {
        add("a", "b", "c");

        assertThat(textsAfter(1)).containsExactly("b", "c");
        assertThat(textsAfter(0)).containsExactly("a", "b", "c");
        assertThat(textsAfter(3)).isEmpty();
    }

    @Test
    void shouldNumberMessagesFromOne() {
        assertThat(sent.nextSeq()).isEqualTo(1);
        add("a");
        assertThat(sent.lastSeq()).isEqualTo(1);
        assertThat(sent.after(0).orElseThrow().getFirst().seq()).isEqualTo(1);
    }

    @Test
    void shouldSayThatSomethingIsGoneWhenThereWereTooMany() {
        add("a", "b", "c", "d", "e");

        assertThat(sent.after(0)).isEmpty();
        assertThat(textsAfter(1)).containsExactly("b", "c", "d", "e");
    }

    @Test
    void shouldSayThatSomethingIsGoneWhenTheyWereTooLarge() {
        add("x".repeat(60), "é".repeat(30));

        assertThat(sent.after(0)).isEmpty();
        assertThat(textsAfter(1)).hasSize(1);
    }

    @Test
    void shouldForgetWhatHasArrived() {
        add("a", "b", "c");
        sent.confirm(2);
        add("d", "e", "f");

        assertThat(textsAfter(2)).containsExactly("c", "d", "e", "f");
        assertThat(sent.after(1)).isEmpty();
    }

    @Test
    void shouldHaveNothingToRepeatAfterEverythingArrived() {
        add("a", "b");
        sent.confirm(2);

        assertThat(sent.hasAllAfter(2)).isTrue();
        assertThat(textsAfter(2)).isEmpty();
    }
}
