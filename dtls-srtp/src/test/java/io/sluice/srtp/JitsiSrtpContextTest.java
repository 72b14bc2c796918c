package io.sluice.srtp;

/** The contract by jitsi-srtp. */
class JitsiSrtpContextTest extends SrtpContextContract {

    @Override
    SrtpContext open(SrtpKeys keys, SrtpConfig config) {
        return new JitsiSrtpContext(keys, config, new SrtpScratch());
    }

    @Override
    int receiveSsrcs(SrtpContext context) {
        return ((JitsiSrtpContext) context).receiveSsrcs();
    }
}
