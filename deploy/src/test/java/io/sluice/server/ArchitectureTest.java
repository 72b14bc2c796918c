package io.sluice.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/** Holds the house as docs describe it: who may know whom, and what the packet line may not touch. */
@AnalyzeClasses(packages = "io.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String[] CORE = {
        "io.sluice.rtp",
        "io.sluice.codec",
        "io.sluice.receive",
        "io.sluice.bandwidth",
        "io.sluice.forward",
        "io.sluice.transport",
        "io.sluice.room",
        "io.sluice.loop"
    };
    private static final String[] SIGNALING = {
        "io.sluice.api..",
        "io.sluice.calls",
        "io.sluice.database",
        "io.sluice.history",
        "io.sluice.livekit",
        "io.sluice.plain",
        "io.sluice.sdp",
        "io.sluice.webhook",
        "io.sluice.whip"
    };

    /** The classes that every packet passes through, from socket to sockets. */
    private static final Set<String> PACKET_LINE =
            Set.of(
                    "io.sluice.ice.Slab",
                    "io.sluice.ice.UdpPort",
                    "io.sluice.ice.UdpPort$Sink",
                    "io.sluice.ice.IceListener",
                    "io.sluice.srtp.SrtpContext",
                    "io.sluice.rtp.RtpPacket",
                    "io.sluice.rtp.RtpHeaderWriter",
                    "io.sluice.codec.PayloadFormat",
                    "io.sluice.receive.Track",
                    "io.sluice.receive.ReceiveStream",
                    "io.sluice.receive.NackGenerator",
                    "io.sluice.receive.TransportFeedback",
                    "io.sluice.receive.RtxUnwrapper",
                    "io.sluice.forward.Fanout",
                    "io.sluice.forward.Subscription",
                    "io.sluice.forward.LayerSelector",
                    "io.sluice.forward.RtpRewriter",
                    "io.sluice.forward.SendHistory",
                    "io.sluice.forward.PacketHistory",
                    "io.sluice.forward.Egress",
                    "io.sluice.transport.Ingress",
                    "io.sluice.loop.LoopHandoff",
                    "io.sluice.loop.HandoffReceiver");

    private static final Set<String> NOT_ON_THE_LINE =
            Set.of(
                    "[B",
                    "io.netty.buffer.ByteBuf",
                    "java.nio.ByteBuffer",
                    "java.net.InetSocketAddress",
                    "java.net.DatagramPacket");

    @ArchTest
    static final ArchRule protocolModulesKnowNobody =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "io.sluice.ice", "io.sluice.dtls", "io.sluice.srtp", "io.sluice.sctp")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(CORE)
                    .orShould()
                    .dependOnClassesThat()
                    .resideInAnyPackage(SIGNALING);

    @ArchTest
    static final ArchRule iceKnowsNoOtherProtocol =
            noClasses()
                    .that()
                    .resideInAPackage("io.sluice.ice")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.sluice.dtls", "io.sluice.srtp", "io.sluice.sctp");

    @ArchTest
    static final ArchRule dtlsAndSrtpKnowNoOtherProtocol =
            noClasses()
                    .that()
                    .resideInAnyPackage("io.sluice.dtls", "io.sluice.srtp")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.sluice.ice", "io.sluice.sctp");

    @ArchTest
    static final ArchRule sctpKnowsNoOtherProtocol =
            noClasses()
                    .that()
                    .resideInAPackage("io.sluice.sctp")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.sluice.ice", "io.sluice.dtls", "io.sluice.srtp");

    @ArchTest
    static final ArchRule coreDoesNotKnowSignaling =
            noClasses()
                    .that()
                    .resideInAnyPackage(CORE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(SIGNALING)
                    .orShould()
                    .dependOnClassesThat()
                    .resideInAPackage("io.sluice.server");

    @ArchTest
    static final ArchRule insideCoreNothingKnowsRooms =
            noClasses()
                    .that()
                    .resideInAnyPackage(CORE)
                    .and()
                    .resideOutsideOfPackage("io.sluice.room")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.sluice.room");

    @ArchTest
    static final ArchRule bandwidthKnowsNoTransport =
            noClasses()
                    .that()
                    .resideInAPackage("io.sluice.bandwidth")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.sluice.transport",
                            "io.sluice.forward",
                            "io.sluice.room",
                            "io.sluice.loop");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.sluice.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule protocolCodeHasNoSocketThreadClockOrLogger =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "io.sluice.sctp",
                            "io.sluice.rtp",
                            "io.sluice.codec",
                            "io.sluice.receive",
                            "io.sluice.bandwidth",
                            "io.sluice.forward")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "java.net..",
                                    "java.nio.channels..",
                                    "java.util.concurrent..",
                                    "java.time..",
                                    "org.slf4j..",
                                    "io.netty.."))
                    .orShould()
                    .dependOnClassesThat()
                    .belongToAnyOf(Thread.class)
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule mediaReadsTheClockInLoopAndPortClassesOnly =
            noClasses()
                    .that()
                    .resideInAnyPackage("io.sluice.transport", "io.sluice.room", "io.sluice.srtp")
                    .should()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule packetLineCarriesOffsetsAndPrimitives =
            classes()
                    .that()
                    .resideInAnyPackage("io.sluice..")
                    .should(haveNoCopiesInSignaturesOnThePacketLine());

    private static ArchCondition<JavaClass> haveNoCopiesInSignaturesOnThePacketLine() {
        return new ArchCondition<>("have no arrays, buffers or socket addresses in signatures") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                if (!PACKET_LINE.contains(item.getName())) {
                    return;
                }
                for (JavaMethod method : item.getMethods()) {
                    checkMethod(method, events);
                }
            }
        };
    }

    private static void checkMethod(JavaMethod method, ConditionEvents events) {
        boolean carries =
                NOT_ON_THE_LINE.contains(method.getRawReturnType().getName())
                        || method.getRawParameterTypes().stream()
                                .anyMatch(type -> NOT_ON_THE_LINE.contains(type.getName()));
        if (carries) {
            events.add(SimpleConditionEvent.violated(method, method.getFullName()));
        }
    }

    @ArchTest
    static void thePacketLineIsWhatTheTestThinks(com.tngtech.archunit.core.domain.JavaClasses all) {
        for (String name : PACKET_LINE) {
            // Fails here when a class was renamed: the rule above would pass for nothing.
            all.get(name);
        }
    }
}
