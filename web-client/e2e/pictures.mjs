// usage: node e2e/pictures.mjs SERVER DIRECTORY
// Takes the pictures of the manual: the screens as somebody sees them who uses them.
import { join } from 'node:path';
import { FACES, drawnCamera } from './faces.mjs';
import { connected, enter, launch, openPanel, person, pictures, say, startCall } from './stage.mjs';

const [server, directory] = process.argv.slice(2);
const browser = await launch();
const take = ({ page }, name) => page.screenshot({ path: join(directory, `conference-${name}.png`) });

async function personWithFace(face, options) {
  const who = await person(browser, server, { hasLargeCamera: true, ...options });
  await who.context.addInitScript(drawnCamera, face);
  return who;
}

const ada = await personWithFace(FACES.ada, { viewport: { width: 1280, height: 800 } });
await ada.page.goto(server);
await take(ada, 'start');
const code = await startCall(ada, 'Ada Lovelace', { title: 'Monday round' });
await connected(ada);
await ada.page.waitForTimeout(500);
await take(ada, 'alone');
await ada.page.locator('.chip.code').click();
await take(ada, 'invite');
await ada.page.keyboard.press('Escape');

const others = [];
for (const [name, face, options] of [
  ['Grace Hopper', FACES.grace, { colorScheme: 'dark' }],
  ['Katherine Johnson', FACES.katherine, { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ['Alan Turing', FACES.alan, {}],
]) {
  const who = await personWithFace(face, options);
  await who.page.goto(`${server}c/${code}`);
  await who.page.locator('.preview video:visible').waitFor();
  if (name === 'Grace Hopper') {
    await who.page.fill('[name=name]', name);
    await who.page.waitForTimeout(800);
    await take(who, 'preview');
  }
  await enter(who, name);
  await connected(who);
  others.push(who);
}
const [grace, katherine, alan] = others;
await Promise.all([ada, grace].map((who) => pictures(who, 4)));
await alan.page.locator('.control-bar button').nth(1).click();
await katherine.page.getByRole('button', { name: 'Raise your hand' }).click();
await openPanel(ada, /Chat/);
await openPanel(grace, /Chat/);
await say(grace, 'Shall we begin? The agenda is in the file.');
await grace.page.locator('input[type=file]').setInputFiles({
  name: 'agenda.pdf',
  mimeType: 'application/pdf',
  buffer: Buffer.alloc(48_000),
});
await ada.page.getByText('agenda.pdf').waitFor();
await say(ada, 'Yes, let us.');
await ada.page.waitForTimeout(5000);
await take(ada, 'chat');
await take(grace, 'dark');
await take(katherine, 'phone');
await openPanel(ada, /People/);
await ada.page.getByRole('button', { name: 'What to do with Grace Hopper' }).click();
await take(ada, 'people');
await ada.page.keyboard.press('Escape');
await ada.page.getByRole('button', { name: 'More', exact: true }).click();
await ada.page.getByRole('button', { name: 'Connection details' }).click();
await ada.page.waitForTimeout(2500);
await take(ada, 'details');

const admin = await person(browser, server, { colorScheme: 'dark', viewport: { width: 1440, height: 820 } });
await admin.page.goto(`${server}admin/`);
await admin.page.locator('.who', { hasText: 'Grace Hopper' }).click();
// Of the minute that the graphs show most has passed then: before, they are all but empty.
await admin.page.waitForTimeout(40_000);
await admin.page.screenshot({ path: join(directory, 'admin.png') });
await browser.close();
