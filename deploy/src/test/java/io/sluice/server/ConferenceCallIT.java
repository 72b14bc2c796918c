package io.sluice.server;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The conference page in Chromium: many people, moderation, recovery, and who uses no mouse or reads Korean. */
@Tag("browser")
final class ConferenceCallIT {
    @RegisterExtension static final PageStage STAGE = new PageStage();

    @Test
    void shouldShowSixEachOther() {
        STAGE.check("sixSeeEachOther");
    }

    @Test
    void shouldSpeakKorean() {
        STAGE.check("thePageSpeaksKorean");
    }

    @Test
    void shouldSpeakKoreanOnEveryScreenOfAPhone() {
        STAGE.check("everyScreenIsKoreanAndFitsAPhone");
    }

    @Test
    void shouldHaveAScreenForAFullCall() {
        STAGE.check("aFullCallHasAScreen");
    }

    @Test
    void shouldBeUsedByKeyboardAlone() {
        STAGE.check("theKeyboardSuffices");
    }

    @Test
    void shouldLetTheHostMuteAndMakeViewers() {
        STAGE.check("theHostMutesAndMakesViewers");
    }

    @Test
    void shouldLetTheHostRemoveAndBlock() {
        STAGE.check("theHostRemovesAndBlocks");
    }

    @Test
    void shouldLetNobodyIntoALockedCall() {
        STAGE.check("aLockedCallLetsNobodyIn");
    }

    @Test
    void shouldHandTheHostsRoleOnAndEndForAll() {
        STAGE.check("theHostHandsOnAndTheNextEndsForAll");
    }

    @Test
    void shouldKeepSeatAndChatOverAReload() {
        STAGE.check("aReloadKeepsSeatAndChat");
    }

    @Test
    void shouldShowACutOfTheNetworkAndComeBack() {
        STAGE.check("aCutOfTheNetworkIsShownAndEnds");
    }

    @Test
    void shouldBringPeopleTogetherAgainAfterARestartOfTheServer() throws StartException {
        STAGE.check("twoTalkBeforeARestart");
        STAGE.restartServer();
        STAGE.check("theSameTwoMeetAfterIt");
    }

    @Test
    void shouldGiveTheSeatToASecondTab() {
        STAGE.check("aSecondTabTakesTheSeat");
    }

    @Test
    void shouldPlayByAButtonSoundThatIsHeldBack() {
        STAGE.check("soundThatIsHeldBackIsPlayedByAButton");
    }
}
