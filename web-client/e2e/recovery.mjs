// What happens when the network, the page or a device goes away and comes back.
import assert from 'node:assert/strict';
import {
  connected,
  joinCall,
  openPanel,
  person,
  pictures,
  say,
  sharedPair,
  startCall,
  stopped,
} from './stage.mjs';

export async function aReloadKeepsSeatAndChat(browser, server) {
  const { ada, bob } = await sharedPair(browser, server, 'returning');
  await openPanel(bob, /Chat/);
  await say(bob, 'before the reload');
  const identity = await ada.page.locator('.tile[aria-label=Bob]').getAttribute('data-identity');
  await bob.page.reload();
  await pictures(bob, 2);
  await openPanel(bob, /Chat/);
  await bob.page.locator('.chat li p').getByText('before the reload').waitFor();
  assert.equal(await ada.page.locator('.tile[aria-label=Bob]').getAttribute('data-identity'), identity);
  await pictures(ada, 2);
}

/** Makes WebSockets of a page cuttable, open ones and new ones. */
function cuttable({ page }) {
  return page.addInitScript(() => {
    const open = new Set();
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
      constructor(url, protocols) {
        // Nobody listens at port 9: as in a network that is gone.
        super(window.networkIsCut ? 'ws://127.0.0.1:9' : url, protocols);
        open.add(this);
      }
    };
    window.cutNetwork = (cut) => {
      window.networkIsCut = cut;
      if (cut) open.forEach((socket) => socket.close());
      open.clear();
      window.dispatchEvent(new Event(cut ? 'offline' : 'online'));
    };
  });
}

const CUT_MILLIS = 3000;

export async function aCutOfTheNetworkIsShownAndEnds(browser, server) {
  const ada = await person(browser, server);
  const bob = await person(browser, server);
  await cuttable(bob);
  const code = await startCall(ada, 'Ada');
  await joinCall(bob, 'Bob', code);
  await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
  await openPanel(bob, /Chat/);
  await say(bob, 'before the cut');
  await bob.page.evaluate(() => (window.documentKept = true));
  const media = await bob.context.newCDPSession(bob.page);
  const lose = (packetLoss) =>
    media.send('Network.emulateNetworkConditions', {
      offline: packetLoss > 0,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
      packetLoss,
    });
  await media.send('Network.enable');
  await lose(100);
  await bob.page.evaluate(() => window.cutNetwork(true));
  await bob.page.locator('[data-overlay]').waitFor();
  await say(bob, 'during the cut');
  await bob.page.waitForTimeout(CUT_MILLIS);
  await lose(0);
  const began = Date.now();
  await bob.page.evaluate(() => window.cutNetwork(false));
  await connected(bob);
  const took = Date.now() - began;
  await pictures(bob, 2);
  await bob.page.locator('.chat li p').getByText('before the cut').waitFor();
  await openPanel(ada, /Chat/);
  await ada.page.locator('.chat li p').getByText('during the cut').waitFor();
  assert.equal(await bob.page.evaluate(() => window.documentKept), true);
  return `connected ${took} ms after the network`;
}

export async function aSecondTabTakesTheSeat(browser, server) {
  const { bob } = await sharedPair(browser, server, 'returning');
  const tab = await bob.context.newPage();
  await tab.goto(bob.page.url());
  await tab.locator('.preview button[type=submit]:enabled').click();
  await stopped(bob, 'elsewhere');
  await bob.page.getByRole('button', { name: 'Join again' }).click();
  await bob.page.locator('.preview button[type=submit]:enabled').click();
  await tab.locator('[data-stop=elsewhere]').waitFor();
  await connected(bob);
  await tab.close();
}

export async function soundThatIsHeldBackIsPlayedByAButton(browser, server) {
  const ada = await person(browser, server);
  const bob = await person(browser, server);
  await bob.page.addInitScript(() => {
    // As a browser that wants a gesture first.
    const play = HTMLMediaElement.prototype.play;
    let allowed = false;
    window.addEventListener(
      'click',
      (event) => (allowed ||= event.target.closest?.('[data-trouble=autoplay]') != null),
      true,
    );
    HTMLMediaElement.prototype.play = function () {
      const held = this.tagName === 'AUDIO' && !allowed;
      return held ? Promise.reject(new DOMException('a gesture first', 'NotAllowedError')) : play.call(this);
    };
  });
  const code = await startCall(ada, 'Ada');
  await joinCall(bob, 'Bob', code);
  await bob.page.locator('[data-trouble=autoplay] button').click();
  await bob.page.locator('[data-trouble=autoplay]').waitFor({ state: 'detached' });
}

/** More than a page asks for its seat, and for a connection, while the server is away for seconds; one loop of tries waits between. */
const MAX_TRIES = 4;
const MAX_TRIES_PER_SECOND = 3;

/** Counts from now on how often a page asks for its seat or for a connection, and how many of these go on at once. */
function tries({ page }) {
  const began = Date.now();
  const counts = { seats: 0, connections: 0, atOnce: 0, most: 0 };
  const begins = (kind) => {
    counts[kind]++;
    counts.most = Math.max(counts.most, ++counts.atOnce);
  };
  const isForSeat = (request) => request.method() === 'POST' && request.url().endsWith('/join');
  page.on('request', (request) => isForSeat(request) && begins('seats'));
  for (const end of ['requestfinished', 'requestfailed'])
    page.on(end, (request) => isForSeat(request) && counts.atOnce--);
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).pathname.startsWith('/rtc')) counts.connections++;
  });
  return () => {
    const allowed = MAX_TRIES + (MAX_TRIES_PER_SECOND * (Date.now() - began)) / 1000;
    const said = JSON.stringify({ ...counts, allowed });
    assert.ok(counts.seats + counts.connections > 0 && counts.most <= 1, said);
    assert.ok(counts.seats <= allowed && counts.connections <= allowed, said);
    return `${counts.seats} seats and ${counts.connections} connections asked for`;
  };
}

let heldTries;

/** What comes before and after a restart of the server, which is somebody else's part. */
export async function twoTalkBeforeARestart(browser, server) {
  const { ada, bob } = await sharedPair(browser, server, 'returning');
  await openPanel(bob, /Chat/);
  await say(bob, 'before the restart');
  await openPanel(ada, /Chat/);
  await ada.page.locator('.chat li p').getByText('before the restart').waitFor();
  heldTries = [ada, bob].map(tries);
}

export async function theSameTwoMeetAfterIt(browser, server) {
  const { ada, bob } = await sharedPair(browser, server, 'returning');
  const began = Date.now();
  for (const who of [ada, bob]) {
    await who.page.waitForFunction(() => document.querySelectorAll('.tile').length === 2);
    await connected(who);
  }
  await say(bob, 'after the restart');
  await ada.page.locator('.chat li p').getByText('after the restart').waitFor();
  const took = Date.now() - began;
  await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
  await bob.page.locator('.chat li p').getByText('before the restart').waitFor();
  const asked = heldTries.map((held) => held());
  return `together ${took} ms after the server was up: ${asked.join(', ')}`;
}
