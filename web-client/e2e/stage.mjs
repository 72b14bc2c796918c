// What the checks of the page stand on: one Chromium with fake devices, and a person in each context of its own.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
export const PATIENCE_MILLIS = 60_000;
const FAKE_FRAMES = 10;

/** The second of Chromium's fake cameras gives pictures that it does not encode. */
const FAKE_CAMERAS = 3;

export async function launch({ autoplay = 'no-user-gesture-required', program = PROGRAM, args = [] } = {}) {
  return chromium.launch({
    executablePath: program,
    args: [
      ...args,
      `--use-fake-device-for-media-stream=fps=${FAKE_FRAMES},device-count=${FAKE_CAMERAS}`,
      '--use-fake-ui-for-media-stream',
      '--auto-select-desktop-capture-source=Entire screen',
      `--autoplay-policy=${autoplay}`,
      '--allow-loopback-in-peer-connection',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--no-sandbox',
    ],
  });
}

/** A camera of 180 lines: several that send more, each in three sizes, are too much for a small machine. */
function smallCamera() {
  if (!('MediaDevices' in window)) return;
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = function ({ audio, video }) {
    const wanted = typeof video === 'object' ? video : {};
    return getUserMedia.call(this, { audio, video: video && { ...wanted, width: 320, height: 180 } });
  };
}

/** Somebody with a browser profile of their own. What goes wrong in its console is kept in `errors`. */
export async function person(browser, server, { hasLargeCamera = false, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1100, height: 720 },
    locale: 'en-US',
    permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MILLIS);
  if (!hasLargeCamera) await context.addInitScript(smallCamera);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  return { context, page, server, errors };
}

/** Makes a call, and is its host; returns the code. */
export async function startCall(who, name, options = {}) {
  const { page, server } = who;
  await page.goto(server);
  if (Object.keys(options).length > 0) await page.locator('summary').first().click();
  if (options.title) await page.fill('[name=title]', options.title);
  if (options.password) await page.fill('[name=password]', options.password);
  const switches = page.getByRole('switch');
  if (options.lobby) await switches.nth(0).check({ force: true });
  if (options.audioOnly) await switches.nth(1).check({ force: true });
  if (options.broadcast) await switches.nth(2).check({ force: true });
  if (options.direct) await switches.nth(3).check({ force: true });
  await page.locator('form button[type=submit]').first().click();
  await enter(who, name);
  await page.waitForURL(/\/c\/[a-z]{4}-[a-z]{4}$/);
  return new URL(page.url()).pathname.slice('/c/'.length);
}

/** Joins by typing the code. */
export async function joinCall(who, name, code, password) {
  await who.page.goto(who.server);
  await who.page.fill('[name=code]', code);
  await who.page.locator('form button[type=submit]').nth(1).click();
  await enter(who, name, password);
}

/** Fills in the preview and goes on. */
export async function enter({ page }, name, password) {
  await page.fill('[name=name]', name);
  if (password !== undefined) await page.fill('[name=password]', password);
  await page.locator('.preview button[type=submit]').click();
}

export async function connected({ page }) {
  await page.locator('[data-connection=connected]').waitFor();
}

/** Waits until so many pictures move, one's own included. */
export async function pictures({ page }, count, millis = PATIENCE_MILLIS) {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('.tile video')].filter(
        (video) => video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 5,
      ).length >= wanted,
    count,
    { timeout: millis },
  );
}

/** Opens what stands beside the pictures, if it is not open. */
export async function openPanel({ page }, name) {
  const button = page.locator('.control-bar').getByRole('button', { name });
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  // By its button, since another panel may have been open.
  await page.locator('.control-bar').getByRole('button', { name, expanded: true }).waitFor();
  await page.locator('.panel').waitFor();
}

/** Closes what stands beside the pictures, whatever it is. */
export async function closePanel({ page }) {
  const panel = page.locator('.panel');
  if ((await panel.count()) > 0) await panel.locator('header button').click();
  await absent(panel);
}

/** Waits until there is no such thing, if there still is one. */
export async function absent(locator) {
  await locator.first().waitFor({ state: 'detached' });
}

/** The file that this saves. */
export async function saved({ page }, link) {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return download;
}

export async function say(who, text) {
  await who.page.locator('.composer textarea').fill(text);
  await who.page.locator('.composer textarea').press('Enter');
}

