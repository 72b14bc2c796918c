package io.sluice.server.config;

import io.sluice.server.config.ConfigNode.Items;
import io.sluice.server.config.ConfigNode.Section;
import io.sluice.server.config.ConfigNode.Text;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads settings in YAML, as what is written and where: what it means, others say. */
final class YamlFile {
    /** A file with every key is some tens of KiB. */
    private static final int MAX_CHARS = 1024 * 1024;

    private static final int MAX_DEPTH = 20;

    /** Keys may be given once; nobody needs a thing said twice here. */
    private static final int MAX_ALIASES = 0;

    private final String name;

    private YamlFile(String name) {
        this.name = name;
    }

    /**
     * Reads a file.
     *
     * @throws ConfigException if it cannot be read, or is not YAML with keys
     */
    static Section read(Path file) {
        try {
            if (Files.size(file) > MAX_CHARS) {
                throw new ConfigException(
                        file.toString(), "the file is larger than " + MAX_CHARS + " bytes");
            }
            return read(file.toString(), Files.readString(file));
        } catch (NoSuchFileException _) {
            throw new ConfigException(file.toString(), "there is no such file");
        } catch (CharacterCodingException _) {
            throw new ConfigException(file.toString(), "the file is not text in UTF-8");
        } catch (IOException unreadable) {
            throw new ConfigException(
                    file.toString(), "the file cannot be read: " + unreadable.getMessage());
        }
    }

    /** Reads text, which is called {@code name} where something is wrong with it. */
    static Section read(String name, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        YamlFile file = new YamlFile(name);
        Node root;
        try {
            root = new Yaml(options).compose(new StringReader(text));
        } catch (MarkedYAMLException malformed) {
            String origin =
                    malformed.getProblemMark() == null
                            ? name
                            : file.line(malformed.getProblemMark().getLine());
            throw new ConfigException(origin, "this is not YAML: " + malformed.getProblem());
        } catch (YAMLException malformed) {
            throw new ConfigException(name, "this is not YAML: " + malformed.getMessage());
        }
        if (root == null) {
            return new Section(Map.of(), Map.of(), name);
        }
        if (file.read(root) instanceof Section section) {
            return section;
        }
        throw new ConfigException(file.origin(root), "there must be keys here, as \"key: value\"");
    }

    private ConfigNode read(Node node) {
        return switch (node) {
            case MappingNode mapping -> section(mapping);
            case SequenceNode sequence ->
                    new Items(sequence.getValue().stream().map(this::read).toList(), origin(node));
            case ScalarNode scalar -> new Text(scalar.getValue(), origin(node));
            default -> throw new ConfigException(origin(node), "an alias cannot stand here");
        };
    }

    private Section section(MappingNode mapping) {
        Map<String, ConfigNode> values = new LinkedHashMap<>();
        Map<String, String> origins = new LinkedHashMap<>();
        List<ConfigException.Finding> findings = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new ConfigException(
                        origin(tuple.getKeyNode()), "a key must be a single word");
            }
            String earlier = origins.putIfAbsent(key.getValue(), origin(key));
            if (earlier != null) {
                findings.add(
                        new ConfigException.Finding(
                                origin(key), key.getValue() + " is given already: see " + earlier));
            }
            values.put(key.getValue(), read(tuple.getValueNode()));
        }
        if (!findings.isEmpty()) {
            throw new ConfigException(findings);
        }
        return new Section(values, origins, origin(mapping));
    }

    private String origin(Node node) {
        return line(node.getStartMark().getLine());
    }

    private String line(int fromZero) {
        return name + ", line " + (fromZero + 1);
    }
}
