import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Writes what of others is in a package: {@code sbom.json} in the form of CycloneDX, for scanners, and {@code
 * THIRD-PARTY.md} for people. Jars are found again in Maven's local repository, whose POMs name their licences;
 * the page's packages stand in npm's lock file.
 *
 * <p>Run by scripts/package.sh: {@code Inventory FOLDER-OF-JARS MAVEN-REPOSITORY LOCK-FILE FOLDER-TO-WRITE-TO VERSION}.
 */
final class Inventory {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of POMs that name parents that name parents. */
    private static final int MAX_PARENTS = 10;

    private final Path repository;
    private final Map<String, Path> jarsByName = new HashMap<>();

    private record Component(
            String group, String name, String version, String purl, String sha256, String licence) {
        String title() {
            return group.isEmpty() ? name : group + ":" + name;
        }
    }

    private Inventory(Path repository) throws IOException {
        this.repository = repository;
        try (Stream<Path> files = Files.walk(repository)) {
            files.filter(file -> file.toString().endsWith(".jar"))
                    .forEach(file -> jarsByName.put(file.getFileName().toString(), file));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Inventory inventory = new Inventory(Path.of(arguments[1]));
        Map<String, Component> components = new TreeMap<>();
        try (Stream<Path> jars = Files.list(Path.of(arguments[0]))) {
            for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Component found = inventory.component(jar);
                if (found != null) {
                    components.put(found.purl(), found);
                }
            }
        }
        for (Component of : packages(Path.of(arguments[2]))) {
            components.put(of.purl(), of);
        }
        Path target = Files.createDirectories(Path.of(arguments[3]));
        List<Component> sorted = List.copyOf(components.values());
        Files.writeString(target.resolve("sbom.json"), sbom(sorted, arguments[4]));
        Files.writeString(target.resolve("THIRD-PARTY.md"), list(sorted));
    }

    /** Null for a jar of our own. */
    private Component component(Path jar) throws Exception {
        Path known = jarsByName.get(jar.getFileName().toString());
        if (known == null) {
            return null;
        }
        Path versionFolder = known.getParent();
        Path nameFolder = versionFolder.getParent();
        String version = versionFolder.getFileName().toString();
        String name = nameFolder.getFileName().toString();
        String group = repository.relativize(nameFolder.getParent()).toString().replace('/', '.');
        String licence = licence(versionFolder.resolve(name + "-" + version + ".pom"));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        return new Component(
                group,
                name,
                version,
                "pkg:maven/" + group + "/" + name + "@" + version,
                HexFormat.of().formatHex(hash),
                licence);
    }

    /** Its own, or that of the nearest parent that names one. */
    private String licence(Path pom) throws Exception {
        Path at = pom;
        for (int i = 0; i < MAX_PARENTS && Files.exists(at); i++) {
            Element project =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(at.toFile())
                            .getDocumentElement();
            List<String> names = new ArrayList<>();
            Element licences = child(project, "licenses");
            if (licences != null) {
                NodeList each = licences.getElementsByTagName("name");
                for (int k = 0; k < each.getLength(); k++) {
                    names.add(each.item(k).getTextContent().strip());
                }
            }
            if (!names.isEmpty()) {
                return String.join(" or ", names);
            }
            Element parent = child(project, "parent");
            if (parent == null) {
                break;
            }
            String name = text(parent, "artifactId");
            String version = text(parent, "version");
            at =
                    repository
                            .resolve(text(parent, "groupId").replace('.', '/'))
                            .resolve(name)
                            .resolve(version)
                            .resolve(name + "-" + version + ".pom");
        }
        return "see its project";
    }

    private static Element child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        return null;
    }

    private static String text(Element parent, String name) {
        Element found = child(parent, name);
        return found == null ? "" : found.getTextContent().strip();
    }

    /** What the page is bundled from. */
    private static List<Component> packages(Path lock) throws IOException {
        List<Component> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry :
                JSON.readTree(lock.toFile()).path("packages").properties()) {
            JsonNode one = entry.getValue();
            if (entry.getKey().isEmpty() || one.path("dev").asBoolean()) {
                continue;
            }
            String name =
                    entry.getKey().substring(entry.getKey().lastIndexOf("node_modules/") + 13);
            String version = one.path("version").asText();
            found.add(
                    new Component(
                            "",
                            name,
                            version,
                            "pkg:npm/" + name.replace("@", "%40") + "@" + version,
                            "",
                            one.path("license").asText("see its project")));
        }
        return found;
    }

    private static String sbom(List<Component> components, String version) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
        root.putObject("metadata")
                .putObject("component")
                .put("type", "application")
                .put("name", "sluice")
                .put("version", version);
        ArrayNode list = root.putArray("components");
        for (Component one : components) {
            ObjectNode node = list.addObject().put("type", "library").put("bom-ref", one.purl());
            if (!one.group().isEmpty()) {
                node.put("group", one.group());
            }
            node.put("name", one.name()).put("version", one.version()).put("purl", one.purl());
            if (!one.sha256().isEmpty()) {
                node.putArray("hashes")
                        .addObject()
                        .put("alg", "SHA-256")
                        .put("content", one.sha256());
            }
            node.putArray("licenses").addObject().putObject("license").put("name", one.licence());
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static String list(List<Component> components) {
        StringBuilder text = new StringBuilder("# Works of others in this package\n\n");
        text.append("| Work | Version | Licence |\n|---|---|---|\n");
        for (Component one : components) {
            text.append("| ").append(one.title()).append(" | ").append(one.version());
            text.append(" | ").append(one.licence().replace("|", "/")).append(" |\n");
        }
        text.append("\nThe Java runtime is OpenJDK; its licences are in `runtime/legal`.\n");
        return text.toString();
    }
}
