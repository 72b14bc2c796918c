package io.sluice.srtp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Finds functions of libcrypto; throws {@link java.util.NoSuchElementException} for one that is missing. */
record Linking(SymbolLookup library) {

    /** OpenSSL 3, on every Linux since 2022. */
    private static final String LIBRARY = "libcrypto.so.3";

    /** Empty where the library is not there, or must not be called. */
    static Optional<Linking> find() {
        if (!Linking.class.getModule().isNativeAccessEnabled()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Linking(SymbolLookup.libraryLookup(LIBRARY, Arena.global())));
        } catch (IllegalArgumentException missing) {
            return Optional.empty();
        }
    }

    /** What returns an int, as most do. */
    static FunctionDescriptor result(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_INT, arguments);
    }

    MethodHandle call(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }

    MethodHandle criticalCall(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker()
                .downcallHandle(
                        library.findOrThrow(name), descriptor, Linker.Option.critical(false));
    }
}
