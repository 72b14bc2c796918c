// Two in a network that lets no UDP through: a namespace which the one who runs this has made, and names in SLUICE_NAMESPACE; the
// server's address from there stands in SLUICE_FROM_THERE.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { launch, pair, pictures } from './stage.mjs';

const INSIDE = fileURLToPath(new URL('inside.sh', import.meta.url));

/** Keeps the page's connections, to read which way they go. */
function keepConnections() {
  const all = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      all.push(this);
    }
  };
  window.ways = async () => {
    const ways = [];
    for (const connection of all.filter(({ connectionState }) => connectionState === 'connected')) {
      const reports = await connection.getStats();
      for (const { type, localCandidateId, nominated, ...pair } of reports.values()) {
        if (type !== 'candidate-pair') continue;
        const { protocol } = reports.get(localCandidateId);
        ways.push({ protocol, nominated, answers: pair.responsesReceived, bytes: pair.bytesReceived });
      }
    }
    return ways;
  };
}

export async function twoTalkWhereNoUdpGetsThrough() {
  const server = process.env.SLUICE_FROM_THERE;
  const browser = await launch({
    program: INSIDE,
    // As https would be: only such pages may use cameras.
    args: [`--unsafely-treat-insecure-origin-as-secure=${new URL(server).origin}`],
  });
  try {
    const { ada, bob } = await pair(browser, server, {}, (...people) =>
      Promise.all(people.map(({ context }) => context.addInitScript(keepConnections))),
    );
    await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
    for (const { page } of [ada, bob]) {
      const ways = await page.evaluate(() => window.ways());
      const said = JSON.stringify(ways);
      const used = ways.filter(({ nominated, bytes }) => nominated && bytes > 0);
      assert.ok(used.length > 0 && used.every(({ protocol }) => protocol === 'tcp'), said);
      const tried = ways.filter(({ protocol }) => protocol === 'udp');
      assert.ok(tried.length > 0 && tried.every(({ answers }) => answers === 0), said);
    }
    assert.deepEqual([...ada.errors, ...bob.errors], []);
  } finally {
    await browser.close();
  }
}
