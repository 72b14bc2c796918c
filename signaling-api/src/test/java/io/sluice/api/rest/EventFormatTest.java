package io.sluice.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EventFormatTest {
    @Test
    void shouldQuoteAsRfc4180Says() {
        assertThat(EventFormat.Csv.field("Ada")).isEqualTo("Ada");
        assertThat(EventFormat.Csv.field("Lovelace, Ada")).isEqualTo("\"Lovelace, Ada\"");
        assertThat(EventFormat.Csv.field("say \"hi\"")).isEqualTo("\"say \"\"hi\"\"\"");
        assertThat(EventFormat.Csv.field("two\r\nlines")).isEqualTo("\"two\r\nlines\"");
        assertThat(EventFormat.Csv.field("")).isEmpty();
    }

    @Test
    void shouldMakeATextOfWhatASpreadsheetWouldReckon() {
        assertThat(EventFormat.Csv.field("=HYPERLINK(\"http://evil.example\",\"x\")"))
                .isEqualTo("\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\"");
        for (String sign : new String[] {"=", "+", "-", "@", "\t", "＝"}) {
            assertThat(EventFormat.Csv.field(sign + "1")).isEqualTo("'" + sign + "1");
        }
        assertThat(EventFormat.Csv.field("\r=1")).isEqualTo("\"'\r=1\"");
    }
}
