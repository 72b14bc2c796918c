// What one does in a call.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  closePanel,
  connected,
  endSharedPair,
  enter,
  faults,
  openPanel,
  person,
  pictures,
  saved,
  say,
  sharedPair,
  startCall,
} from './stage.mjs';

export async function chatHandsAndReactionsReachTheOthers(browser, server) {
  const { ada, bob } = await sharedPair(browser, server, 'talking', { title: 'Monday round' });
  await closePanel(ada);
  await openPanel(bob, /Chat/);
  await say(bob, '<script>document.title="taken"</script> hello');
  await ada.page.getByRole('button', { name: /Chat \(\d+\)/ }).waitFor();
  await openPanel(ada, /Chat/);
  await ada.page.locator('.chat li p').getByText('<script>document.title="taken"</script> hello').waitFor();
  await bob.page.getByRole('button', { name: 'Raise your hand' }).click();
  await ada.page.locator('.tile[aria-label=Bob] .tile-hand').waitFor();
  await bob.page.getByRole('button', { name: 'Lower your hand' }).click();
  await ada.page.locator('.tile[aria-label=Bob] .tile-hand').waitFor({ state: 'detached' });
  await bob.page.getByRole('button', { name: 'Reactions' }).click();
  await bob.page.getByRole('button', { name: '🎉' }).click();
  await ada.page.locator('.tile[aria-label=Bob] .tile-reaction').getByText('🎉').waitFor();
  assert.deepEqual([...ada.errors, ...bob.errors], []);
}

export async function aFileArrivesWholeUnderAHarmlessName(browser, server) {
  const { ada, bob } = await sharedPair(browser, server, 'talking', { title: 'Monday round' });
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));
  await openPanel(bob, /Chat/);
  await bob.page.locator('input[type=file]').setInputFiles({
    name: 'notes<script>.txt',
    mimeType: 'text/html',
    buffer: content,
  });
  await openPanel(ada, /Chat/);
  await ada.page.getByText('notes_script_.txt').waitFor();
  await ada.page.getByRole('button', { name: 'Accept' }).click();
  const download = await saved(ada, ada.page.getByRole('link', { name: 'Save' }));
  assert.equal(download.suggestedFilename(), 'notes_script_.txt');
  assert.ok((await readFile(await download.path())).equals(content));
}

export async function microphoneCameraAndScreenAreSwitched(browser, server) {
  const { ada, bob } = await sharedPair(browser, server, 'talking', { title: 'Monday round' });
  const tile = ada.page.locator('.tile[aria-label=Bob]');
  await bob.page.getByRole('button', { name: 'Turn the microphone off' }).click();
  await tile.getByText('muted').waitFor({ state: 'attached' });
  await bob.page.getByRole('button', { name: 'Turn the camera off' }).click();
  await tile.locator('.avatar').waitFor();
  await bob.page.getByRole('button', { name: 'Turn the camera on' }).click();
  await bob.page.getByRole('button', { name: 'Turn the microphone on' }).click();
  await tile.locator('video').waitFor();
  await tile.getByText('muted').waitFor({ state: 'detached' });
  await bob.page.getByRole('button', { name: 'Share the screen' }).click();
  await ada.page.locator('.tile.is-screen video').waitFor();
  await ada.page.waitForFunction(() => document.querySelector('.tile.is-screen video')?.videoWidth > 0);
  await bob.page.locator('.sharing button').click();
  await ada.page.locator('.tile.is-screen').waitFor({ state: 'detached' });
}

/** Six cameras and thirty pictures are much for a small machine that does other things, too. */
const SIX_PATIENCE_MILLIS = 90_000;

const MIN_FRAMES_PER_SECOND = 5;

/** Of what a machine gets to encode that cannot do so many. */
const MIN_SHARE = 0.8;

/** Keeps the page's connections, to read how many frames it sends. */
function countSent() {
  const all = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      all.push(this);
    }
  };
  window.framesSent = async () => {
    const counts = [0];
    for (const connection of all)
      for (const { type, kind, framesSent } of (await connection.getStats()).values())
        if (type === 'outbound-rtp' && kind === 'video') counts.push(framesSent ?? 0);
    return Math.max(...counts);
  };
}

export async function sixSeeEachOther(browser, server) {
  await endSharedPair();
  const people = [];
  for (let index = 0; index < 6; index++) {
    const who = await person(browser, server, { viewport: { width: 640, height: 400 } });
    await who.context.addInitScript(countSent);
    people.push(who);
  }
  const code = await startCall(people[0], 'Person 0');
  for (const [index, who] of people.entries()) {
    if (index === 0) continue;
    await who.page.goto(`${server}c/${code}`);
    await enter(who, `Person ${index}`);
  }
  await Promise.all(people.map((who) => pictures(who, 6, SIX_PATIENCE_MILLIS)));
  const deadline = Date.now() + SIX_PATIENCE_MILLIS;
  let slow;
  let lowest;
  do {
    const rates = await Promise.all(people.map((who) => who.page.evaluate(frameRates)));
    const sent = rates.map((rate) => rate.sent);
    const seen = rates.flatMap(({ received }) => received);
    lowest = Math.min(...seen.map(({ rate }) => rate));
    const enough = (name) =>
      Math.max(1, Math.min(MIN_FRAMES_PER_SECOND, MIN_SHARE * sent[name.split(' ')[1]]));
    slow = seen.filter(({ name, rate }) => !(rate >= enough(name)));
    if (seen.length !== 30) slow.push({ name: `${seen.length} pictures`, sent });
  } while (slow.length > 0 && Date.now() < deadline);
  assert.deepEqual(slow, []);
  assert.deepEqual(
    people.flatMap((who) => who.errors),
    [],
  );
  return `the slowest of 30 pictures had ${lowest.toFixed(1)} frames/s`;
}

