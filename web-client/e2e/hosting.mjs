// What the host changes while the call goes on, and what somebody learns who comes late.
import {
  connected,
  endSharedPair,
  enter,
  hosted,
  joinCall,
  moves,
  openPanel,
  person,
  say,
  startCall,
  stopped,
} from './stage.mjs';

async function settings({ page }) {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Settings of the call' }).click();
  return page.getByRole('dialog');
}

export async function theHostChangesTheCallWhileItGoesOn(browser, server) {
  const { ada, bob, code } = await hosted(browser, server);
  let dialog = await settings(ada);
  await dialog.locator('[name=call-title]').fill('Tuesday round');
  await dialog.locator('[name=call-title]').press('Enter');
  await bob.page.locator('.top-title').getByText('Tuesday round').waitFor();
  await dialog.locator('[name=call-password]').fill('geheim');
  await dialog.locator('[name=call-password]').press('Enter');
  await dialog.getByRole('button', { name: 'Remove the password' }).waitFor();
  await dialog.getByRole('switch').first().check({ force: true });
  await dialog.getByRole('switch', { name: /Keep the chat/ }).check({ force: true });
  await ada.page.keyboard.press('Escape');
  // Who writes is told before that it is kept.
  await openPanel(bob, /Chat/);
  await bob.page.locator('.chat-kept').waitFor();

  const eve = await person(browser, server);
  await joinCall(eve, 'Eve', code, 'geheim');
  await stopped(eve, 'waiting');
  dialog = await settings(ada);
  await dialog.getByRole('switch').first().uncheck({ force: true });
  // Who waits is let in when nobody need wait any more.
  await connected(eve);
  await dialog.getByRole('button', { name: 'Remove the password' }).click();
  await dialog.getByRole('button', { name: 'Remove the password' }).waitFor({ state: 'detached' });
  await ada.page.keyboard.press('Escape');

  await openPanel(ada, /People/);
  await ada.page.getByRole('button', { name: 'What to do with Eve' }).click();
  await ada.page.getByRole('button', { name: 'Remove and block' }).click();
  await stopped(eve, 'removed');
  dialog = await settings(ada);
  await dialog.getByRole('button', { name: 'Unblock: Eve' }).click();
  await dialog.getByRole('button', { name: 'Unblock: Eve' }).waitFor({ state: 'detached' });
  await ada.page.keyboard.press('Escape');
  await eve.page.getByRole('button', { name: 'To the start page' }).click();
  await joinCall(eve, 'Eve', code);
  await connected(eve);
}

export async function whoComesLateReadsWhatWasSaid(browser, server) {
  const { ada, bob, code } = await hosted(browser, server);
  await openPanel(bob, /Chat/);
  await say(bob, 'said before Carl came');
  await bob.page.locator('input[type=file]').setInputFiles({
    name: 'plan.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('the plan'),
  });
  await openPanel(ada, /Chat/);
  await ada.page.getByText('plan.txt').waitFor();
  const carl = await person(browser, server);
  await carl.page.goto(`${server}c/${code}`);
  await enter(carl, 'Carl');
  await connected(carl);
  await openPanel(carl, /Chat/);
  await carl.page.locator('.chat li p').getByText('said before Carl came').waitFor();
  await carl.page.getByRole('button', { name: 'Accept' }).click();
  await carl.page.getByRole('link', { name: 'Save' }).waitFor();
}

/** As a player does that is no page of ours: it joins by the code, and watches by one request. Returns what ends that. */
async function watchByWhep(code) {
  const joined = await fetch(`/api/v1/calls/${code}/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'A player', device: 'player-0123456789abcdef' }),
  });
  const { token } = await joined.json();
  const connection = (window.player = new RTCPeerConnection());
  connection.addTransceiver('video', { direction: 'recvonly' });
  await connection.setLocalDescription();
  const answer = await fetch(`/whep/sluice-call-${code}`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
    body: connection.localDescription.sdp,
  });
  await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  return answer.headers.get('location');
}

export async function aBroadcastIsWatchedAndItsSpeakersChange(browser, server) {
  await endSharedPair();
  const ada = await person(browser, server);
  const code = await startCall(ada, 'Ada', { broadcast: true });
  await connected(ada);
  const watchers = await Promise.all([0, 1].map(() => person(browser, server)));
  for (const [index, who] of watchers.entries()) {
    await who.page.goto(`${server}c/${code}`);
    await who.page.getByText('This is a broadcast').waitFor();
    await enter(who, `Watcher ${index}`);
    await moves(who, '.tile[aria-label=Ada] video');
  }
  const [bob, eve] = watchers;
  await ada.page.locator('.top-bar').getByText('2 watching').waitFor();
  await eve.page.locator('.top-bar').getByText('2 watching').waitFor();
  const session = await eve.page.evaluate(watchByWhep, code);
  await ada.page.locator('.top-bar').getByText('3 watching').waitFor();
  await eve.page.evaluate((url) => fetch(url, { method: 'DELETE' }), session);
  await ada.page.locator('.top-bar').getByText('2 watching').waitFor();
  await bob.page.getByRole('button', { name: 'Raise your hand' }).click();
  await openPanel(ada, /People/);
  await ada.page.getByRole('button', { name: 'What to do with Watcher 0' }).click();
  await ada.page.getByRole('button', { name: 'Make speaker' }).click();
  await bob.page.getByRole('button', { name: 'Turn the camera on' }).click();
  await moves(eve, '.tile[aria-label="Watcher 0"] video');
  await eve.page.locator('.top-bar').getByText('1 watching').waitFor();
  await ada.page.getByRole('button', { name: 'What to do with Watcher 0' }).click();
  await ada.page.getByRole('button', { name: 'Make viewer' }).click();
  await eve.page.locator('.tile[aria-label="Watcher 0"]').waitFor({ state: 'detached' });
  await eve.page.locator('.top-bar').getByText('2 watching').waitFor();
  await moves(eve, '.tile[aria-label=Ada] video');
}
