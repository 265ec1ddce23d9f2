/** Maps of the cells as a user meets them: settling, stopped, coloured, selected, labelled, made a data set, saved. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';

const program = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));
const NAME = 'Nine simulated types';

/** Draws a lasso by shares of a map's width and height. */
async function lasso(map: Locator, corners: readonly (readonly [number, number])[]): Promise<void> {
  const box = (await map.boundingBox())!;
  const mouse = map.page().mouse;
  const place = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + x * box.width,
    box.y + y * box.height,
  ];
  await mouse.move(...place(corners[0]!));
  await mouse.down();
  for (const corner of corners.slice(1)) await mouse.move(...place(corner), { steps: 6 });
  await mouse.up();
}
/** Simulated counts of nine types, stored by the terminal in the workspace that the page shows. */
function storeSimulated(workspace: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'f910-e2e-simulated-'));
  const f910 = (...words: readonly string[]): unknown =>
    execFileSync(process.execPath, [program, ...words, '--workspace', workspace, '--quiet'], {
      stdio: 'pipe',
    });
  try {
    f910('simulate', '--cells', '1500', '--genes', '1200', '--types', '9', '--seed', '4', '--out', folder);
    const labels = ['--labels', join(folder, 'labels.csv'), '--label-column', 'cell_type'];
    f910('import', folder, ...labels, '--experiment-column', 'experiment', '--name', NAME);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const AROUND = [
  [0.02, 0.04],
  [0.55, 0.04],
  [0.55, 0.96],
  [0.02, 0.96],
] as const;

endToEnd('explore', () => {
  it('shows maps that settle, and takes them from a lasso to a data set', async () => {
    const studio = await Studio.open();
    const { page, main } = studio;
    await studio.goTo('Explore');
    await studio.picture('explore-empty');
    storeSimulated(studio.workspace);
    await page.reload();
    await studio.button('Draw the maps').waitFor();
    await main.getByText(/^Up to 1,500 cells/).waitFor();
    await studio.picture('explore-none');

    await studio.button('Draw the maps').click();
    await studio.button('Stop t-SNE').waitFor({ timeout: RUN_MS });
    await page.screenshot({ path: new URL('./screenshots/explore-settling.png', import.meta.url).pathname });
    await studio.button('Stop t-SNE').click();
    await main.getByText(/^t-SNE stopped after [\d,]+ of 1,000 iterations\.$/).waitFor({ timeout: RUN_MS });
    await studio.picture('explore-stopped');
    await studio.button('Let them settle').click();
    await main.getByText(/^t-SNE stopped after/).waitFor({ state: 'hidden' });
    await studio.button('Stop and keep what is there').waitFor({ state: 'hidden', timeout: RUN_MS });
    await studio.picture('explore-done');

    const map = (name: string): Locator => page.getByRole('application', { name, exact: true });
    const selection = page.getByRole('region', { name: 'Selection' });
    const colours = page.getByRole('region', { name: 'Colours' });
    const said = async (): Promise<string> => (await selection.innerText()).replace(/\s+/g, ' ');

    // A lasso around a half of one map selects the same cells on all; undo and redo bring it back.
    await page.getByText('Lasso', { exact: true }).click();
    await lasso(map('UMAP'), AROUND);
    await expect.poll(said).toMatch(/^[\d,]+ of 1,494 cells selected/);
    const selected = /^[\d,]+/.exec(await said())![0];
    await studio.picture('explore-lasso');
    await page.keyboard.press('Control+z');
    await expect.poll(said).toMatch(/^No cell is selected/);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(said).toContain(`${selected} of 1,494`);

    // A label of one's own becomes what is coloured by.
    await studio.button('Label…').click();
    await page.getByLabel('Label', { exact: true }).fill('left half');
    await studio.picture('explore-label');
    await studio.button('Label the cells').click();
    await colours.getByRole('heading', { name: 'My labels' }).waitFor();
    await colours
      .getByRole('button', { name: /left half/ })
      .first()
      .waitFor();
    await page.keyboard.press('Control+z');
    await colours.getByRole('heading', { name: 'My labels' }).waitFor({ state: 'hidden' });

    // The selection as a data set of its own.
    await studio.button('New data set…').click();
    await page.getByLabel('Name', { exact: true }).fill('Left half');
    await studio.button('Store the data set').click();
    await page.getByText(`Stored “Left half” with ${selected} cells.`).waitFor();
    await studio.button('Clear').click();

    // Categories are hidden, shown alone and selected in the list of colours.
    await colours.getByRole('button', { name: /^\d Type 1 / }).click();
    await colours.getByRole('button', { name: 'Show all cells' }).waitFor();
    await studio.picture('explore-hidden');
    await page.keyboard.press('Control+z');
    await colours.getByRole('button', { name: 'Show all cells' }).waitFor({ state: 'hidden' });
    await studio.button('Select the cells of Type 3').click();
    await expect.poll(said).toMatch(/^\d+ of 1,494 cells selected Clear Type 3 \d+ Label/);
    await studio.button('Clear').click();

    // Any gene, by its symbol; the values are on the recipe's scale.
    const search = page.getByRole('combobox', { name: 'or by a gene' });
    await search.fill('a');
    await page.getByRole('listbox', { name: 'Genes' }).getByRole('option').first().waitFor();
    const symbol = (await page
      .getByRole('listbox', { name: 'Genes' })
      .getByRole('option')
      .first()
      .locator('strong')
      .textContent())!;
    await search.press('Enter');
    await colours.getByRole('heading', { name: symbol, exact: true }).waitFor();
    await colours.getByText('log10 of counts per 10,000 + 1').waitFor();
    const dot = (await map('UMAP').boundingBox())!;
    await page.mouse.move(dot.x + dot.width / 2, dot.y + dot.height / 2);
    await studio.picture('explore-gene');

    // One map large, moved by keyboard, saved as both kinds of figure.
    await page.getByText('UMAP', { exact: true }).first().click();
    await map('UMAP').focus();
    for (const key of ['+', '+', 'ArrowLeft', '-', '0']) await page.keyboard.press(key);
    await page.getByLabel('Colour by').selectOption('cluster');
    await studio.picture('explore-umap');
    for (const [kind, start] of [
      ['SVG', '<svg'],
      ['PNG', '\u0089PNG'],
    ] as const) {
      await studio.button(/^Save the figure .*UMAP by cluster$/).click();
      await page.getByText(new RegExp(`${kind}, for (papers|slides)`)).click();
      const download = page.waitForEvent('download');
      await studio.button('Save').click();
      const bytes = readFileSync(await (await download).path());
      expect(bytes.toString('latin1')).toMatch(new RegExp(`^${start}`));
      expect(bytes.length).toBeGreaterThan(20_000);
    }
    await page.getByText('Plots', { exact: true }).click();
    await studio.picture('explore-plots');

    // Changed settings are not computed unasked, and the old maps are there at once with the old settings.
    await page.getByText('All', { exact: true }).click();
    await studio.button('Settings').click();
    await page.getByLabel('t-SNE perplexity', { exact: true }).fill('20');
    await studio.picture('explore-settings');
    await studio.button('Use these settings').click();
    await studio.button('Draw again').waitFor();
    await page.keyboard.press('Control+z');
    await studio.button('Draw again').waitFor({ state: 'hidden' });
    await page.reload();
    await map('t-SNE').waitFor();
  });
});
