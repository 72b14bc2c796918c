package io.sluice.bench;

/** What the commands here exit with: the launcher's codes, after sysexits.h. */
public final class ExitCode {
    /** What was measured is not as it should be. */
    public static final int FAILED = 1;

    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;
    static final int DEFECT = 70;

    public static final String HEADING = "%nExit codes:%n";
    public static final String USAGE_TEXT = "64:an argument is wrong";
    public static final String UNAVAILABLE_TEXT =
            "69:something is not there: the server, a compiler, a file";
    public static final String DEFECT_TEXT = "70:a defect of this command";

    private ExitCode() {}
}
