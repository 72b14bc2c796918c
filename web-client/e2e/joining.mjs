// Ways into a call, and the screens of those who do not get in.
import assert from 'node:assert/strict';
import {
  absent,
  connected,
  enter,
  joinCall,
  openPanel,
  person,
  pictures,
  sharedPair,
  startCall,
  stopped,
} from './stage.mjs';

const TITLE = { title: 'Monday round' };

export async function twoMeetByCode(browser, server) {
  const { ada, bob, joined } = await sharedPair(browser, server, 'talking', TITLE);
  await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
  const took = Date.now() - joined;
  await bob.page.locator('.tile[aria-label=Ada]').waitFor();
  assert.deepEqual([...ada.errors, ...bob.errors], []);
  return `both pictures at most ${took} ms after joining`;
}

export async function theLinkAndTheQrCodeLeadToTheCall(browser, server) {
  const { ada, code } = await sharedPair(browser, server, 'talking', TITLE);
  await ada.page.locator('.chip.code').click();
  await ada.page.locator('svg.qr').waitFor();
  const link = await ada.page.locator('.invite input').inputValue();
  assert.equal(link, `${server}c/${code}`);
  await ada.page.keyboard.press('Escape');
  const eve = await person(browser, server);
  await eve.page.goto(link);
  await eve.page.getByRole('heading', { name: 'Monday round' }).waitFor();
}

export async function aPasswordIsAskedFor(browser, server) {
  const ada = await person(browser, server);
  const code = await startCall(ada, 'Ada', { password: 'open sesame' });
  const bob = await person(browser, server);
  await joinCall(bob, 'Bob', code, 'open barley');
  await bob.page.getByText('That is not the password.').waitFor();
  await bob.page.fill('[name=password]', 'open sesame');
  await bob.page.locator('.preview button[type=submit]').click();
  await connected(bob);
}

export async function theLobbyHoldsWhoWasNotAdmitted(browser, server) {
  const ada = await person(browser, server);
  const code = await startCall(ada, 'Ada', { lobby: true });
  await connected(ada);
  const bob = await person(browser, server);
  await joinCall(bob, 'Bob', code);
  await stopped(bob, 'waiting');
  await ada.page.locator('.lobby-notice').click();
  await ada.page.getByRole('button', { name: 'Admit' }).click();
  await connected(bob);
  const eve = await person(browser, server);
  await joinCall(eve, 'Eve', code);
  await stopped(eve, 'waiting');
  await ada.page.getByRole('button', { name: 'Refuse' }).click();
  await stopped(eve, 'refused');
}

export async function aWrongCodeHasAScreen(browser, server) {
  const ada = await person(browser, server);
  await ada.page.goto(`${server}c/zzzz-zzzz`);
  await stopped(ada, 'wrongCode');
  await ada.page.goto(`${server}c/abc`);
  await stopped(ada, 'wrongCode');
  await ada.page.goto(server);
  await ada.page.fill('[name=code]', 'abc');
  await ada.page.locator('form button[type=submit]').nth(1).click();
  await ada.page.getByText('A code has eight letters.').waitFor();
}

export async function anAudioCallHasNoCameras(browser, server) {
  const ada = await person(browser, server);
  const code = await startCall(ada, 'Ada', { audioOnly: true });
  const bob = await person(browser, server);
  await joinCall(bob, 'Bob', code);
  await Promise.all([connected(ada), connected(bob)]);
  await bob.page.locator('.tile[aria-label=Ada] .avatar').waitFor();
  await absent(bob.page.getByRole('button', { name: /camera/ }));
  await bob.page.waitForFunction(() =>
    [...document.querySelectorAll('audio')].some((audio) => audio.srcObject?.active && !audio.paused),
  );
}

/** Makes getUserMedia fail as it does for one kind of trouble. */
function failing({ page }, name) {
  return page.addInitScript((error) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('as a test wants it', error));
  }, name);
}

export async function eachTroubleWithDevicesIsExplained(browser, server) {
  const troubles = { NotAllowedError: 'denied', NotFoundError: 'none', NotReadableError: 'busy' };
  for (const [error, trouble] of Object.entries(troubles)) {
    const ada = await person(browser, server);
    await failing(ada, error);
    await ada.page.goto(server);
    await ada.page.locator('form button[type=submit]').first().click();
    await ada.page.locator(`[data-trouble=camera-${trouble}]`).waitFor();
    await ada.page.locator(`[data-trouble=microphone-${trouble}]`).waitFor();
    if (trouble === 'denied') {
      // One can join all the same.
      await enter(ada, 'Ada');
      await connected(ada);
    }
    await ada.context.close();
  }
}

export async function strangeNamesAreShownAsText(browser, server) {
  const ada = await person(browser, server);
  const evil = '<img src=x onerror=document.title="taken">';
  const code = await startCall(ada, 'Ada', { title: evil });
  const bob = await person(browser, server);
  await joinCall(bob, evil, code);
  await connected(bob);
  await openPanel(ada, /People/);
  await ada.page.locator('.panel').getByText(evil).waitFor();
  await ada.page.locator('.top-title').getByText(evil).waitFor();
  assert.equal(await ada.page.locator('img').count(), 0);
}

const PAINT_MILLIS = 1000;

async function firstPaint({ page }) {
  const paint = await page.waitForFunction(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  );
  return paint.jsonValue();
}

async function paintOf(browser, address, server) {
  const who = await person(browser, server);
  await who.page.goto(address);
  const paint = await firstPaint(who);
  await who.context.close();
  return paint;
}

export async function thePageIsSmallAndQuick(browser, server) {
  const ada = await person(browser, server);
  let bytes = 0;
  const session = await ada.context.newCDPSession(ada.page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', (loaded) => (bytes += loaded.encodedDataLength));
  await startCall(ada, 'Ada');
  await connected(ada);
  assert.ok(bytes > 50_000 && bytes < 400_000, `the page has ${bytes} bytes`);
  // Others who keep the machine busy spoil some; a slow one is slow with any page.
  let [paint, allowed] = [await firstPaint(ada), PAINT_MILLIS];
  for (let tries = 0; paint > allowed && tries < 4; tries++) {
    allowed = Math.max(PAINT_MILLIS, 2 * (await paintOf(browser, `${server}plain/`, server)));
    paint = await paintOf(browser, server, server);
  }
  assert.ok(paint <= allowed, `first paint after ${paint} ms, allowed were ${allowed}`);
  return `${bytes} bytes, first paint after ${Math.round(paint)} ms`;
}
