/** The Train place: the form with its estimate, a run paused, reloaded, stopped and resumed, and what is said at its end. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { smallCounts } from './support/small-counts.ts';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';

endToEnd('training', () => {
  it('sets up the recipe by keyboard, with an estimate, changes marked, undo and words for what cannot be', async () => {
    const studio = await stored();
    const { page, main } = studio;
    await studio.goTo('Train');
    const needs = page.getByRole('region', { name: 'What this run needs' });
    await needs.getByText(/^\d+ of 400 cells and \d+ of 600 genes/).waitFor();
    await needs.getByText(/^roughly \d+ (s|min)/).waitFor();
    await studio.picture('train-form');

    // The first radio button of the recipe, by arrow key.
    await page.getByRole('radio', { name: 'Paper', exact: true }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('radio', { name: 'Quick' }).isChecked()).toBe(true);
    const epochs = page.getByRole('textbox', { name: 'Most epochs' });
    expect(await epochs.inputValue()).toBe('30');
    await epochs.focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('12');
    await page.keyboard.press('Tab');
    await main.getByText('changed, quick: 30').waitFor();
    await main.getByText('1 setting changed').waitFor();

    await epochs.fill('0');
    await epochs.press('Enter');
    await epochs.blur();
    await main.getByText('Most epochs takes a whole number from 1 to 10,000.').waitFor();
    expect(await studio.button('Start the run').isDisabled()).toBe(true);
    await studio.picture('train-form-refused');
    await studio.button('Reset Most epochs').click();
    expect(await epochs.inputValue()).toBe('30');
    await studio.button(/^Undo/).click();
    expect(await epochs.inputValue()).toBe('0');
    await studio.button('Reset all').click();

    // What is too strict is refused before the start, in the words of the form.
    await main.getByText('Cells and genes', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Smallest library size' }).fill('100000000');
    await page.getByRole('textbox', { name: 'Smallest library size' }).blur();
    await needs
      .getByRole('alert')
      .getByText(/Lower “Smallest library size”/)
      .waitFor();
    await studio.button('Reset Smallest library size').click();
    await studio.picture('train-form-open');
    await needs.getByText(/^\d+ of 400 cells/).waitFor();
    const avoid = main.getByText('Genes to avoid', { exact: true });
    await avoid.click();
    await avoid.scrollIntoViewIfNeeded();
    await studio.picture('train-genes-to-avoid');
  });

  it('pauses, reloads, resumes, stops and resumes a run of the paper recipe, and says when it is done', async () => {
    const studio = await stored();
    const { page, main } = studio;
    await studio.goTo('Train');
    await studio.button('Start the run').click();
    await studio.phase('Network');
    await main.getByRole('button', { name: 'Pause' }).click();
    await main.getByText('You paused this run.').waitFor();
    await studio.picture('train-paused');
    await page.reload();
    await main.getByText('You paused this run.').waitFor();
    await studio.button('Resume').click();
    await studio.phase('Network');

    // Elsewhere the rail goes on telling, and can stop it.
    await studio.goTo('Settings');
    const job = page.getByRole('region', { name: 'Running' });
    await job.getByRole('button', { name: 'Stop Run 1' }).click();
    await job.waitFor({ state: 'detached' });
    await page.goBack();
    await main.getByText('You stopped this run.').waitFor();
    await studio.button('Resume').click();
    await studio.phase('Network');

    // A second run waits for the first, and can be paused meanwhile.
    await studio.button('Set up a run').click();
    await page.getByRole('radio', { name: 'Quick' }).check();
    await studio.button('Start the run').click();
    await main.getByText('Waiting for the run before it').waitFor();
    await studio.button('Set up a run').click();
    const queue = page.getByRole('region', { name: 'Runs going on' });
    await queue.getByRole('button', { name: 'Pause Run 2' }).click();
    await queue.getByText('Paused').waitFor();

    await studio.picture('train-queue');
    await queue.getByRole('button', { name: 'Stop Run 2' }).click();
    await studio.goTo('History');
    await page.getByRole('button', { name: 'Run 1', exact: true }).click();
    await page
      .getByRole('button', { name: /^(Watch it|Open the panel)$/ })
      .first()
      .waitFor();
    await main.getByRole('cell', { name: 'Finished' }).waitFor({ timeout: RUN_MS });
  });

  it('draws the curves of every network, also for a page that was opened in the middle', async () => {
    const studio = await stored();
    const { page, main } = studio;
    await studio.goTo('Train');
    await studio.button('Start the run').click();
    await studio.phase('Network that selects the panel');
    await page.reload();
    await page.getByRole('figure', { name: 'Loss of L1000, network' }).waitFor();
    await studio.picture('train-running');
    await studio.button('Save the figure Training').click();
    const { path } = await studio.saved(() => studio.button('Save').click());
    const svg = readFileSync(path, 'utf8');
    for (const word of ['L1000, network', 'Stop cells', 'Epoch', 'log10']) expect(svg).toContain(word);
    await page.getByText('Run 1 is finished.').waitFor({ timeout: RUN_MS });
    await main.getByRole('region', { name: 'Finished' }).waitFor();
    expect(await page.getByRole('figure').count()).toBe(3);
  });

  it('says what came of a run and leads on', async () => {
    const studio = await stored();
    const { page, main } = studio;
    await studio.goTo('Train');
    await page.getByRole('radio', { name: 'Quick' }).check();
    await page.getByLabel('Name of the run').fill('First look');
    await studio.button('Start the run').click();
    await main.getByRole('region', { name: 'Finished' }).waitFor({ timeout: RUN_MS });
    await main.getByText('Log of what was done').click();
    await main.getByText('Comparing the models').waitFor();
    await studio.picture('train-finished');
    await studio.button('Change and run').click();
    expect(await page.getByRole('radio', { name: 'Quick' }).isChecked()).toBe(true);
    // Times now come from the run that finished.
    const needs = page.getByRole('region', { name: 'What this run needs' });
    await needs.getByText(/^about \d+ (s|min)/).waitFor();
  });
});

/** A small data set with labels, stored as "Small". */
async function stored(): Promise<Studio> {
  const studio = await Studio.open();
  const { counts, labels } = await smallCounts();
  await studio.chooseCounts(...counts);
  await studio.choose('Choose a CSV or TSV…', [labels]);
  await studio.main.getByText('400 of the 400 cells', { exact: false }).waitFor();
  await studio.store('Small');
  return studio;
}
