package io.sluice.whip;

/** What {@code If-Match} says (RFC 9110 13.1.1). */
final class EntityTags {
    private static final String ANY = "*";

    private EntityTags() {}

    /** Whether a condition is met by a strong tag; weak ones never match. */
    static boolean match(String condition, String tag) {
        for (String one : condition.split(",", -1)) {
            String stripped = one.strip();
            if (stripped.equals(ANY) || stripped.equals(tag)) {
                return true;
            }
        }
        return false;
    }
}
