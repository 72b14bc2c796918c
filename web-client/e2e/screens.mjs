// All screens as somebody sees them who reads Korean on a phone: no word of another language, nothing beside the screen.
import assert from 'node:assert/strict';
import { closePanel, connected, enter, faults, openPanel, person, pictures, say, stopped } from './stage.mjs';

const PHONE = { width: 390, height: 844 };

/** Words that are the same in each language, names, and what the machine calls its devices. */
const NO_WORDS =
  /Ada|Bob|Sluice|English|QR|txt|fake_device_0|Fake Default|[a-z]{4}-[a-z]{4}(-[a-z]{4})?|https?:\S+|kbit\/s|\bms\b/g;

/** What a page shows to eyes and ears in words. */
function wordsShown() {
  const told = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (!element.checkVisibility() || element.closest('option, .debug table, .debug dl')) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      if (element.hasAttribute(name)) told.push(element.getAttribute(name));
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) told.push(node.data);
  }
  return told;
}

/** What one cannot see whole, or not at all, without moving the page sideways. */
function outside() {
  const found = [];
  const { clientWidth: width, scrollWidth } = document.documentElement;
  if (scrollWidth > width) found.push(`the page is ${scrollWidth} wide`);
  for (const element of document.querySelectorAll('button, input, select, summary, a, h1, h2, p')) {
    const { left, right, width: own } = element.getBoundingClientRect();
    if (own === 0 || !element.checkVisibility() || element.closest('.unseen, .skip, .strip')) continue;
    if (left < -1 || right > width + 1)
      found.push(`${element.outerHTML.slice(0, 120)} from ${left} to ${right}`);
    if (element.matches('button') && element.scrollWidth > element.clientWidth + 1)
      found.push(`${element.outerHTML.slice(0, 120)} is cut off`);
  }
  return found;
}

/** Adds what is wrong with what is shown now. */
async function look(who, where, found) {
  for (const told of await who.page.evaluate(wordsShown)) {
    if (/[A-Za-z]{2,}/.test(told.replace(NO_WORDS, ''))) found.push(`${where}: "${told}"`);
  }
  for (const wrong of await who.page.evaluate(outside)) found.push(`${where}: ${wrong}`);
  found.push(...(await faults(who, where)));
}

export async function everyScreenIsKoreanAndFitsAPhone(browser, server) {
  const ada = await person(browser, server, { locale: 'ko-KR', viewport: PHONE, hasTouch: true });
  const { page } = ada;
  const button = (name) => page.getByRole('button', { name, exact: true });
  const found = [];
  await page.goto(server);
  await page.locator('summary').first().click();
  await page.locator('.contacts summary').click();
  await look(ada, 'start', found);
  await page.locator('form button[type=submit]').first().click();
  await page.locator('.preview video:visible').waitFor();
  await look(ada, 'preview', found);
  await enter(ada, 'Ada');
  await connected(ada);
  await look(ada, 'alone', found);

  const bob = await person(browser, server);
  await bob.page.goto(page.url());
  await enter(bob, 'Bob');
  await pictures(ada, 2);
  await openPanel(bob, /Chat/);
  await say(bob, '안녕하세요');
  await bob.page.locator('input[type=file]').setInputFiles({
    name: '회의.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('회의'),
  });
  await openPanel(ada, /채팅/);
  await page.getByText('회의.txt').waitFor();
  await look(ada, 'chat', found);
  await closePanel(ada);
  await openPanel(ada, /참가자/);
  await page.locator('.panel li').nth(1).getByRole('button').click();
  await page.locator('.panel .popover').waitFor();
  await look(ada, 'people', found);
  await closePanel(ada);

  for (const [index, name] of ['invite', 'devices', 'settings of the call'].entries()) {
    await button('더 보기').click();
    await page.locator('.control-bar .popover.menu button').nth(index).click();
    await page.getByRole('dialog').waitFor();
    await look(ada, name, found);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await button('더 보기').click();
  await page.locator('.control-bar .popover.menu button').last().click();
  await page.locator('.debug tbody tr').first().waitFor();
  await look(ada, 'details', found);
  await closePanel(ada);

  await page.locator('.control-bar button.danger').click();
  await page.getByRole('dialog').waitFor();
  await look(ada, 'leaving', found);
  await page.getByRole('dialog').locator('button.danger').click();
  await stopped(ada, 'ended');
  await look(ada, 'ended', found);
  await page.goto(`${server}c/zzzz-zzzz`);
  await stopped(ada, 'wrongCode');
  await look(ada, 'wrong code', found);
  assert.deepEqual(found, []);
}

export async function aFullCallHasAScreen(browser, server) {
  const ada = await person(browser, server);
  await ada.page.route('**/api/v1/calls', (route) =>
    route.continue({ postData: { ...route.request().postDataJSON(), maxParticipants: 2 } }),
  );
  await ada.page.goto(server);
  await ada.page.locator('form button[type=submit]').first().click();
  await enter(ada, 'Ada');
  await connected(ada);
  const [bob, eve] = [await person(browser, server), await person(browser, server)];
  await bob.page.goto(ada.page.url());
  await enter(bob, 'Bob');
  await connected(bob);
  await eve.page.goto(ada.page.url());
  await enter(eve, 'Eve');
  await stopped(eve, 'full');
  await bob.page.getByRole('button', { name: 'Leave' }).click();
  await stopped(bob, 'left');
  await ada.page.locator('.tile[aria-label=Bob]').waitFor({ state: 'detached' });
  await eve.page.getByRole('button', { name: 'Join again' }).click();
  await eve.page.locator('.preview button[type=submit]:enabled').click();
  await connected(eve);
}
