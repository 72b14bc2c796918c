// Devices that are switched, pulled out and plugged in while one is in a call.
import assert from 'node:assert/strict';
import { absent, moves, sharedPair } from './stage.mjs';

const BOB = '.tile[aria-label=Bob]';

/** Lets a test pull out what a page has opened: the tracks end, and there is no such device until it is plugged in. */
function pluggable({ page }) {
  return page.addInitScript(() => {
    const media = navigator.mediaDevices;
    const { getUserMedia, enumerateDevices } = MediaDevices.prototype;
    const open = new Set();
    let out = false;
    let opens = Promise.resolve();
    window.holdOpening = () => {
      opens = new Promise((resolve) => (window.releaseOpening = resolve));
    };
    media.getUserMedia = async (constraints) => {
      await opens;
      if (out) throw new DOMException('nothing is plugged in', 'NotFoundError');
      const stream = await getUserMedia.call(media, constraints);
      stream.getTracks().forEach((track) => open.add(track));
      // The one that was opened last.
      window.microphone = stream.getAudioTracks()[0] ?? window.microphone;
      return stream;
    };
    media.enumerateDevices = async () =>
      (await enumerateDevices.call(media)).filter(({ kind }) => !out || kind === 'audiooutput');
    window.pull = (isOut) => {
      out = isOut;
      if (isOut) window.microphone = undefined;
      for (const track of isOut ? open : []) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
        open.delete(track);
      }
      media.dispatchEvent(new Event('devicechange'));
    };
  });
}

const equipped = (browser, server) => sharedPair(browser, server, 'equipped', {}, pluggable);

export async function devicesArePulledOutAndPluggedIn(browser, server) {
  const { ada, bob } = await equipped(browser, server);
  await moves(ada, `${BOB} video`);
  await bob.page.evaluate(() => window.pull(true));
  await bob.page.getByText('Camera was disconnected').waitFor();
  await bob.page.getByText('Microphone was disconnected').waitFor();
  await ada.page.locator(`${BOB} .avatar`).waitFor();
  await ada.page.locator(BOB).getByText('muted').waitFor({ state: 'attached' });
  await bob.page.evaluate(() => window.pull(false));
  await bob.page.getByText('Camera is back').waitFor();
  await moves(ada, `${BOB} video`);
  await ada.page.locator(BOB).getByText('muted').waitFor({ state: 'detached' });
  await absent(bob.page.locator('[data-trouble]'));
}

export async function whoTurnsTheMicrophoneOffWhileItOpensIsMuted(browser, server) {
  const { ada, bob } = await equipped(browser, server);
  const seenMuted = (state) => ada.page.locator(BOB).getByText('muted').waitFor({ state });
  await seenMuted('detached');
  await bob.page.evaluate(() => window.pull(true));
  await seenMuted('attached');
  await bob.page.evaluate(() => {
    window.holdOpening();
    window.pull(false);
  });
  await bob.page.getByRole('button', { name: 'Turn the microphone off' }).click();
  await bob.page.evaluate(() => window.releaseOpening());
  await bob.page.waitForFunction(() => window.microphone?.enabled === false);
  await bob.page.getByRole('button', { name: 'Turn the microphone on' }).click();
  await seenMuted('detached');
  await moves(ada, `${BOB} video`);
}

const ownDevice = () =>
  document.querySelector('.tile video.mirrored')?.srcObject?.getVideoTracks()[0]?.getSettings().deviceId;

export async function anotherCameraAndMicrophoneAreChosenInTheCall(browser, server) {
  const { ada, bob } = await equipped(browser, server);
  const before = await (await bob.page.waitForFunction(ownDevice)).jsonValue();
  await bob.page.getByRole('button', { name: 'More', exact: true }).click();
  await bob.page.getByRole('button', { name: 'Devices' }).click();
  for (const label of ['Camera', 'Microphone']) {
    const choice = bob.page.getByRole('dialog').getByLabel(label);
    // The system's own, and two that the browser lists a moment later.
    await choice.locator('option').nth(2).waitFor({ state: 'attached' });
    const values = await choice.locator('option').evaluateAll((options) => options.map(({ value }) => value));
    const other = values.findLast((value) => value !== '' && value !== before);
    assert.ok(other, `there is one ${label} only: ${values}`);
    await choice.selectOption(other);
  }
  await bob.page.keyboard.press('Escape');
  await bob.page.waitForFunction(
    (device) =>
      document.querySelector('.tile video.mirrored')?.srcObject?.getVideoTracks()[0]?.getSettings()
        .deviceId !== device,
    before,
  );
  await moves(ada, `${BOB} video`);
  // Each way to choose it stays: also for the next call.
  await bob.page.waitForFunction((device) => {
    const kept = localStorage.getItem('sluice.camera');
    return kept !== null && kept !== device;
  }, before);
}

/** A picture of something with a tone of 440 Hz, as a browser gives when a tab with sound is shared. */
function tabWithSound() {
  navigator.mediaDevices.getDisplayMedia = async (asked) => {
    window.soundAsked = asked.audio;
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const drawing = canvas.getContext('2d');
    setInterval(() => drawing.fillRect(Math.random() * 640, Math.random() * 360, 20, 20), 100);
    const sound = new AudioContext();
    const tone = new OscillatorNode(sound, { frequency: 440 });
    const out = sound.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    await sound.resume();
    return new MediaStream([...canvas.captureStream(10).getTracks(), ...out.stream.getTracks()]);
  };
}

/** Whether one of the sounds that play is a tone of 440 Hz. */
async function toneIsHeard() {
  for (const audio of document.querySelectorAll('audio')) {
    if (!audio.srcObject?.active || audio.paused) continue;
    const listener = new AudioContext();
    const analyser = new AnalyserNode(listener, { fftSize: 4096 });
    listener.createMediaStreamSource(audio.srcObject).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const levels = new Uint8Array(analyser.frequencyBinCount);
    analyser.getByteFrequencyData(levels);
    const loudest = levels.indexOf(Math.max(...levels));
    const heard = levels[loudest] > 100 && Math.abs((loudest * listener.sampleRate) / 4096 - 440) < 30;
    await listener.close();
    if (heard) return true;
  }
  return false;
}

export async function aSharedScreenIsHeard(browser, server) {
  const { ada, bob } = await equipped(browser, server);
  await bob.page.evaluate(tabWithSound);
  await bob.page.getByRole('button', { name: 'Share the screen' }).click();
  await moves(ada, '.tile.is-screen video');
  await ada.page.waitForFunction(toneIsHeard, undefined, { polling: 300 });
  assert.ok(await bob.page.evaluate(() => window.soundAsked));
  await bob.page.locator('.sharing button').click();
  await ada.page.locator('.tile.is-screen').waitFor({ state: 'detached' });
  await ada.page.waitForFunction(() => document.querySelectorAll('audio').length === 1);
}
