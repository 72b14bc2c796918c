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

async function nothingSaidIsLost({ ada, bob }) {
  for (const [who, text] of [
    [bob, 'from Ada during the cut'],
    [ada, 'from Bob during the cut'],
  ])
    await who.page.locator('.chat li p').getByText(text).waitFor();
}

async function cutFor(people, millis, isTold) {
  const { ada, bob, way } = people;
  way.cut();
  if (isTold) await bob.context.setOffline(true);
  const back = new Promise((resolve) => setTimeout(resolve, millis));
  await say(ada, 'from Ada during the cut');
  await say(bob, 'from Bob during the cut');
  if (isTold) await bob.page.locator('[data-overlay=offline]').waitFor();
  await back;
  way.mend();
  if (isTold) await bob.context.setOffline(false);
  const began = Date.now();
  await together(people);
  const took = Date.now() - began;
  await seatIsKept(people);
  return took;
}

function holdRecovery(took, control) {
  const allowed = RECOVERY_MILLIS + 20 * control;
  assert.ok(took < allowed, `pictures came ${took} ms after the network, allowed were ${allowed}`);
  return `pictures ${took} ms after the network (control ${control} ms)`;
}

export async function aShortCutThatNobodyTellsOf(browser, server) {
  const people = await apart(browser, server);
  const took = await cutFor(people, SHORT_CUT_MILLIS, false);
  await nothingSaidIsLost(people);
  return holdRecovery(took, await controlMillis(browser, server));
}

let longCut;

/** Begins a cut of half a minute, beside which other checks may go on. */
export async function aLongCutBegins(browser, server) {
  const people = await apart(browser, server);
  const outcome = cutFor(people, LONG_CUT_MILLIS, true).then(
    (took) => ({ took }),
    (failed) => ({ failed }),
  );
  longCut = { people, outcome };
  keepOpen(people.ada, people.bob);
}

export async function aLongCutEnds(browser, server) {
  const { took, failed } = await longCut.outcome;
  const { ada, bob } = longCut.people;
  const shown = await Promise.all([ada, bob].map(({ page }) => page.evaluate(() => document.body.innerText)));
  await Promise.all([ada, bob].map(({ context }) => context.close()));
  if (failed) throw new Error(`${failed.message} | ${shown.join(' | ')}`);
  // Other checks went on beside it: the time is told, and not held against them.
  return `pictures ${took} ms after the network`;
}
