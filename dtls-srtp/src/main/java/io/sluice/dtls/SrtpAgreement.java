package io.sluice.dtls;

import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsECDSASigner;
import org.jspecify.annotations.Nullable;

/**
 * What both roles demand of a handshake, and what came of it.
 *
 * <p>Owned by the handshake's thread while it runs, by the loop afterwards.
 */
final class SrtpAgreement {

    /** AES-GCM only: it is what the JDK does fast, and every WebRTC client has it. */
    static final int[] CIPHER_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    };

    private static final byte[] NO_MKI = {};

    private final DtlsIdentity identity;
    private final HybridTlsCrypto crypto;
    private final Fingerprints fingerprints;
    private @Nullable SrtpProfile profile;
    private boolean verified;
    private @Nullable SrtpKeys keys;
    private @Nullable DtlsFailure failure;
    private boolean closedByRemote;

    SrtpAgreement(DtlsIdentity identity, HybridTlsCrypto crypto, Fingerprints fingerprints) {
        this.identity = identity;
        this.crypto = crypto;
        this.fingerprints = fingerprints;
    }

    HybridTlsCrypto crypto() {
        return crypto;
    }

    /** Present once the handshake is complete. */
    @Nullable SrtpKeys keys() {
        return keys;
    }

    /** The demand that was not met; null if something else went wrong. */
    @Nullable DtlsFailure failure() {
        return failure;
    }

    boolean closedByRemote() {
        return closedByRemote;
    }

    TlsCredentialedSigner credentials(TlsContext context) throws IOException {
        TlsCertificate certificate =
                crypto.createCertificate(CertificateType.X509, identity.certificate());
        TlsSigner signer = NativeEcdsa.signer(identity.key());
        return new DefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                signer != null ? signer : new BcTlsECDSASigner(crypto, identity.key()),
                new Certificate(new TlsCertificate[] {certificate}),
                SignatureAndHashAlgorithm.getInstance(
                        HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    }

    void requireExtendedMasterSecret(@Nullable Hashtable<?, ?> extensions) throws IOException {
        if (!TlsExtensionsUtils.hasExtendedMasterSecretExtension(extensions)) {
            throw refuse(DtlsFailure.NO_EXTENDED_MASTER_SECRET, AlertDescription.handshake_failure);
        }
    }

    /** Takes the best of our profiles that the ClientHello offers. */
    void chooseProfile(@Nullable Hashtable<?, ?> extensions) throws IOException {
        UseSRTPData offer = useSrtp(extensions);
        if (offer != null) {
            for (SrtpProfile candidate : SrtpProfile.values()) {
                if (contains(offer, candidate)) {
                    profile = candidate;
                    return;
                }
            }
        }
        throw refuse(DtlsFailure.NO_SRTP_PROFILE, AlertDescription.handshake_failure);
    }

    /** Takes the one profile of the ServerHello, which must be one that we offered. */
    void acceptProfile(@Nullable Hashtable<?, ?> extensions) throws IOException {
        UseSRTPData answer = useSrtp(extensions);
        if (answer == null || answer.getProtectionProfiles().length != 1) {
            throw refuse(DtlsFailure.NO_SRTP_PROFILE, AlertDescription.handshake_failure);
        }
        chooseProfile(extensions);
    }

    /** For the ServerHello. */
    UseSRTPData answer() throws IOException {
        if (profile == null) {
            throw refuse(DtlsFailure.NO_SRTP_PROFILE, AlertDescription.handshake_failure);
        }
        return new UseSRTPData(new int[] {profile.code()}, NO_MKI);
    }

    /** For the ClientHello. */
    static UseSRTPData offer() {
        return new UseSRTPData(
                Arrays.stream(SrtpProfile.values()).mapToInt(SrtpProfile::code).toArray(), NO_MKI);
    }

    /** BouncyCastle itself checks that the other side holds the certificate's key. */
    void verify(@Nullable Certificate chain) throws IOException {
        if (chain == null || chain.isEmpty()) {
            throw refuse(DtlsFailure.NO_CERTIFICATE, AlertDescription.handshake_failure);
        }
        if (!fingerprints.matches(chain.getCertificateAt(0).getEncoded())) {
            throw refuse(DtlsFailure.FINGERPRINT_MISMATCH, AlertDescription.bad_certificate);
        }
        verified = true;
    }

    /** RFC 5764 4.2: client's key, server's key, client's salt, server's salt. */
    void export(TlsContext context, DtlsRole role) {
        SrtpProfile agreed = profile;
        if (agreed == null || !verified) {
            throw new IllegalStateException("handshake complete without profile or certificate");
        }
        int key = agreed.keyBytes();
        int salt = agreed.saltBytes();
        byte[] material =
                context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, 2 * (key + salt));
        byte[] clientKey = Arrays.copyOfRange(material, 0, key);
        byte[] serverKey = Arrays.copyOfRange(material, key, 2 * key);
        byte[] clientSalt = Arrays.copyOfRange(material, 2 * key, 2 * key + salt);
        byte[] serverSalt = Arrays.copyOfRange(material, 2 * key + salt, material.length);
        Arrays.fill(material, (byte) 0);
        keys =
                switch (role) {
                    case SERVER ->
                            new SrtpKeys(agreed, serverKey, serverSalt, clientKey, clientSalt);
                    case CLIENT ->
                            new SrtpKeys(agreed, clientKey, clientSalt, serverKey, serverSalt);
                };
    }

    void onAlert(short level, short description) {
        if (level == AlertLevel.fatal || description == AlertDescription.close_notify) {
            closedByRemote = true;
        }
    }

    private TlsFatalAlert refuse(DtlsFailure reason, short alert) {
        failure = reason;
        return new TlsFatalAlert(alert, reason.name());
    }

    private static @Nullable UseSRTPData useSrtp(@Nullable Hashtable<?, ?> extensions)
            throws IOException {
        return extensions == null ? null : TlsSRTPUtils.getUseSRTPExtension(extensions);
    }

    private static boolean contains(UseSRTPData offer, SrtpProfile candidate) {
        for (int code : offer.getProtectionProfiles()) {
            if (code == candidate.code()) {
                return true;
            }
        }
        return false;
    }
}
