// Two who are connected straight with each other, and what brings them back to the server.
import assert from 'node:assert/strict';
import { connected, endSharedPair, joinCall, moves, pair, person, pictures } from './stage.mjs';

/** The longest that a picture may be missing. */
const MAX_GAP_MILLIS = 1000;

/** A way that falls silent is noticed after three seconds; then the server has to ask for a picture, and pass it on. */
const MAX_SILENT_GAP_MILLIS = 6000;

/** A way is looked for during three seconds; a busy machine may take twice as long again to notice. */
const MAX_LOOKING_MILLIS = 9000;

/** Keeps the page's connections, to read their counters. */
function keepConnections() {
  const all = [];
  window.keptConnections = all;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      all.push(this);
    }
    createDataChannel(label, options) {
      const channel = super.createDataChannel(label, options);
      if (label === 'pulse') this.pulses = channel;
      this.isStraight ||= label === 'pulse';
      return channel;
    }
  };
  window.straight = () =>
    all.filter(({ isStraight, connectionState }) => isStraight && connectionState === 'connected');
  // As when the network between the two does: nothing comes, and nobody says so.
  window.fallSilent = async () => {
    for (const connection of window.straight()) {
      connection.pulses.send = () => {};
      for (const sender of connection.getSenders()) {
        const parameters = sender.getParameters();
        for (const encoding of parameters.encodings) encoding.active = false;
        await sender.setParameters(parameters);
      }
    }
  };
  window.countersOf = async (isStraight) => {
    const sum = { sent: 0, received: 0, packets: 0, open: 0 };
    for (const connection of all) {
      if (!!connection.isStraight !== isStraight || connection.connectionState !== 'connected') continue;
      sum.open++;
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'outbound-rtp') sum.sent += report.bytesSent;
        if (report.type !== 'inbound-rtp') continue;
        sum.received += report.bytesReceived;
        sum.packets += report.packetsReceived;
      }
    }
    return sum;
  };
}

/** Before their pages are opened. */
const watched = (...people) =>
  Promise.all(people.map(({ context }) => context.addInitScript(keepConnections)));

const way = ({ page }, name) => page.locator(`.call[data-way=${name}]`).waitFor();

/** Waits for a second in which all comes straight, and nothing through the server. */
function onlyStraight({ page }) {
  return page.waitForFunction(
    async () => {
      const counters = async () => [await window.countersOf(true), await window.countersOf(false)];
      const [straight, server] = await counters();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const [straightLater, serverLater] = await counters();
      return (
        straightLater.received > straight.received &&
        straightLater.sent > straight.sent &&
        serverLater.packets === server.packets &&
        serverLater.sent === server.sent &&
        server.open > 0
      );
    },
    undefined,
    { polling: 200 },
  );
}

/** Waits until frames come through the server, and nothing straight. */
function onlyServer({ page }) {
  return page.waitForFunction(
    async () => {
      const before = (await window.countersOf(false)).packets;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return (await window.countersOf(false)).packets > before && (await window.countersOf(true)).open === 0;
    },
    undefined,
    { polling: 100 },
  );
}

/**
 * From now on notes when somebody's picture has shown a frame (the one that is seen, not one that waits), and when one's own has,
 * which needs no network: by it one tells a machine that stands still from a call that does.
 */
function watchFrames({ page }, name) {
  return page.evaluate((label) => {
    const known = new WeakSet();
    const now = performance.now();
    window.shownAt = { other: [now], own: [now] };
    const look = () => {
      for (const video of document.querySelectorAll('.tile video')) {
        const { ariaLabel } = video.closest('.tile');
        const isOwn = video.classList.contains('mirrored');
        if (known.has(video) || (!isOwn && ariaLabel !== label)) continue;
        known.add(video);
        const onFrame = (at) => {
          if (!video.classList.contains('waiting')) window.shownAt[isOwn ? 'own' : 'other'].push(at);
          video.requestVideoFrameCallback(onFrame);
        };
        video.requestVideoFrameCallback(onFrame);
      }
      window.looking = requestAnimationFrame(look);
    };
    cancelAnimationFrame(window.looking ?? 0);
    look();
  }, name);
}

/** The longest times in milliseconds without a new frame since then: of the other's picture, and of one's own. */
function longestGaps({ page }) {
  return page.evaluate(() => {
    const longest = (shown) => {
      const times = [...shown, performance.now()];
      return Math.round(Math.max(...times.slice(1).map((time, index) => time - times[index])));
    };
    return { other: longest(window.shownAt.other), own: longest(window.shownAt.own) };
  });
}

async function switchDevicesAndScreens(ada, bob) {
  const tile = ada.page.locator('.tile[aria-label=Bob]');
  await bob.page.getByRole('button', { name: 'Turn the microphone off' }).click();
  await tile.getByText('muted').waitFor({ state: 'attached' });
  await bob.page.getByRole('button', { name: 'Turn the camera off' }).click();
  await tile.locator('.avatar').waitFor();
  await bob.page.getByRole('button', { name: 'Turn the camera on' }).click();
  await bob.page.getByRole('button', { name: 'Turn the microphone on' }).click();
  await moves(ada, '.tile[aria-label=Bob] video:not(.waiting)');
  await bob.page.getByRole('button', { name: 'Share the screen' }).click();
  await moves(ada, '.tile.is-screen video:not(.waiting)');
  await onlyStraight(ada);
  await bob.page.locator('.sharing button').click();
  await ada.page.locator('.tile.is-screen').waitFor({ state: 'detached' });
}

