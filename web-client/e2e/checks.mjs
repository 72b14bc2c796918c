// usage: node e2e/checks.mjs SERVER
// Reads the names of checks, one a line, and answers each with `ok` or with what was wrong. One browser serves them all.
import { createInterface } from 'node:readline';
import * as blocked from './blocked.mjs';
import * as cuts from './cuts.mjs';
import * as devices from './devices.mjs';
import * as direct from './direct.mjs';
import * as dialing from './dialing.mjs';
import * as history from './history.mjs';
import * as hosting from './hosting.mjs';
import * as joining from './joining.mjs';
import * as moderation from './moderation.mjs';
import * as recovery from './recovery.mjs';
import * as refusals from './refusals.mjs';
import * as screens from './screens.mjs';
import * as talking from './talking.mjs';
import * as views from './views.mjs';
import { closeOthers, launch } from './stage.mjs';

const checks = {
  ...blocked,
  ...joining,
  ...talking,
  ...moderation,
  ...recovery,
  ...cuts,
  ...devices,
  ...direct,
  ...dialing,
  ...history,
  ...hosting,
  ...refusals,
  ...screens,
  ...views,
};
const server = process.argv[2];
const browser = await launch();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const check = checks[line.trim()];
  let answer = check ? 'ok' : `no check ${line}`;
  try {
    const said = await check?.(browser, server);
    if (said) answer += ` ${said}`;
  } catch (failed) {
    const place = /e2e.(?!stage)\w+\.mjs:\d+/.exec(failed.stack)?.[0];
    answer = [place, failed.message, ...(await whatIsShown(browser))]
      .join(' | ')
      .replaceAll('\n', ' ')
      .slice(0, 2000);
  }
  await closeOthers(browser);
  console.log(answer);
}
await browser.close();

/** What stands on the pages of somebody whose check failed. */
function whatIsShown(browser) {
  const pages = browser.contexts().flatMap((context) => context.pages());
  return Promise.all(
    pages.map((page) => page.evaluate(() => document.body.innerText.slice(0, 300)).catch(() => '')),
  );
}
