// Cuts of the network: WebSocket and UDP at once, on the way to the server, without a word to the page or with it.
import assert from 'node:assert/strict';
import { network } from './network.mjs';
import {
  connected,
  controlMillis,
  moves,
  openPanel,
  person,
  pictures,
  say,
  startCall,
  joinCall,
  keepOpen,
} from './stage.mjs';

const SHORT_CUT_MILLIS = 5_000;
const LONG_CUT_MILLIS = 30_000;

/** After the return of the network, on a machine with time; each of the control's milliseconds allows twenty more. */
const RECOVERY_MILLIS = 5_000;

const OTHERS = '.tile:not([aria-label$="(you)"]) video';

/** Ada, and Bob behind a network that can be cut. */
async function apart(browser, server) {
  const way = await network(server);
  const ada = await person(browser, server);
  const bob = await person(browser, way.url);
  await way.carry(bob);
  const code = await startCall(ada, 'Ada');
  await joinCall(bob, 'Bob', code);
  await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
  await openPanel(bob, /Chat/);
  await openPanel(ada, /Chat/);
  await say(bob, 'before the cut');
  await ada.page.locator('.chat li p').getByText('before the cut').waitFor();
  await bob.page.evaluate(() => (window.documentKept = true));
  const seat = await bob.page.evaluate(seatOf);
  return { ada, bob, way, seat, code };
}

function seatOf() {
  const key = Object.keys(sessionStorage).find((name) => name.startsWith('sluice.seat.'));
  return JSON.parse(sessionStorage.getItem(key)).identity;
}

/** What was lost is there again on both sides, in the same seat and the same document. */
async function together({ ada, bob, way }) {
  assert.ok(way.lost() > 0, 'nothing was cut');
  await connected(bob);
  await Promise.all([moves(bob, OTHERS), moves(ada, OTHERS)]);
}

async function seatIsKept({ ada, bob, seat }) {
  assert.equal(await bob.page.evaluate(() => window.documentKept), true);
  assert.equal(await bob.page.evaluate(seatOf), seat);
  await ada.page.locator(`.tile[data-identity="${seat}"]`).waitFor();
  await bob.page.locator('.chat li p').getByText('before the cut').waitFor();
}

/** What they say while they are apart, in turns. */
const SAID = ['Ada 1', 'Bob 1', 'Ada 2', 'Bob 2'];

/** Both read all that was said, once, each one's lines in their order, although half of it was said to nobody. */
async function nothingSaidIsLost({ ada, bob }) {
  await say(ada, 'after the cut');
  const all = ['before the cut', ...SAID, 'after the cut'];
  for (const { page } of [ada, bob]) {
    const line = (text) => page.locator('.chat li p').getByText(text, { exact: true }).first();
    for (const text of all) await line(text).waitFor();
    const read = await page.locator('.chat li p').allTextContents();
    assert.deepEqual([read.at(0), read.at(-1), read.length], [all.at(0), all.at(-1), all.length], `${read}`);
    for (const name of ['Ada', 'Bob']) {
      const by = (lines) => lines.filter((text) => text.startsWith(name));
      assert.deepEqual(by(read), by(all));
    }
  }
}

async function cutBegins({ ada, bob, way }, isTold) {
  way.cut();
  if (isTold) await bob.context.setOffline(true);
  for (const text of SAID) await say(text.startsWith('Ada') ? ada : bob, text);
}

/** The network is back: returns how many milliseconds later the pictures go on. */
async function cutEnds(people, isTold) {
  people.way.mend();
  if (isTold) await people.bob.context.setOffline(false);
  const began = Date.now();
  await together(people);
  const took = Date.now() - began;
  await seatIsKept(people);
  await nothingSaidIsLost(people);
  return took;
}

function holdRecovery(took, control) {
  const allowed = RECOVERY_MILLIS + 20 * control;
  assert.ok(took < allowed, `pictures came ${took} ms after the network, allowed were ${allowed}`);
  return `pictures ${took} ms after the network (control ${control} ms)`;
}

const after = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

export async function aShortCutThatNobodyTellsOf(browser, server) {
  const people = await apart(browser, server);
  const back = after(SHORT_CUT_MILLIS);
  await cutBegins(people, false);
  await back;
  return holdRecovery(await cutEnds(people, false), await controlMillis(browser, server));
}

let longCut;

/** Begins a cut of half a minute, beside which other checks may go on. */
export async function aLongCutBegins(browser, server) {
  const people = await apart(browser, server);
  keepOpen(people.ada, people.bob);
  const back = after(LONG_CUT_MILLIS);
  await cutBegins(people, true);
  longCut = { people, back };
}

export async function aLongCutEnds(browser, server) {
  const { people, back } = longCut;
  // Told only when the client misses its answers, which takes half of the cut.
  await people.bob.page.locator('[data-overlay=offline]').waitFor();
  await back;
  const took = await cutEnds(people, true);
  await Promise.all([people.ada, people.bob].map(({ context }) => context.close()));
  return holdRecovery(took, await controlMillis(browser, server));
}
