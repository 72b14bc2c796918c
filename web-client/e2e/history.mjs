// Photos of what is seen, and the page of what happened in calls.
import assert from 'node:assert/strict';
import { faults, openPanel, person, pictures, sharedPair } from './stage.mjs';

/** An image that is broken cannot be decoded. */
const shown = async (image) => {
  await image.decode();
  return image.naturalWidth > 0;
};

export async function aPhotoStandsInTheChatAndInTheHistory(browser, server) {
  const { ada, bob } = await sharedPair(browser, server, 'talking', { title: 'Monday round' });
  await Promise.all([pictures(ada, 2), pictures(bob, 2)]);
  await openPanel(bob, /Chat/);
  await ada.page.locator('.tile[aria-label=Bob]').hover();
  await ada.page.getByRole('button', { name: 'Take a photo: Bob' }).click();
  const inChat = bob.page.locator('.chat li img');
  await inChat.waitFor();
  assert.ok(await inChat.evaluate(shown));

  const eve = await person(browser, server);
  let answer;
  const mayAnswer = new Promise((resolve) => (answer = resolve));
  // What is asked first is answered last.
  await eve.page.route(/history\/calls\?limit=/, async (route) => {
    const response = await route.fetch();
    await mayAnswer;
    await route.fulfill({ response });
  });
  await eve.page.goto(`${server}history`);
  const search = eve.page.getByLabel('Search');
  await search.fill('no call is called so');
  await eve.page.getByText('No call is found.').waitFor();
  const late = eve.page.waitForEvent('requestfinished', (one) => /calls\?limit=/.test(one.url()));
  answer();
  await late;
  await eve.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  assert.equal(await eve.page.locator('.history-call').count(), 0);
  await search.fill('Monday round');
  const call = eve.page.locator('.history-call').first();
  await call.locator('summary').click();
  const photo = call.locator('.history-photos img');
  await photo.waitFor();
  assert.ok(await photo.evaluate(shown));
  await call.locator('.history-events li').getByText('took a photo').waitFor();
  assert.deepEqual(await faults(eve, 'history'), []);
  assert.deepEqual([...ada.errors, ...bob.errors, ...eve.errors], []);
}
