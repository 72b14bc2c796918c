import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes the signatures out of the jars of a folder, and from their manifests what they sign. Nobody looks at them: the
 * package as a whole is what is trusted. But the JVM verifies each class of a signed jar when it loads it, reads a
 * manifest of megabytes for that, and keeps none of them in its cache of classes: a fifth of the CPU time of a start.
 *
 * <p>Run by scripts/package.sh: {@code Unsigned FOLDER-OF-JARS}.
 */
final class Unsigned {
    private static final Pattern SIGNATURE =
            Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)", Pattern.CASE_INSENSITIVE);

    private Unsigned() {}

    public static void main(String[] arguments) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        for (Path jar : jars) {
            if (isSigned(jar)) {
                Path rewritten = jar.resolveSibling(jar.getFileName() + ".unsigned");
                rewrite(jar, rewritten);
                Files.setLastModifiedTime(rewritten, Files.getLastModifiedTime(jar));
                Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static boolean isSigned(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().anyMatch(Unsigned::isSignature);
        }
    }

    private static boolean isSignature(ZipEntry entry) {
        return SIGNATURE.matcher(entry.getName()).matches();
    }

    /** All that is left stays in its order, with its time. */
    private static void rewrite(Path jar, Path to) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (ZipEntry entry : zip.stream().filter(one -> !isSignature(one)).toList()) {
                byte[] content = zip.getInputStream(entry).readAllBytes();
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                out.write(
                        entry.getName().equals(JarFile.MANIFEST_NAME)
                                ? withoutDigests(content)
                                : content);
                out.closeEntry();
            }
        }
    }

    private static byte[] withoutDigests(byte[] content) throws IOException {
        Manifest manifest = new Manifest(new ByteArrayInputStream(content));
        manifest.getEntries()
                .values()
                .forEach(attributes ->
                        attributes.keySet().removeIf(name -> name.toString().endsWith("-Digest")));
        manifest.getEntries().values().removeIf(Attributes::isEmpty);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        manifest.write(bytes);
        return bytes.toByteArray();
    }
}
