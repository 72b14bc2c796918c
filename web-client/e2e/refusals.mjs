// What a browser or the server refuses, whatever a page wants.
import assert from 'node:assert/strict';
import {
  connected,
  controlMillis,
  endSharedPair,
  enter,
  joinCall,
  keepOpen,
  launch,
  openPanel,
  PATIENCE_MILLIS,
  person,
  pictures,
  startCall,
} from './stage.mjs';

/** Between "call" and both pictures, on a machine with time. */
const MEETING_MILLIS = 3_000;

/** Of so many who call one after the other the quickest counts: others may keep the machine busy meanwhile. */
const CALLERS = 3;

export async function bothPicturesComeSoonAfterTheCall(browser, server) {
  const control = await controlMillis(browser, server);
  const allowed = Math.max(MEETING_MILLIS, 10 * control);
  const ada = await person(browser, server);
  const code = await startCall(ada, 'Ada');
  await connected(ada);
  const took = [];
  while (took.length < CALLERS && !took.some((millis) => millis <= allowed)) {
    took.push(await callerMillis(browser, server, ada, code));
  }
  assert.ok(Math.min(...took) <= allowed, `it took ${took.join(', ')} ms, allowed were ${allowed}`);
  return `both pictures ${took.join(', ')} ms after the call (control ${control} ms)`;
}

/** How long it takes from Bob's "call" until he and Ada see each other; he leaves again. */
async function callerMillis(browser, server, ada, code) {
  const bob = await person(browser, server);
  await bob.page.goto(`${server}c/${code}`);
  await bob.page.locator('.preview video:visible').waitFor();
  await bob.page.fill('[name=name]', 'Bob');
  const began = Date.now();
  await bob.page.locator('.preview button[type=submit]').click();
  await Promise.all([ada, bob].map((who) => firstPictures(who)));
  const took = Date.now() - began;
  await bob.context.close();
  await ada.page.locator('.tile[aria-label=Bob]').waitFor({ state: 'detached' });
  return took;
}

function firstPictures({ page }) {
  return page.waitForFunction(
    () => [...document.querySelectorAll('.tile video')].filter((video) => video.videoWidth > 0).length >= 2,
  );
}

/** A page that lets viewers publish: both the page's own rule and that of LiveKit's client are taken out. */
async function lawless({ context }) {
  let patched = 0;
  await context.route('**/assets/*.js', async (route) => {
    const response = await route.fetch();
    const body = (await response.text())
      .replace(/hasPermissionsToPublish\(\w+\)\{/g, (start) => {
        patched++;
        return `${start}return!0;`;
      })
      .replace(/([!=]==?)(["'`])viewer\2/g, (comparison, sign, quote) => {
        patched++;
        return `${sign}${quote}nobody${quote}`;
      });
    await route.fulfill({ response, body });
  });
  return () => patched;
}

let lawlessViewer;

/** Begins to publish as a viewer whose page is patched. The client gives up after ten seconds, in which others are checked. */
export async function aViewerPublishesWithAPatchedPage(browser, server) {
  await endSharedPair();
  const ada = await person(browser, server);
  const bob = await person(browser, server);
  const patched = await lawless(bob);
  let sent = '';
  bob.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => (sent += payload.toString('latin1'))),
  );
  const code = await startCall(ada, 'Ada');
  await joinCall(bob, 'Bob', code);
  await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
  assert.ok(patched() >= 2, 'the page is not the one that this check knows how to patch');
  await openPanel(ada, /People/);
  await ada.page.getByRole('button', { name: 'What to do with Bob' }).click();
  await ada.page.getByRole('button', { name: 'Make viewer' }).click();
  await ada.page.locator('.tile[aria-label=Bob] .avatar').waitFor();
  sent = '';
  // It comes back, and takes no notice of what it is now.
  await bob.page.reload();
  keepOpen(ada, bob);
  lawlessViewer = { ada, bob, sent: () => sent };
}

export async function aViewerWithAPatchedPageIsRefused() {
  const { ada, bob, sent } = lawlessViewer;
  // It says what it says when a device cannot be used.
  for (const what of ['camera', 'microphone']) await bob.page.locator(`[data-trouble^=${what}]`).waitFor();
  const tracks = sent().match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
  assert.ok(tracks.length >= 2, 'the patched page did not ask for its tracks');
  assert.equal(await ada.page.locator('.tile[aria-label=Bob] video').count(), 0);
  await ada.page.locator('.tile[aria-label=Bob]').getByText('muted').waitFor({ state: 'attached' });
  await Promise.all([ada, bob].map(({ context }) => context.close()));
}

export async function passwordsAreNotTriedOut(browser, server) {
  const ada = await person(browser, server);
  const code = await startCall(ada, 'Ada', { password: 'open sesame' });
  const eve = await person(browser, server);
  await joinCall(eve, 'Eve', code, 'open 0');
  for (let tries = 1; tries < 5; tries++) {
    await eve.page.getByText('That is not the password.').waitFor();
    await enter(eve, 'Eve', `open ${tries}`);
    await eve.page.locator('.preview button[type=submit]:enabled').waitFor();
  }
  await eve.page.getByText('That is not the password.').waitFor();
  // Too late, also for the right one.
  await enter(eve, 'Eve', 'open sesame');
  await eve.page.getByText(/Too many tries\. Try again in \d+ s\./).waitFor();
}

/** So long after it was touched a page may still play sounds, and each look at it by a test touches it. */
const TOUCHED_MILLIS = 5_500;

/** By Chromium's own rule for pages that nobody has touched for a while. */
export async function soundThatTheBrowserRefusesIsPlayedByAButton(browser, server) {
  const strict = await launch({ autoplay: 'user-gesture-required' });
  try {
    const ada = await person(browser, server);
    const bob = await person(strict, server);
    const refused = new Promise((resolve) => {
      setTimeout(resolve, 2 * PATIENCE_MILLIS, 'nothing was refused').unref();
      void bob.page.exposeFunction('playRefused', resolve);
    });
    await bob.page.addInitScript(() => {
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function () {
        const playing = play.call(this);
        if (this.tagName === 'AUDIO') playing.catch(({ name }) => window.playRefused(name));
        return playing;
      };
    });
    await bob.page.goto(server);
    await bob.page.locator('form button[type=submit]').first().click();
    // Whoever is heard may play what it hears.
    for (const what of ['camera', 'microphone'])
      await bob.page.getByRole('button', { name: `Turn the ${what} off` }).click();
    await enter(bob, 'Bob');
    await connected(bob);
    const { pathname } = new URL(bob.page.url());
    await ada.page.goto(new URL(pathname, server).href);
    await ada.page.locator('.preview button[type=submit]:enabled').waitFor();
    await new Promise((resolve) => setTimeout(resolve, TOUCHED_MILLIS));
    await enter(ada, 'Ada');
    assert.equal(await refused, 'NotAllowedError');
    await bob.page.locator('[data-trouble=autoplay] button').click();
    await bob.page.locator('[data-trouble=autoplay]').waitFor({ state: 'detached' });
    await bob.page.waitForFunction(() =>
      [...document.querySelectorAll('audio')].some((audio) => !audio.paused),
    );
  } finally {
    await strict.close();
  }
}