/** The frames a second of one's own picture as it is sent, and of each picture of the others, over 2 s. */
async function frameRates() {
  const videos = [...document.querySelectorAll('.tile video:not(.mirrored)')];
  const frames = () => videos.map((video) => video.getVideoPlaybackQuality().totalVideoFrames);
  const [began, before, sentBefore] = [performance.now(), frames(), await window.framesSent()];
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const [after, sent] = [frames(), await window.framesSent()];
  const seconds = (performance.now() - began) / 1000;
  const received = videos.map((video, index) => ({
    name: video.closest('.tile').ariaLabel,
    rate: (after[index] - before[index]) / seconds,
  }));
  return { sent: (sent - sentBefore) / seconds, received };
}

export async function detailsOfTheConnectionAreShown(browser, server) {
  const { ada } = await sharedPair(browser, server, 'talking', { title: 'Monday round' });
  await ada.page.getByRole('button', { name: 'More' }).click();
  await ada.page.getByRole('button', { name: 'Connection details' }).click();
  await ada.page.locator('.debug tbody tr').nth(2).waitFor();
  await ada.page.waitForFunction(() =>
    [...document.querySelectorAll('.debug tbody td:nth-child(2)')].some(
      (cell) => Number(cell.textContent) > 0,
    ),
  );
  await ada.page.locator('.debug dd').first().waitFor();
  const download = await saved(ada, ada.page.getByRole('button', { name: 'Save the log' }));
  const log = await readFile(await download.path(), 'utf8');
  assert.match(log, /joined/);
  assert.doesNotMatch(log, /eyJ/);
}

export async function nothingIsInaccessible(browser, server) {
  const { ada, code } = await sharedPair(browser, server, 'talking', { title: 'Monday round' });
  const eve = await person(browser, server);
  await eve.page.goto(server);
  await eve.page.locator('summary').first().click();
  const found = await faults(eve, 'start');
  await eve.page.goto(`${server}c/${code}`);
  await eve.page.locator('.preview button[type=submit]:enabled').waitFor();
  found.push(...(await faults(eve, 'preview')));
  await openPanel(ada, /Chat/);
  await say(ada, 'hello');
  found.push(...(await faults(ada, 'chat')));
  await openPanel(ada, /People/);
  found.push(...(await faults(ada, 'people')));
  assert.deepEqual(found, []);
}

export async function thePageSpeaksKorean(browser, server) {
  const ada = await person(browser, server, { locale: 'ko-KR' });
  await ada.page.goto(server);
  await ada.page.getByRole('heading', { name: '통화 참여' }).waitFor();
  await ada.page.locator('html[lang=ko]').waitFor({ state: 'attached' });
  await ada.page.getByLabel('언어').selectOption('en');
  await ada.page.getByRole('heading', { name: 'Join a call' }).waitFor();
  await ada.page.reload();
  await ada.page.getByRole('heading', { name: 'Join a call' }).waitFor();
}

/** The start page has fewer places to stop at. */
const MAX_TABS = 50;

export async function theKeyboardSuffices(browser, server) {
  const ada = await person(browser, server);
  await ada.page.goto(server);
  const press = async (key, times = 1) => {
    for (let time = 0; time < times; time++) await ada.page.keyboard.press(key);
  };
  const focused = () =>
    ada.page.evaluate(
      () => document.activeElement?.textContent || document.activeElement?.getAttribute('aria-label'),
    );
  // A page that has loaded may not have drawn itself yet.
  await ada.page.getByRole('button', { name: 'New call' }).waitFor();
  await press('Tab');
  assert.equal(await focused(), 'Skip to the content');
  for (let tabs = 0; (await focused()) !== 'New call'; tabs++) {
    assert.ok(tabs < MAX_TABS, 'the button is not reached');
    await press('Tab');
  }
  await press('Enter');
  await ada.page.locator('[name=name]:focus').waitFor();
  await ada.page.keyboard.type('Ada');
  await ada.page.locator('.preview button[type=submit]:enabled').waitFor();
  await press('Enter');
  await connected(ada);
  await ada.page.getByRole('button', { name: 'Turn the microphone off' }).waitFor();
  await press('Control+d');
  await ada.page.getByRole('button', { name: 'Turn the microphone on' }).waitFor();
}
