package io.sluice.api.rest;

import io.sluice.history.KeptEvent;
import java.util.List;

/** How events of the history are written for other programs. */
sealed interface EventFormat {
    /** RFC 4180, for spreadsheets. */
    EventFormat CSV = new Csv();

    /** One JSON object. */
    EventFormat JSON = new Json();

    String mediaType();

    String fileName();

    String head();

    String event(KeptEvent event, boolean isFirst);

    String tail();

    /** A table with a head. */
    record Csv() implements EventFormat {
        private static final String COLUMNS =
                "at,kind,room,callId,identity,name,participantId,detail\r\n";

        /** What a spreadsheet takes for the beginning of a formula, in two widths. */
        private static final String FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠";

        @Override
        public String mediaType() {
            return "text/csv; charset=utf-8; header=present";
        }

        @Override
        public String fileName() {
            return "history.csv";
        }

        @Override
        public String head() {
            return COLUMNS;
        }

        @Override
        public String event(KeptEvent event, boolean isFirst) {
            List<String> fields =
                    List.of(
                            RestJson.time(event.at()),
                            event.kind(),
                            event.room(),
                            event.callId(),
                            event.identity(),
                            event.name(),
                            event.participantId(),
                            event.detail().toString());
            return String.join(",", fields.stream().map(Csv::field).toList()) + "\r\n";
        }

        /** RFC 4180 2, with a sign in front that makes a text of what somebody may have meant as a formula. */
        static String field(String text) {
            boolean isFormula = !text.isEmpty() && FORMULA_SIGNS.indexOf(text.charAt(0)) >= 0;
            String safe = isFormula ? "'" + text : text;
            boolean isPlain = safe.chars().noneMatch(sign -> ",\"\r\n".indexOf(sign) >= 0);
            return isPlain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
        }

        @Override
        public String tail() {
            return "";
        }
    }

    /** An object with the list of events. */
    record Json() implements EventFormat {
        @Override
        public String mediaType() {
            return "application/json";
        }

        @Override
        public String fileName() {
            return "history.json";
        }

        @Override
        public String head() {
            return "{\"events\":[";
        }

        @Override
        public String event(KeptEvent event, boolean isFirst) {
            return (isFirst ? "\n" : ",\n") + HistoryJson.event(event);
        }

        @Override
        public String tail() {
            return "\n]}\n";
        }
    }
}
