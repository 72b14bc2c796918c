// What a host may do, and what the others see of it.
import { absent, connected, joinCall, openPanel, pair, person, sharedPair, stopped } from './stage.mjs';

async function choose(host, name, what) {
  await host.page.getByRole('button', { name: `What to do with ${name}` }).click();
  await host.page.locator('.panel .popover').getByRole('button', { name: what, exact: true }).click();
}

/** A host whose list of people is open, and Bob. */
async function hosted(people) {
  const { ada, bob, code } = await people;
  await openPanel(ada, /People/);
  return { ada, bob, code };
}

export async function theHostMutesAndMakesViewers(browser, server) {
  const { ada, bob } = await hosted(sharedPair(browser, server, 'moderated'));
  await choose(ada, 'Bob', 'Mute');
  await bob.page.getByText('The host turned your microphone off.').waitFor();
  await bob.page.getByRole('button', { name: 'Turn the microphone on' }).waitFor();
  await choose(ada, 'Bob', 'Make viewer');
  await bob.page.getByText('You watch and listen').waitFor();
  await ada.page.locator('.tile[aria-label=Bob] .avatar').waitFor();
  await absent(bob.page.getByRole('button', { name: /microphone/ }));
  await choose(ada, 'Bob', 'Make speaker');
  await bob.page.getByRole('button', { name: 'Turn the microphone on' }).waitFor();
}

export async function theHostRemovesAndBlocks(browser, server) {
  const { ada, bob } = await hosted(pair(browser, server));
  await choose(ada, 'Bob', 'Remove');
  await stopped(bob, 'removed');
  await bob.page.getByRole('button', { name: 'Join again' }).click();
  await bob.page.locator('.preview button[type=submit]:enabled').click();
  await connected(bob);
  await choose(ada, 'Bob', 'Remove and block');
  await stopped(bob, 'removed');
  await bob.page.getByRole('button', { name: 'Join again' }).click();
  await bob.page.locator('.preview button[type=submit]:enabled').click();
  await stopped(bob, 'blocked');
}

export async function aLockedCallLetsNobodyIn(browser, server) {
  const { ada, code } = await hosted(sharedPair(browser, server, 'moderated'));
  await ada.page.getByRole('button', { name: 'More', exact: true }).click();
  await ada.page.getByRole('button', { name: 'Lock the call' }).click();
  await ada.page.locator('.top-bar').getByText('Locked').waitFor({ state: 'attached' });
  const eve = await person(browser, server);
  await joinCall(eve, 'Eve', code);
  await stopped(eve, 'locked');
  await ada.page.getByRole('button', { name: 'More', exact: true }).click();
  await ada.page.getByRole('button', { name: 'Unlock the call' }).click();
  await ada.page.locator('.top-bar').getByText('Locked').waitFor({ state: 'detached' });
}

export async function theHostHandsOnAndTheNextEndsForAll(browser, server) {
  const { ada, bob } = await hosted(pair(browser, server));
  await choose(ada, 'Bob', 'Make host');
  await bob.page.getByText('You are host now.').waitFor();
  await bob.page.getByRole('button', { name: 'Leave' }).click();
  await bob.page.getByRole('button', { name: 'End for all' }).click();
  await Promise.all([stopped(ada, 'ended'), stopped(bob, 'ended')]);
}
