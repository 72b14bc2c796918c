package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The conference page in Chromium where something goes wrong or changes in the middle of a call. The longest cut of the
 * network lasts half a minute, in which others are tested.
 */
@Tag("browser")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ConferenceTroubleIT {
    /** What is measured with no other page beside it. */
    private static final int BEFORE_THE_CUT = 1;

    /** What takes half a minute together, while the network is cut; its return is measured with nothing beside it. */
    private static final int DURING_THE_CUT = 2;

    private static final int AFTER_THE_CUT = 3;

    @RegisterExtension static final PageStage STAGE = new PageStage();

    private static boolean longCutBegan;

    /** By whichever test of those that need it is the first. */
    private static void beginLongCut() {
        if (!longCutBegan) {
            longCutBegan = true;
            STAGE.check("aLongCutBegins");
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
        beginLongCut();
        STAGE.check("aShortCutThatNobodyTellsOf");
    }

    @Test
    void shouldLetGoOfDevicesThatArePulledOutAndTakeThemAgain() {
        STAGE.check("devicesArePulledOutAndPluggedIn");
    }

    @Test
    void shouldMuteWhoTurnsTheMicrophoneOffWhileItOpens() {
        STAGE.check("whoTurnsTheMicrophoneOffWhileItOpensIsMuted");
    }

    @Test
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
    void shouldGoThroughTheServerWhereThereIsNoOtherWay() {
        STAGE.check("withoutAWayStraightAllGoesThroughTheServer");
    }

    @Test
    void shouldShowThreeInAMeshEachOther() {
        STAGE.check("threeInAMeshSeeEachOther");
    }

    @Test
    void shouldShareTheSoundOfAScreen() {
        STAGE.check("aSharedScreenIsHeard");
    }

    @Test
    void shouldShowOneLargeByChoiceOrByPin() {
        STAGE.check("oneIsShownLargeByChoiceOrByPin");
    }

    @Test
    void shouldMarkWhoSpeaks() {
        STAGE.check("whoSpeaksIsMarked");
    }

    @Test
    void shouldLetTheHostChangeTheCallWhileItGoesOn() {
        STAGE.check("theHostChangesTheCallWhileItGoesOn");
    }

    @Test
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
    void shouldPlaySoundByAButtonThatTheBrowserRefuses() {
        STAGE.check("soundThatTheBrowserRefusesIsPlayedByAButton");
    }

    @Test
    void shouldNotLetAViewerPublishWithAPatchedPage() {
        STAGE.check("aViewerCannotPublishWithAPatchedPage");
    }

    @Test
    @Order(DURING_THE_CUT)
    void shouldSlowDownAndLogWhoTriesPasswords() {
        beginLongCut();
        try (LogLines lines = new LogLines()) {
            STAGE.check("passwordsAreNotTriedOut");
            assertThat(lines.last()).anyMatch(line -> line.contains("A wrong password for a call"));
        }
    }

    @Test
    @Order(AFTER_THE_CUT)
    void shouldComeBackAfterACutOfHalfAMinute() {
        beginLongCut();
        STAGE.check("aLongCutEnds");
    }
}
