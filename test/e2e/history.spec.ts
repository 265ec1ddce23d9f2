/** History and Settings: notes, doing a run again, the bin and the way back, dark mode, checks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { smallCounts } from './support/small-counts.ts';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';
import { readZip } from './support/zip.ts';

endToEnd('history', () => {
  it('keeps notes, does a run again, changes it, and brings it back from the bin', async () => {
    const studio = await Studio.open();
    const { page, main } = studio;
    await studio.goTo('History');
    await main.getByText('No runs yet').waitFor();
    await studio.picture('history-empty');
    await studio.goTo('Data');
    const { counts, labels } = await smallCounts(200, 300);
    await studio.chooseCounts(...counts);
    await studio.choose('Choose a CSV or TSV…', [labels]);
    await main.getByText('200 of the 200 cells', { exact: false }).waitFor();
    await studio.store('Small');
    await studio.goTo('Train');
    await page.getByRole('radio', { name: 'Quick' }).check();
    await page.getByRole('textbox', { name: 'Most epochs' }).fill('4');
    await page.getByRole('textbox', { name: 'Most epochs' }).blur();
    await studio.button('Start the run').click();
    await main.getByRole('region', { name: 'Finished' }).waitFor({ timeout: RUN_MS });

    await studio.goTo('History');
    const details = page.getByRole('region', { name: 'Details of Run 1' });
    await details.getByText(/^From the \d+ genes/).waitFor();
    await details.getByText('Most epochs: 4').waitFor();
    await page.getByLabel('Notes').fill('Two donors, first look.');
    await page.getByLabel('Notes').blur();
    await details.getByText('kept', { exact: true }).waitFor();
    await studio.button('Rename Run 1').click();
    await page.keyboard.type('Blood');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Blood' }).waitFor();
    await page.reload();
    expect(await page.getByLabel('Notes').inputValue()).toBe('Two donors, first look.');

    const download = page.waitForEvent('download', { timeout: RUN_MS });
    await studio.button('Export').click();
    const files = await readZip(await (await download).path());
    const record = [...files].find(([path]) => path.endsWith('run.json'))![1].toString();
    expect(JSON.parse(record)).toMatchObject({ note: 'Two donors, first look.', run: { name: 'Blood' } });

    await studio.button('Re-run').click();
    await main.getByText('Every number is the same as in Blood: the panel is identical.').waitFor({
      timeout: RUN_MS,
    });
    await studio.goTo('History');
    await page.getByRole('button', { name: 'Blood', exact: true }).click();
    await studio.picture('history');
    await studio.button('Compare with…').click();
    await page.getByRole('menuitem', { name: /Blood, again/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    const compared = page.getByRole('region', { name: 'Runs compared' });
    await compared.getByRole('button', { name: 'Change and run' }).first().click();
    await expect.poll(() => page.getByRole('textbox', { name: 'Most epochs' }).inputValue()).toBe('4');

    await studio.goTo('History');
    await page.getByRole('button', { name: 'Blood, again', exact: true }).click();
    await studio.button('Change and run').click();
    expect(await page.getByRole('textbox', { name: 'Most epochs' }).inputValue()).toBe('4');

    // To the bin and back, by the message and by the bin.
    await studio.goTo('History');
    await page.getByRole('button', { name: 'Blood, again', exact: true }).click();
    await studio.button('Move to the bin').click();
    await page.getByText('Blood, again is in the bin.').waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await page.getByRole('button', { name: 'Blood, again', exact: true }).click();
    await studio.button('Move to the bin').click();
    await studio.button('Restore Blood, again').waitFor();
    await studio.picture('history-bin');
    await studio.button('Restore Blood, again').click();
    await page.getByRole('button', { name: 'Blood, again', exact: true }).click();
    await studio.button('Move to the bin').click();
    await studio.button('Empty the bin…').click();
    await studio.button('Empty the bin').click();
    await main.getByText('wait here until you empty it').waitFor();
    expect(await page.getByRole('button', { name: 'Blood, again', exact: true }).count()).toBe(0);
  });

  it('switches the theme, keeps it, checks the workspace and says what is inside', async () => {
    const studio = await Studio.open();
    const { page, main } = studio;
    await studio.goTo('Settings');
    await main.getByText(/human genes of Entrez Gene/).waitFor();
    await studio.button('Check everything').click();
    await main.getByText('All is well.').waitFor();
    await studio.picture('settings');
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    const theme = (): Promise<string | null> => page.locator('html').getAttribute('data-theme');
    expect(await theme()).toBe('dark');
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    // The choice is written a moment after it was made.
    const kept = (): string => readFileSync(join(studio.workspace, 'interface.json'), 'utf8');
    await expect.poll(kept).toContain('dark');
    await page.reload();
    await main.getByText(/human genes of Entrez Gene/).waitFor();
    expect(await theme()).toBe('dark');
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(ground);
    await page.getByRole('radio', { name: 'As the system' }).check({ force: true });
    await main.getByText('Licences of what is inside').click();
    await main.getByRole('cell', { name: 'scran.js' }).waitFor();
  });
});
