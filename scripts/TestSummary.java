import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Sums up the reports of Surefire and Failsafe: what failed, what was skipped and why, the time of
 * each class, the count.
 *
 * <p>Run from its source by scripts/test.sh: {@code java TestSummary.java ROOT SECONDS_TAKEN
 * BUDGET_SECONDS}. Exits with 1 if a test failed or none ran.
 */
final class TestSummary {
    private static final int TRACE_LINES = 12;
    private static final int OUTPUT_LINES = 60;

    private enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }

    private record Case(String test, Outcome outcome, String reason) {}

    private record Report(Path file, String testClass, double seconds, List<Case> cases) {
        long count(Outcome outcome) {
            return cases.stream().filter(test -> test.outcome() == outcome).count();
        }
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        long secondsTaken = Long.parseLong(args[1]);
        long budgetSeconds = Long.parseLong(args[2]);

        List<Report> reports = new ArrayList<>();
        for (Path file : reportFiles(root)) {
            reports.add(read(file));
        }
        printFailed(reports);
        printSkipped(reports);
        printTimes(reports);

        long passed = count(reports, Outcome.PASSED);
        long failed = count(reports, Outcome.FAILED);
        long skipped = count(reports, Outcome.SKIPPED);
        System.out.printf(
                "%nBuild and tests took %s of the %s they may take%s%n",
                minutes(secondsTaken),
                minutes(budgetSeconds),
                secondsTaken > budgetSeconds ? ": TOO LONG" : "");
        if (passed + failed == 0) {
            System.out.println("No test ran");
        }
        System.out.printf("%d passed, %d failed, %d skipped%n", passed, failed, skipped);
        System.exit(failed > 0 || passed == 0 ? 1 : 0);
    }

    private static List<Path> reportFiles(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.sorted().toList()) {
                for (String reports : List.of("surefire-reports", "failsafe-reports")) {
                    Path folder = module.resolve("target").resolve(reports);
                    if (Files.isDirectory(folder)) {
                        try (Stream<Path> found = Files.list(folder)) {
                            found.filter(TestSummary::isReport).sorted().forEach(files::add);
                        }
                    }
                }
            }
        }
        return files;
    }

    private static boolean isReport(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("TEST-") && name.endsWith(".xml");
    }

    private static Report read(Path file) throws Exception {
        Element suite =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(file.toFile())
                        .getDocumentElement();
        List<Case> cases = new ArrayList<>();
        NodeList nodes = suite.getElementsByTagName("testcase");
        for (int i = 0; i < nodes.getLength(); i++) {
            cases.add(readCase((Element) nodes.item(i)));
        }
        return new Report(
                file,
                suite.getAttribute("name"),
                Double.parseDouble(suite.getAttribute("time").replace(",", "")),
                cases);
    }

    private static Case readCase(Element test) {
        String name = simpleName(test.getAttribute("classname"));
        if (!test.getAttribute("name").isEmpty()) {
            name += "." + test.getAttribute("name");
        }
        Optional<Element> skipped = child(test, "skipped");
        if (skipped.isPresent()) {
            return new Case(name, Outcome.SKIPPED, skipReason(skipped.get()));
        }
        Optional<Element> failed = child(test, "failure").or(() -> child(test, "error"));
        if (failed.isPresent()) {
            return new Case(name, Outcome.FAILED, failed.get().getTextContent().strip());
        }
        return new Case(name, Outcome.PASSED, "");
    }

    /** {@code @Disabled} gives a message; a failed assumption only the trace of its exception. */
    private static String skipReason(Element skipped) {
        String message = skipped.getAttribute("message");
        if (message.isBlank()) {
            message = skipped.getTextContent().strip().lines().findFirst().orElse("");
        }
        message =
                message.strip()
                        .replaceFirst("^[\\w.]+Exception: ", "")
                        .replaceFirst("^Assumption failed: ", "");
        return message.isBlank() ? "no reason given" : message;
    }

    private static Optional<Element> child(Element parent, String tag) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(tag)) {
                return Optional.of(element);
            }
        }
        return Optional.empty();
    }

    private static void printFailed(List<Report> reports) throws IOException {
        for (Report report : reports) {
            if (report.count(Outcome.FAILED) == 0) {
                continue;
            }
            for (Case test : report.cases()) {
                if (test.outcome() == Outcome.FAILED) {
                    System.out.printf("%nFAILED %s%n", test.test());
                    test.reason()
                            .lines()
                            .limit(TRACE_LINES)
                            .forEach(line -> System.out.println("    " + line));
                }
            }
            printOutput(report);
        }
    }

    /** The end of what the class wrote, which Surefire keeps beside its report. */
    private static void printOutput(Report report) throws IOException {
        Path output = report.file().resolveSibling(report.testClass() + "-output.txt");
        if (Files.exists(output)) {
            // Bytes that are no UTF-8 must not hide the failure.
            List<String> lines =
                    new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList();
            System.out.printf(
                    "The end of what %s wrote (all of it is in %s):%n",
                    simpleName(report.testClass()), output);
            lines.subList(Math.max(0, lines.size() - OUTPUT_LINES), lines.size())
                    .forEach(line -> System.out.println("    " + line));
        }
    }

    private static void printSkipped(List<Report> reports) {
        List<Case> skipped =
                reports.stream()
                        .flatMap(report -> report.cases().stream())
                        .filter(test -> test.outcome() == Outcome.SKIPPED)
                        .toList();
        if (!skipped.isEmpty()) {
            System.out.printf("%nSkipped (%d):%n", skipped.size());
            for (Case test : skipped) {
                System.out.printf("  %s: %s%n", test.test(), test.reason());
            }
        }
    }

    private static void printTimes(List<Report> reports) {
        if (reports.isEmpty()) {
            return;
        }
        System.out.printf("%n%9s %6s  %s%n", "seconds", "tests", "class, slowest first");
        reports.stream()
                .sorted(Comparator.comparingDouble(Report::seconds).reversed())
                .forEach(report ->
                        printTime(report.seconds(), report.cases().size(), report.testClass()));
        printTime(
                reports.stream().mapToDouble(Report::seconds).sum(),
                reports.stream().mapToInt(report -> report.cases().size()).sum(),
                "all " + reports.size() + " classes");
    }

    private static void printTime(double seconds, int tests, String what) {
        System.out.printf("%9.2f %6d  %s%n", seconds, tests, what);
    }

    private static long count(List<Report> reports, Outcome outcome) {
        return reports.stream().mapToLong(report -> report.count(outcome)).sum();
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    private static String minutes(long seconds) {
        return "%d min %02d s".formatted(seconds / 60, seconds % 60);
    }
}
