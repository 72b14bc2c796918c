// Calls from one device to another whose page is open.
import { absent, connected, endSharedPair, moves, person } from './stage.mjs';

/** Opens the start page and makes it ring when its number is called; returns the number. */
async function reachable({ page, server }, name) {
  await page.goto(server);
  await page.fill('[name=own-name]', name);
  await page.getByRole('switch', { name: /Others can call me/ }).check({ force: true });
  const number = page.locator('.own-number strong');
  await number.waitFor();
  return number.textContent();
}

async function know({ page }, name, number) {
  const details = page.locator('.contacts details');
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  await page.fill('[name=contact-name]', name);
  await page.fill('[name=contact-number]', number);
  await page.locator('.contacts details button[type=submit]').click();
  await page.getByRole('button', { name: `Call ${name}`, exact: true }).waitFor();
}

async function leave({ page }) {
  await page.getByRole('button', { name: 'Leave' }).click();
  const dialog = page.getByRole('dialog').getByRole('button', { name: 'End for all' });
  await dialog.or(page.locator('[data-stop]')).first().waitFor();
  if (await dialog.isVisible()) await dialog.click();
  await page.getByRole('button', { name: 'To the start page' }).click();
}

export async function twoCallEachOtherByTheirNumbers(browser, server) {
  await endSharedPair();
  const ada = await person(browser, server);
  const bob = await person(browser, server);
  const numbers = { ada: await reachable(ada, 'Ada'), bob: await reachable(bob, '<b>Bob</b>') };
  await know(ada, 'Bob', numbers.bob);
  const ring = () => ada.page.getByRole('button', { name: 'Call Bob', exact: true }).click();
  const heard = bob.page.getByRole('dialog', { name: 'Ada is calling' });

  await ring();
  await heard.getByText(`Not one of your contacts: ${numbers.ada}`).waitFor();
  await heard.getByRole('button', { name: 'Decline' }).click();
  await ada.page.locator('[data-ring=declined]').waitFor();
  await ada.page.getByRole('button', { name: 'Call again' }).click();
  await heard.waitFor();
  await ada.page.getByRole('button', { name: 'Hang up' }).click();
  await heard.waitFor({ state: 'detached' });
  await bob.page.locator('.missed').getByText('Ada').waitFor();

  // Either page says why the server did not let them talk.
  const rings = '**/api/v1/dial/rings';
  await ada.page.route(rings, (route) =>
    route.fulfill({
      status: 503,
      headers: { 'retry-after': '7' },
      contentType: 'application/problem+json',
      body: '{"type":"urn:sluice:problem:busy"}',
    }),
  );
  await ring();
  await ada.page.locator('[data-ring=failed]').getByText('The server is busy. Try again in 7 s.').waitFor();
  await ada.page.unroute(rings);
  await ada.page.getByRole('button', { name: 'Call again' }).click();
  await heard.waitFor();
  await bob.page.route(`${rings}/*/answer`, (route) =>
    route.fulfill({
      status: 404,
      contentType: 'application/problem+json',
      body: '{"type":"urn:sluice:problem:ring-not-found"}',
    }),
  );
  await heard.getByRole('button', { name: 'Accept' }).click();
  await bob.page.locator('[data-ring=lost]').getByText('This call is over.').waitFor();
  await ada.page.getByRole('button', { name: 'Hang up' }).click();
  await bob.page.locator('[data-ring=lost] + .actions button').click();
  await bob.page.unroute(`${rings}/*/answer`);

  await know(bob, 'Ada', numbers.ada);
  await ring();
  await heard.getByRole('button', { name: 'Accept' }).click();
  await Promise.all([connected(ada), connected(bob)]);
  await moves(ada, '.tile[aria-label="<b>Bob</b>"] video');

  // Who is in a call is busy, for whoever it is.
  const eve = await person(browser, server);
  await reachable(eve, 'Eve');
  await know(eve, 'Bob', numbers.bob);
  await eve.page.locator('.contacts li').getByText('in a call').waitFor();
  await eve.page.getByRole('button', { name: 'Call Bob without camera' }).click();
  await eve.page.locator('[data-ring=busy]').waitFor();

  // Where both want it nobody is asked, and an audio call has no camera.
  await leave(ada);
  await bob.page.getByRole('button', { name: 'To the start page' }).click();
  await ada.page.getByRole('checkbox', { name: 'Auto-answer' }).check();
  await bob.page.getByRole('checkbox', { name: 'Auto-answer' }).check();
  await ada.page.locator('.contacts li').getByText('can be called').waitFor();
  await ada.page.getByRole('button', { name: 'Call Bob without camera' }).click();
  await Promise.all([connected(ada), connected(bob)]);
  await absent(bob.page.getByRole('button', { name: /camera/ }));

  // What nobody took stands in the history; the newest is the first.
  await eve.page.goto(`${server}history`);
  const missed = eve.page.locator('.history-call').filter({ hasText: 'Missed call' });
  await missed.nth(2).waitFor();
  await missed.first().locator('summary').click();
  await missed.first().getByText('there was another call').waitFor();
}
