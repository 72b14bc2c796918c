package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The conference page in Chromium where something goes wrong or changes in the middle of a call. What lasts longest, a cut of
 * half a minute and a viewer who is refused, goes on beside others; who share a call come one after the other.
 */
@Tag("browser")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ConferenceTroubleIT {
    /** What is measured with no other page beside it. */
    private static final int BEFORE_THE_CUT = 1;

    /** What takes half a minute together, while the network is cut; its return is measured with nothing beside it. */
    private static final int DURING_THE_CUT = 2;

    private static final int AFTER_THE_CUT = 3;

    /** In one call, whose host changes it. */
    private static final int HOSTED = 4;

    /** In one call, by somebody whose devices come and go. */
    private static final int EQUIPPED = 5;

    /** Begins with the one who is refused later: ten seconds, of which this one takes most. */
    private static final int WHILE_A_VIEWER_PUBLISHES = 6;

    private static final int AFTER_A_VIEWER_PUBLISHED = 7;

    @RegisterExtension static final PageStage STAGE = new PageStage();

    /** What goes on beside the tests that need it. */
    private static final Set<String> BEGUN = new HashSet<>();

    private static final String LONG_CUT = "aLongCutBegins";
    private static final String VIEWER_PUBLISHES = "aViewerPublishesWithAPatchedPage";

    /** By whichever test of those that need it is the first. */
    private static void begin(String check) {
        if (BEGUN.add(check)) {
            STAGE.check(check);
        }
    }

    @Test
    @Order(BEFORE_THE_CUT)
    void shouldShowBothPicturesSoonAfterTheCall() {
        STAGE.check("bothPicturesComeSoonAfterTheCall");
    }

    @Test
    @Order(DURING_THE_CUT)
    void shouldComeBackAfterAShortCutThatNobodyTellsOf() {
        begin(LONG_CUT);
        STAGE.check("aShortCutThatNobodyTellsOf");
    }

    @Test
    @Order(EQUIPPED)
    void shouldLetGoOfDevicesThatArePulledOutAndTakeThemAgain() {
        STAGE.check("devicesArePulledOutAndPluggedIn");
    }

    @Test
    @Order(EQUIPPED)
    void shouldMuteWhoTurnsTheMicrophoneOffWhileItOpens() {
        STAGE.check("whoTurnsTheMicrophoneOffWhileItOpensIsMuted");
    }

    @Test
    @Order(EQUIPPED)
    void shouldSwitchToAnotherCameraAndMicrophone() {
        STAGE.check("anotherCameraAndMicrophoneAreChosenInTheCall");
    }

    @Test
    void shouldConnectTwoStraightUntilAThirdComes() {
        STAGE.check("twoTalkStraightUntilAThirdComes");
    }

    @Test
    void shouldGoThroughTheServerWhenAWayStraightFallsSilent() {
        STAGE.check("aWayStraightThatFallsSilentIsLeft");
    }

    @Test
    @Order(DURING_THE_CUT)
    void shouldGoThroughTheServerWhereThereIsNoOtherWay() {
        begin(LONG_CUT);
        STAGE.check("withoutAWayStraightAllGoesThroughTheServer");
    }

    @Test
    void shouldShowThreeInAMeshEachOther() {
        STAGE.check("threeInAMeshSeeEachOther");
    }

    @Test
    @Order(EQUIPPED)
    void shouldShareTheSoundOfAScreen() {
        STAGE.check("aSharedScreenIsHeard");
    }

    @Test
    @Order(HOSTED)
    void shouldShowOneLargeByChoiceOrByPin() {
        STAGE.check("oneIsShownLargeByChoiceOrByPin");
    }

    @Test
    @Order(HOSTED)
    void shouldMarkWhoSpeaks() {
        STAGE.check("whoSpeaksIsMarked");
    }

    @Test
    @Order(HOSTED)
    void shouldLetTheHostChangeTheCallWhileItGoesOn() {
        STAGE.check("theHostChangesTheCallWhileItGoesOn");
    }

    @Test
    @Order(HOSTED)
    void shouldTellWhoComesLateWhatWasSaid() {
        STAGE.check("whoComesLateReadsWhatWasSaid");
    }

    @Test
    void shouldBroadcastToViewersOfWhomTheHostMakesSpeakers() {
        STAGE.check("aBroadcastIsWatchedAndItsSpeakersChange");
    }

    @Test
    void shouldLetTwoCallEachOtherByTheirNumbers() {
        STAGE.check("twoCallEachOtherByTheirNumbers");
    }

    @Test
    @Order(WHILE_A_VIEWER_PUBLISHES)
    void shouldPlaySoundByAButtonThatTheBrowserRefuses() {
        begin(VIEWER_PUBLISHES);
        STAGE.check("soundThatTheBrowserRefusesIsPlayedByAButton");
    }

    @Test
    @Order(AFTER_A_VIEWER_PUBLISHED)
    void shouldNotLetAViewerPublishWithAPatchedPage() {
        begin(VIEWER_PUBLISHES);
        STAGE.check("aViewerWithAPatchedPageIsRefused");
    }

    @Test
    @Order(DURING_THE_CUT)
    void shouldSlowDownAndLogWhoTriesPasswords() {
        begin(LONG_CUT);
        try (LogLines lines = new LogLines()) {
            STAGE.check("passwordsAreNotTriedOut");
            assertThat(lines.last()).anyMatch(line -> line.contains("A wrong password for a call"));
        }
    }

    @Test
    @Order(AFTER_THE_CUT)
    void shouldComeBackAfterACutOfHalfAMinute() {
        begin(LONG_CUT);
        STAGE.check("aLongCutEnds");
    }
}
