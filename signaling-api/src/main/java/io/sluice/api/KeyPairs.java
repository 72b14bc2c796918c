package io.sluice.api;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Which private key belongs to a certificate: nothing that reads both looks at that. */
public final class KeyPairs {
    private static final byte[] NONCE = "Sluice".getBytes(StandardCharsets.US_ASCII);
    private static final String PSS = "RSASSA-PSS";

    /** What TLS 1.3 uses, for keys that do not say (RFC 8446 4.2.3). */
    private static final AlgorithmParameterSpec USUAL_PSS =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private KeyPairs() {}

    /**
     * Whether what the one signs is what the other verifies.
     *
     * @throws GeneralSecurityException if they cannot sign or verify, as keys of different kinds
     */
    public static boolean belong(PublicKey publicKey, PrivateKey privateKey)
            throws GeneralSecurityException {
        Signature signing = signature(publicKey);
        signing.initSign(privateKey);
        signing.update(NONCE);
        byte[] signed = signing.sign();
        Signature verifying = signature(publicKey);
        verifying.initVerify(publicKey);
        verifying.update(NONCE);
        return verifying.verify(signed);
    }

    private static Signature signature(PublicKey key) throws GeneralSecurityException {
        Signature signature =
                Signature.getInstance(
                        switch (key.getAlgorithm()) {
                            case "RSA" -> "SHA256withRSA";
                            case "EC" -> "SHA256withECDSA";
                            default -> key.getAlgorithm();
                        });
        if (key.getAlgorithm().equals(PSS)) {
            AlgorithmParameterSpec own = key instanceof RSAKey rsa ? rsa.getParams() : null;
            signature.setParameter(own == null ? USUAL_PSS : own);
        }
        return signature;
    }
}