export async function twoTalkStraightUntilAThirdComes(browser, server) {
  await endSharedPair();
  const { ada, bob, code } = await pair(browser, server, { direct: true }, watched);
  const straight = async () => {
    await Promise.all([way(ada, 'direct'), way(bob, 'direct')]);
    await Promise.all([onlyStraight(ada), onlyStraight(bob)]);
  };
  await straight();
  await ada.page.getByRole('button', { name: 'More' }).click();
  await ada.page.getByText('Connection details').click();
  await ada.page.locator('.debug-way').getByText('direct').waitFor();
  await ada.page.locator('.debug th').getByText('received, direct').first().waitFor();
  await switchDevicesAndScreens(ada, bob);
  await straight();
  const eve = await person(browser, server, { viewport: { width: 640, height: 400 } });
  await Promise.all([watchFrames(ada, 'Bob'), watchFrames(bob, 'Ada')]);
  await joinCall(eve, 'Eve', code);
  await Promise.all([way(ada, 'server'), way(bob, 'server')]);
  await Promise.all([onlyServer(ada), onlyServer(bob)]);
  await Promise.all([pictures(ada, 3), pictures(eve, 3)]);
  const joining = [await longestGaps(ada), await longestGaps(bob)];
  await Promise.all([watchFrames(ada, 'Bob'), watchFrames(bob, 'Ada')]);
  await eve.context.close();
  await straight();
  const gaps = [...joining, await longestGaps(ada), await longestGaps(bob)];
  const said = gaps.map(({ other, own }) => `${other} (own ${own})`).join(', ');
  for (const { other, own } of gaps) assert.ok(other <= MAX_GAP_MILLIS + own, said);
  // It ends at one of the two, as when its browser gives it up.
  const ended = await endWay([ada, bob], () =>
    bob.page.evaluate(() => window.straight().forEach((one) => one.close())),
  );
  assert.deepEqual([...ada.errors, ...bob.errors], []);
  return `longest gaps in ms: ${said}; after its end: ${ended}`;
}

/** Ends the way straight, and waits until all goes through the server; says how long the pictures stood still. */
async function endWay([ada, bob], how) {
  const both = [ada, bob];
  await Promise.all([watchFrames(ada, 'Bob'), watchFrames(bob, 'Ada')]);
  await how();
  await Promise.all(both.map((who) => way(who, 'server')));
  await Promise.all(both.map(onlyServer));
  const gaps = await Promise.all(both.map(longestGaps));
  const said = gaps.map(({ other, own }) => `${other} (own ${own})`).join(', ');
  for (const { other, own } of gaps) assert.ok(other <= MAX_SILENT_GAP_MILLIS + own, said);
  return said;
}

export async function aWayStraightThatFallsSilentIsLeft(browser, server) {
  await endSharedPair();
  const { ada, bob } = await pair(browser, server, { direct: true }, watched);
  const both = [ada, bob];
  await Promise.all(both.map((who) => way(who, 'direct')));
  await Promise.all(both.map(onlyStraight));
  await Promise.all(both.map(({ page }) => page.evaluate(() => (window.isNotReloaded = true))));
  const said = await endWay(both, () =>
    Promise.all(both.map(({ page }) => page.evaluate(() => window.fallSilent()))),
  );
  for (const { page } of both) assert.ok(await page.evaluate(() => window.isNotReloaded));
  assert.deepEqual([...ada.errors, ...bob.errors], []);
  return `longest gaps in ms: ${said}`;
}

export async function withoutAWayStraightAllGoesThroughTheServer(browser, server) {
  await endSharedPair();
  const { ada, bob } = await pair(browser, server, { direct: true }, async (...people) => {
    await watched(...people);
    for (const { page } of people) {
      await page.route('**/direct', (route) => {
        const { kind } = route.request().postDataJSON();
        return kind === 'candidate' ? route.fulfill({ status: 204 }) : route.continue();
      });
    }
  });
  const offered = () => window.keptConnections.some(({ isStraight }) => isStraight);
  const givenUp = () =>
    window.keptConnections.some(
      ({ isStraight, connectionState }) => isStraight && connectionState === 'closed',
    );
  await Promise.all(
    [ada, bob].map(async ({ page }) => {
      await page.waitForFunction(offered);
      const began = Date.now();
      await page.waitForFunction(givenUp);
      const took = Date.now() - began;
      assert.ok(took < MAX_LOOKING_MILLIS, `a way was looked for during ${took} ms`);
    }),
  );
  await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
  await Promise.all([onlyServer(ada), onlyServer(bob)]);
  await Promise.all([way(ada, 'server'), way(bob, 'server')]);
}

export async function threeInAMeshSeeEachOther(browser, server) {
  await endSharedPair();
  const { ada, bob, code } = await pair(browser, server, {}, async (...people) => {
    await watched(...people);
    await people[1].page.route('**/api/v1/calls', (route) =>
      route.continue({ postData: { ...route.request().postDataJSON(), topology: 'mesh' } }),
    );
  });
  const eve = await person(browser, server, { viewport: { width: 640, height: 400 } });
  await watched(eve);
  await joinCall(eve, 'Eve', code);
  await connected(eve);
  await Promise.all([ada, bob, eve].map((who) => pictures(who, 3)));
  for (const { page } of [ada, bob, eve]) {
    const { open } = await page.evaluate(() => window.countersOf(true));
    assert.equal(open, 2);
    assert.equal((await page.evaluate(() => window.countersOf(false))).packets, 0);
  }
}
