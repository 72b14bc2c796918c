package io.sluice.api;

import java.util.ArrayList;
import java.util.List;

/**
 * A STUN or TURN server that clients are told to use.
 *
 * @param url of the scheme stun, stuns, turn or turns (RFC 7064, RFC 7065)
 * @param username of TURN; empty if there is none
 * @param credential the password; empty if there is none
 */
public record IceServer(String url, String username, String credential) {
    /** Anything that neither breaks a header nor a list in one. */
    private static final String WORD = "[\\x21-\\x7e&&[^<>\",;\\\\]]{1,255}";

    private static final String URL = "(stun|stuns|turn|turns):" + WORD;

    public IceServer {
        if (!url.matches(URL)) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" is no ICE server: it looks like stun:host:3478.");
        }
        boolean plain = (username + "x").matches(WORD) && (credential + "x").matches(WORD);
        if (!plain || username.isEmpty() != credential.isEmpty()) {
            throw new IllegalArgumentException(
                    url
                            + " needs both a user name and a password, or neither; of letters,"
                            + " digits and signs, without blanks, quotes, commas and semicolons.");
        }
        if (url.startsWith("turn") && username.isEmpty()) {
            throw new IllegalArgumentException(
                    url + " needs a user name and a password behind it.");
        }
    }

    /**
     * Reads servers, each as {@code URL} or {@code URL USERNAME PASSWORD}.
     *
     * @throws IllegalArgumentException which says what is wrong, without a password
     */
    public static List<IceServer> parse(List<String> lines) {
        List<IceServer> servers = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length != 1 && words.length != 3) {
                throw new IllegalArgumentException(
                        "An ICE server is given as \"URL\" or as \"URL USERNAME PASSWORD\".");
            }
            boolean named = words.length == 3;
            servers.add(new IceServer(words[0], named ? words[1] : "", named ? words[2] : ""));
        }
        return List.copyOf(servers);
    }

    /** As the value of a header {@code Link} (RFC 9725 4.6). */
    public String link() {
        String link = "<" + url + ">; rel=\"ice-server\"";
        return username.isEmpty()
                ? link
                : link
                        + "; username=\""
                        + username
                        + "\"; credential=\""
                        + credential
                        + "\"; credential-type=\"password\"";
    }

    /** Without the password: this may come into a log. */
    @Override
    public String toString() {
        return "IceServer[" + url + "]";
    }
}
