package io.sluice.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a datagram holds, our look at it stays within it, and what is let through to BouncyCastle
 * is whole records within our limits. The same bytes are read as the values of fingerprint lines.
 */
final class DtlsFuzzTest {
    private static final int RECORD_HEADER_BYTES = 13;
    private static final byte[] CERTIFICATE = {0x30, 0x00};

    static List<byte[]> datagrams() {
        List<byte[]> seeds = new ArrayList<>();
        Stream.of("chromium156", "firefox153")
                .forEach(browser -> seeds.addAll(ClientHellos.datagrams(browser)));
        // The client's third flight in short: Certificate, CertificateVerify, ChangeCipherSpec.
        seeds.add(
                HexFormat.of()
                        .parseHex(
                                "16fefd0000000000000001000e0b000002000100000000000000aa00"
                                        + "16fefd0000000000000002000f0f000003000200000000000003010203"
                                        + "14fefd0000000000000003000101"
                                        + "16fefd00010000000000000019"
                                        + "00".repeat(25)));
        seeds.add(Fingerprints.sha256(CERTIFICATE).getBytes(StandardCharsets.US_ASCII));
        return seeds;
    }

    @MethodSource("datagrams")
    @FuzzTest
    void dtls(byte[] bytes) {
        readAsFingerprints(bytes);
        if (!DtlsRecords.acceptable(bytes)) {
            return;
        }
        assertThat(wholeRecords(bytes)).isPositive();
        DtlsRecords.clientHello(bytes);
        CipherChangeGate gate = new CipherChangeGate();
        byte[] passed = gate.pass(bytes);
        assertThat(Arrays.mismatch(bytes, passed)).isIn(-1, passed.length);
        if (passed.length > 0) {
            assertThat(DtlsRecords.acceptable(passed)).isTrue();
        }
        // What was held back comes again: nothing that has passed is held back now.
        assertThat(gate.pass(bytes)).hasSizeGreaterThanOrEqualTo(passed.length);
    }

    /** How many records there are, one behind the other up to the end exactly. */
    private static int wholeRecords(byte[] bytes) {
        int records = 0;
        int at = 0;
        while (at < bytes.length) {
            at += RECORD_HEADER_BYTES + DtlsRecords.uint16(bytes, at + 11);
            records++;
        }
        assertThat(at).isEqualTo(bytes.length);
        return records;
    }

    private static void readAsFingerprints(byte[] bytes) {
        List<String> values = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        Fingerprints fingerprints = Fingerprints.parse(values);
        boolean named = values.contains(Fingerprints.sha256(CERTIFICATE));
        if (fingerprints.matches(CERTIFICATE)) {
            assertThat(fingerprints.isEmpty()).isFalse();
        } else {
            // Unless a stronger hash function is named beside it.
            assertThat(named && values.size() == 1).isFalse();
        }
    }
}
