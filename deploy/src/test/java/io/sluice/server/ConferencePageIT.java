package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The conference page in Chromium: ways into a call, and what one does there. */
@Tag("browser")
final class ConferencePageIT {
    @RegisterExtension static final PageStage STAGE = PageStage.withNetwork();

    @Test
    void shouldPassTheChecksOfItsSources() throws Exception {
        STAGE.checkSources();
    }

    @Test
    void shouldLetTwoMeetByCode() {
        STAGE.check("twoMeetByCode");
    }

    @Test
    void shouldLetTwoTalkWhereNoUdpGetsThrough() {
        STAGE.assumeNetwork();
        long before = STAGE.tcp().framesOut();

        STAGE.check("twoTalkWhereNoUdpGetsThrough");

        assertThat(STAGE.tcp().framesOut()).isGreaterThan(before);
    }

    @Test
    void shouldLeadToTheCallByLinkAndQrCode() {
        STAGE.check("theLinkAndTheQrCodeLeadToTheCall");
    }

    @Test
    void shouldAskForThePassword() {
        STAGE.check("aPasswordIsAskedFor");
    }

    @Test
    void shouldHoldInTheLobbyWhoWasNotAdmitted() {
        STAGE.check("theLobbyHoldsWhoWasNotAdmitted");
    }

    @Test
    void shouldHaveAScreenForAWrongCode() {
        STAGE.check("aWrongCodeHasAScreen");
    }

    @Test
    void shouldHaveNoCamerasInAnAudioCall() {
        STAGE.check("anAudioCallHasNoCameras");
    }

    @Test
    void shouldExplainEachTroubleWithDevices() {
        STAGE.check("eachTroubleWithDevicesIsExplained");
    }

    @Test
    void shouldShowStrangeNamesAsText() {
        STAGE.check("strangeNamesAreShownAsText");
    }

    @Test
    void shouldBeSmallAndQuick() {
        STAGE.check("thePageIsSmallAndQuick");
    }

    @Test
    void shouldBringChatHandsAndReactionsToTheOthers() {
        STAGE.check("chatHandsAndReactionsReachTheOthers");
    }

    @Test
    void shouldBringAFileWholeUnderAHarmlessName() {
        STAGE.check("aFileArrivesWholeUnderAHarmlessName");
    }

    @Test
    void shouldSwitchMicrophoneCameraAndScreen() {
        STAGE.check("microphoneCameraAndScreenAreSwitched");
    }

    @Test
    void shouldHaveNothingInaccessible() {
        STAGE.check("nothingIsInaccessible");
    }

    @Test
    void shouldShowPhotosInTheChatAndInTheHistory() {
        STAGE.check("aPhotoStandsInTheChatAndInTheHistory");
    }

    @Test
    void shouldShowDetailsOfTheConnection() {
        STAGE.check("detailsOfTheConnectionAreShown");
    }
}