export async function stopped({ page }, why) {
  await page.locator(`[data-stop=${why}]`).waitFor();
}

/** Waits until a picture goes on: frames come that had not come before. */
export async function moves({ page }, selector, millis = PATIENCE_MILLIS) {
  const frames = (wanted) =>
    page.waitForFunction(
      ([at, least]) => {
        const count = document.querySelector(at)?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
        return count >= least ? count + 1 : 0;
      },
      [selector, wanted],
      { timeout: millis },
    );
  const before = await (await frames(1)).jsonValue();
  await frames(before + 2);
}

/**
 * How long it takes on this machine, now, until a picture arrives over a connection inside of one page, without any server: by
 * it one tells a slow machine from a slow call.
 */
export async function controlMillis(browser, server) {
  const { context, page } = await person(browser, server);
  await page.goto(`${server}plain/`);
  const took = await page.evaluate(async () => {
    const began = performance.now();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
    const video = document.createElement('video');
    video.muted = true;
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    far.ontrack = ({ track }) => {
      if (track.kind !== 'video') return;
      video.srcObject = new MediaStream([track]);
      void video.play();
    };
    stream.getTracks().forEach((track) => near.addTrack(track, stream));
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription);
    await shown;
    const took = performance.now() - began;
    near.close();
    far.close();
    stream.getTracks().forEach((track) => track.stop());
    return took;
  });
  await context.close();
  return Math.round(took);
}

/** Two people in a call by code; Ada is the host. Bob's browser may be prepared. */
export async function pair(browser, server, options = {}, prepare = undefined) {
  const ada = await person(browser, server);
  const bob = await person(browser, server);
  await prepare?.(bob, ada);
  const code = await startCall(ada, 'Ada', options);
  await joinCall(bob, 'Bob', code);
  const joined = Date.now();
  await Promise.all([connected(ada), connected(bob)]);
  return { ada, bob, code, joined };
}

let shared;

/**
 * A pair that several checks use one after the other, since coming together takes longer than most of them. There is one at a
 * time, so that no more than four pages are open with those of a check: the next one ends it.
 */
export async function sharedPair(browser, server, name, options, prepare) {
  if (shared?.name !== name) {
    await endSharedPair();
    shared = { name, ...(await pair(browser, server, options, prepare)) };
  }
  return shared;
}

/** Ends the shared call, for a check that needs the whole machine. */
export async function endSharedPair() {
  const people = shared ? [shared.ada, shared.bob] : [];
  shared = undefined;
  await Promise.all(people.map(({ context }) => context.close()));
}

/** A microphone that hums without a pause, as fake ones do not. */
function humming({ page }) {
  return page.addInitScript(() => {
    const media = navigator.mediaDevices;
    const { getUserMedia } = MediaDevices.prototype;
    media.getUserMedia = async (constraints) => {
      const stream = await getUserMedia.call(media, constraints);
      if (!constraints.audio) return stream;
      const sound = new AudioContext();
      const out = sound.createMediaStreamDestination();
      const hum = new OscillatorNode(sound, { frequency: 300 });
      hum.connect(out);
      hum.start();
      return new MediaStream([...stream.getVideoTracks(), ...out.stream.getAudioTracks()]);
    };
  });
}

/** A pair whose call others join, and change; Bob is heard all the time. */
export const hosted = (browser, server) => sharedPair(browser, server, 'hosted', {}, humming);

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Faults that axe finds, however small, in both colour schemes. */
export async function faults({ page }, where) {
  // As text of the test and not of the page, which refuses scripts of others.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
    for (const { id, impact, nodes } of violations)
      found.push(`${where}, ${colorScheme}: ${id} (${impact}) ${nodes[0].html.slice(0, 200)}`);
  }
  return found;
}

const keptOpen = new Set();

/** People of a check that another one goes on with. */
export function keepOpen(...people) {
  people.forEach(({ context }) => keptOpen.add(context));
}

/** Sends home who is used by no other check. */
export async function closeOthers(browser) {
  const kept = new Set([...keptOpen, ...(shared ? [shared.ada.context, shared.bob.context] : [])]);
  const left = browser.contexts().filter((context) => !kept.has(context));
  await Promise.all(left.map((context) => context.close().catch(() => {})));
}
