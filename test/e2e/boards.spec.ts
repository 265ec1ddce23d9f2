/** Panels side by side: made, stopped, looked at, and how stable one is; on small counts, where it takes seconds. */
import { it } from 'vitest';
import type { Locator } from 'playwright-core';
import { smallCounts } from './support/small-counts.ts';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';

endToEnd('panels side by side', () => {
  it('compares panels of several sizes by every selector, and stops', async () => {
    const studio = await Studio.open();
    const region = (name: string): Locator => studio.page.getByRole('region', { name });
    const { counts, labels } = await smallCounts();
    await studio.chooseCounts(...counts);
    await studio.choose('Choose a CSV or TSV…', [labels]);
    await studio.looked();
    await studio.store('Small');
    await studio.runQuickly('Small');
    await studio.result();
    const boards = region('Panels side by side').first();
    await boards.scrollIntoViewIfNeeded();
    await boards.getByLabel('Panel sizes').fill('8, 20');
    await boards.getByLabel('Random panels of each size').selectOption('9');
    await boards.getByText('Selectors, genes to have and to avoid, networks').click();
    for (const selector of [/^Greedy:/, /^Mixed:/, /^Guided:/])
      await boards.getByRole('checkbox', { name: selector }).uncheck();
    await boards.getByRole('button', { name: 'Compare panels' }).click();
    await boards.getByRole('button', { name: 'Stop' }).click();
    await boards.getByText('Stopped. Nothing was changed.').waitFor({ timeout: RUN_MS });
    await boards.getByLabel('Panel sizes').fill('8, 20');
    await boards.getByLabel('Random panels of each size').selectOption('9');
    await boards.getByLabel('Weights of genes as targets', { exact: false }).fill('COL1A1 five');
    await boards.getByText('Each line needs a gene and a number', { exact: false }).waitFor();
    await boards.getByLabel('Weights of genes as targets', { exact: false }).fill('');
    await boards.getByRole('checkbox', { name: /^Train networks on the best panel/ }).check();
    await studio.picture('panel-boards-form');
    await boards.getByRole('button', { name: 'Compare panels' }).click();
    await boards.getByText(/^At 8 genes, .+ did best on the stop cells/).waitFor({ timeout: RUN_MS });
    await boards.locator('label').filter({ hasText: '20 genes' }).click();
    await boards.getByText(/^At 20 genes, .+ did best on the stop cells/).waitFor();
    const panels = boards.getByRole('region', { name: 'Panels of 20 genes' });
    await panels.getByText('L1000').waitFor();
    await panels.getByText('Neighbours', { exact: false }).last().click();
    await boards.getByText('Genes of Neighbours (20)').waitFor();
    await boards.getByText('Chosen anew on 3 random four fifths', { exact: false }).waitFor();
    await boards.getByText('A network on its genes', { exact: false }).waitFor();
    await boards.getByText('What cells of each type are taken for by Neighbours').click();
    await boards.getByLabel('Price of measuring one gene').fill('10');
    await boards.getByLabel('Budget', { exact: false }).fill('200');
    await boards.getByText('For 200 the largest of these panels is 20 genes', { exact: false }).waitFor();
    await boards
      .getByText(/^pick 1: /)
      .first()
      .waitFor();
    await boards.scrollIntoViewIfNeeded();
    await studio.picture('panel-boards');
    await boards.getByRole('button', { name: 'How stable is Neighbours?' }).click();
    await boards
      .getByText(/^Selected anew on 10 random halves of the training cells, two panels of Neighbours/)
      .waitFor({ timeout: RUN_MS });
    await boards.getByRole('region', { name: 'Transfer of Neighbours 20' }).scrollIntoViewIfNeeded();
    await studio.picture('panel-stability');
    const curve = region('Score against panel size').first();
    await curve.scrollIntoViewIfNeeded();
    await studio.main.locator('label').filter({ hasText: 'Clusters kept' }).click();
    await studio.picture('panel-size-curve');
  });
});
