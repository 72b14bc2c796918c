// How the pictures of a call are laid out, by whoever looks at them.
import { connected, enter, hosted, moves, person, pictures } from './stage.mjs';

export async function oneIsShownLargeByChoiceOrByPin(browser, server) {
  const { ada, code } = await hosted(browser, server);
  const fay = await person(browser, server);
  await fay.page.goto(`${server}c/${code}`);
  await enter(fay, 'Fay');
  await connected(fay);
  await pictures(ada, 3);
  const { page } = ada;
  await page.locator('.stage.grid .tile').nth(2).waitFor();

  await page.getByRole('button', { name: 'Speaker', exact: true }).click();
  await page.locator('.stage.focus > .tile.large').waitFor();
  await page.locator('.stage.focus .strip .tile').nth(1).waitFor();

  // Whoever is pinned stays large, whoever speaks, in every view.
  for (const name of ['Bob', 'Fay', 'Ada (you)']) {
    await page.getByRole('button', { name: `Pin: ${name}`, exact: true }).click();
    await page.locator(`.stage.focus > .tile.large[aria-label="${name}"]`).waitFor();
    await moves(ada, '.stage.focus > .tile.large video');
  }
  await page.getByRole('button', { name: 'Grid', exact: true }).click();
  await page.locator('.stage.focus > .tile.large[aria-label="Ada (you)"]').waitFor();
  await page.getByRole('button', { name: 'Unpin: Ada (you)' }).click();
  await page.locator('.stage.grid .tile').nth(2).waitFor();
  await moves(ada, '.tile[aria-label=Bob] video');
}

/** Who speaks is marked, and who is muted is not any more. */
export async function whoSpeaksIsMarked(browser, server) {
  const { ada, bob } = await hosted(browser, server);
  await ada.page.locator('.tile.is-speaking[aria-label=Bob]').waitFor();
  await bob.page.getByRole('button', { name: 'Turn the microphone off' }).click();
  await ada.page.locator('.tile:not(.is-speaking)[aria-label=Bob]').waitFor();
  await bob.page.getByRole('button', { name: 'Turn the microphone on' }).click();
  await ada.page.locator('.tile.is-speaking[aria-label=Bob]').waitFor();
}
