package io.sluice.srtp;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ForgottenSsrcsTest {

    @Nested
    class ByJitsiSrtp extends ForgottenSsrcsContract {

        @Override
        SrtpContext receiver(SrtpKeys keys) {
            return new JitsiSrtpContext(keys, SrtpConfig.defaults(), new SrtpScratch());
        }

        @Override
        int receiveSsrcs(SrtpContext context) {
            return ((JitsiSrtpContext) context).receiveSsrcs();
        }
    }

    @Nested
    @EnabledOnOs(OS.LINUX)
    class ByLibcrypto extends ForgottenSsrcsContract {

        @Override
        SrtpContext receiver(SrtpKeys keys) {
            return NativeSrtpContext.open(keys, SrtpConfig.defaults(), new SrtpScratch());
        }

        @Override
        int receiveSsrcs(SrtpContext context) {
            return ((NativeSrtpContext) context).receiveSsrcs();
        }
    }
}
