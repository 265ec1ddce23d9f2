/** What a finished run is looked at with: Panel, Genes and Compare, on the example run once. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Download, Locator } from 'playwright-core';
import type { PanelGene } from '../../src/shared/model.ts';
import { readPng } from '../support/png.ts';
import { readWorkbook } from '../support/workbook.ts';
import { engineOf, type PageEngine } from './support/engine.ts';
import { endToEnd, RUN_MS, Studio } from './support/studio.ts';

endToEnd('a finished run', () => {
  let studio: Studio;
  let engine: PageEngine;
  let run: string;
  let genes: PanelGene[];

  beforeAll(async () => {
    studio = await Studio.openForSeveral();
    await studio.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await studio.exampleResult();
    run = new URLSearchParams(new URL(studio.page.url()).hash.split('?')[1]).get('run')!;
    engine = await engineOf(studio.page);
    genes = await engine.call('run.panel', { id: run });
  }, 2 * RUN_MS);
  afterAll(async () => {
    engine.close();
    await studio.close();
  });

  const region = (name: string | RegExp): Locator => studio.page.getByRole('region', { name });
  /** A choice of the groups of genes, by how it begins. */
  const segment = (place: Locator, begins: string): Locator =>
    place
      .getByRole('radiogroup', { name: 'Genes shown' })
      .first()
      .locator('label')
      .filter({ hasText: new RegExp(`^\\s*${begins} ?[\\d,]+`) });
  const clipboard = (): Promise<string> => studio.page.evaluate(() => navigator.clipboard.readText());
  const open = (hash: string): Promise<void> =>
    studio.page.evaluate(address => {
      location.hash = address;
    }, hash);
  const file = async (press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> => {
    const download: Promise<Download> = studio.page.waitForEvent('download');
    await press();
    const done = await download;
    return { name: done.suggestedFilename(), bytes: readFileSync(await done.path()) };
  };
  const saved = (table: Locator, as: string) =>
    file(async () => {
      await table.getByRole('button', { name: 'Save the table' }).click();
      await studio.page.getByRole('menuitem', { name: as }).click();
    });

  it('says what was found, with rulers that say what stands on them', async () => {
    await studio.main.getByText(/^From the \d+ genes of F\d+,/).waitFor();
    const ruler = studio.main.getByRole('img', { name: /^Explained variance, linear: this panel/ });
    expect(await ruler.getAttribute('aria-label')).toMatch(/L1000 0\.\d+, random panels 0\.\d+ to 0\.\d+/);
    await studio.main.getByText('5 random panels of', { exact: false }).first().waitFor();
    await studio.main.getByText('No ceiling can be given', { exact: false }).waitFor();
    await studio.picture('panel');
  });

  it('tests the panel, L1000 and a pasted list for GO terms, side by side', async () => {
    const terms = region('Enriched terms').first();
    await terms.scrollIntoViewIfNeeded();
    await terms.getByText('ontology of 2022-07-01, annotation of 2022-09-12', { exact: false }).waitFor();
    await terms.getByRole('button', { name: 'Test a list of your own' }).click();
    const dialog = studio.page.getByRole('dialog', { name: 'Test a list of your own' });
    const kept = genes.filter(gene => /^RP[LS]\d/.test(gene.symbol)).map(gene => gene.symbol);
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Ribosome');
    await dialog
      .getByRole('textbox', { name: 'Genes' })
      .fill(['Symbol', ...kept, '1-Mar', 'nonsense'].join('\n'));
    await dialog.getByRole('button', { name: 'Look the genes up' }).click();
    await dialog
      .getByText(`${kept.length} of ${kept.length + 2} entries are genes of this run.`, { exact: false })
      .waitFor();
    await dialog.getByText('perhaps MARCHF1, MTARC1', { exact: false }).waitFor();
    await studio.picture('panel-own-list');
    await dialog.getByRole('button', { name: 'Test the list' }).click();
    await terms.getByText(`Ribosome (${kept.length} genes)`, { exact: false }).waitFor();
    await terms.getByRole('button', { name: 'Remove Ribosome' }).waitFor();
    await terms.getByText('2 of', { exact: false }).first().waitFor();
    const table = terms.getByRole('region', { name: 'Enriched terms' });
    await terms.locator('label').filter({ hasText: 'All tested' }).click();
    await table.getByRole('searchbox').fill('cytoplasmic translation');
    await table.locator('tbody tr').first().getByText('cytoplasmic translation').waitFor();
    await table.getByRole('searchbox').fill('');
    await terms.locator('label').filter({ hasText: 'Most specific' }).click();
    await terms.scrollIntoViewIfNeeded();
    await studio.picture('panel-terms');
    await terms.getByRole('button', { name: 'Score Ribosome as a panel' }).click();
    await terms
      .getByText(`With a linear model, the ${kept.length} genes of Ribosome explain`, { exact: false })
      .waitFor({ timeout: RUN_MS });
    await terms.scrollIntoViewIfNeeded();
    await studio.picture('panel-list-score');
    const sheet = await saved(table, 'CSV');
    expect(sheet.bytes.toString('utf8').split('\r\n')[0]).toContain('genes of Ribosome');
    await terms.getByRole('button', { name: 'Remove Ribosome' }).click();
    // The lists are tested again before the row goes.
    await expect.poll(() => terms.getByText('Ribosome').count(), { timeout: 30_000 }).toBe(0);
    const gmt = `mine\tMy pathway\t${genes
      .slice(0, 30)
      .map(gene => gene.symbol)
      .join('\t')}\n`;
    const text = (name: string, content: string) => ({
      ...{ name, mimeType: 'text/plain' },
      buffer: Buffer.from(content),
    });
    const setsDialog = studio.page.getByRole('dialog', { name: 'Gene sets of your own' });
    const own = terms.getByRole('button', { name: 'Use gene sets of your own' });
    await own.click();
    await setsDialog.getByLabel('Gene sets', { exact: true }).setInputFiles(text('own.gmt', gmt));
    await setsDialog.getByRole('button', { name: 'Use these sets' }).click();
    await terms.getByText('own.gmt, a file of your own', { exact: false }).waitFor();
    await terms.locator('label').filter({ hasText: 'All tested' }).click();
    await terms.getByText('My pathway').waitFor();
    await terms.getByRole('button', { name: 'Back to the Gene Ontology' }).click();
    await terms.getByText('ontology of 2022-07-01', { exact: false }).waitFor();
    const term = (id: string, name: string, parent: string): string =>
      `[Term]\nid: ${id}\nname: ${name}\nnamespace: biological_process\n${parent}\n`;
    const obo = `data-version: releases/2026-01-01\n\n${term('GO:0000001', 'everything', '')}${term('GO:0000002', 'pathway of mine', 'is_a: GO:0000001')}`;
    const gaf = genes
      .slice(0, 30)
      .map(
        ({ symbol }) =>
          `UniProtKB\tP1\t${symbol}\t\tGO:0000002\tPMID:1\tIDA\t\tP\t\t\tprotein\ttaxon:9606\t20260101\tX`,
      )
      .join('\n');
    await own.click();
    await setsDialog.locator('label').filter({ hasText: 'Annotation and ontology' }).click();
    await setsDialog
      .getByLabel('Annotation of genes')
      .setInputFiles(text('newer.gaf', `!gaf-version: 2.2\n${gaf}\n`));
    await setsDialog.getByLabel('Ontology (OBO)').setInputFiles(text('go.obo', `${obo}`));
    await studio.picture('panel-gene-sets');
    await setsDialog.getByRole('button', { name: 'Use these sets' }).click();
    await terms.getByText('ontology releases/2026-01-01', { exact: false }).waitFor();
    await terms.getByText('pathway of mine').first().waitFor();
    await terms.getByRole('button', { name: 'Back to the Gene Ontology' }).click();
    await terms.getByText('ontology of 2022-07-01', { exact: false }).waitFor();
    const ranking = region('Terms along the ranking').first();
    await ranking.getByRole('button', { name: 'Test the ranking' }).click();
    await ranking
      .getByText('1,000 random sets of each size, seed 1', { exact: false })
      .waitFor({ timeout: RUN_MS });
    await ranking.scrollIntoViewIfNeeded();
    await studio.picture('panel-ranking');
  });

  it('shows all genes in a table that sorts, filters, pages and leaves', async () => {
    const table = region(/^Genes of F\d+$/);
    const rows = table.locator('tbody tr');
    const status = table.getByRole('status');
    const panel = await status.textContent();
    await segment(studio.main, 'All').click();
    await expect.poll(() => status.textContent()).not.toBe(panel);
    const first = (): Promise<string | null> => rows.first().locator('strong').textContent();
    const before = await first();
    await table.getByRole('button', { name: 'Detected' }).click();
    await expect.poll(first).not.toBe(before);
    await table.getByRole('button', { name: 'Last page' }).click();
    await expect.poll(() => status.textContent()).toMatch(/page (\d+) of \1$/);
    await table.getByLabel('All columns').check();
    expect(await table.locator('thead th').count()).toBe(12);
    await studio.picture('panel-all-columns');
    await table.getByLabel('All columns').uncheck();

    const csv = await saved(table, 'CSV');
    expect(csv.name).toMatch(/^Genes-of-F\d+\.csv$/);
    const lines = csv.bytes.toString().trim().split(/\r?\n/);
    expect(lines[0]).toContain('Ensembl');
    const many = Number(/^([\d,]+)/.exec((await status.textContent())!)![1]!.replace(',', ''));
    expect(lines).toHaveLength(many + 1);
    const [sheet] = [...(await readWorkbook((await saved(table, 'Excel (XLSX)')).bytes)).values()];
    expect(sheet).toHaveLength(many + 1);

    await table.getByLabel('Find a gene').fill(before!);
    await table.getByRole('button', { name: 'Copy list' }).click();
    expect((await clipboard()).split('\n')).toContain(before);
    await table.getByLabel('What is copied').selectOption('Copy Ensembl ids');
    await table.getByRole('button', { name: 'Copy list' }).click();
    expect(await clipboard()).toMatch(/^ENSG\d{11}/);
    await table.getByLabel('Find a gene').fill('');
    await segment(studio.main, 'F\\d+').click();
  });

  it('says where the panel and L1000 differ, and saves the figure', async () => {
    await studio.main.getByText(/chance alone would share about/).waitFor();
    const differences = region(/^Where F\d+ and L1000 differ$/);
    await segment(differences, 'Lost to the gene filter').click();
    await expect.poll(() => differences.getByRole('status').textContent()).toMatch(/^\d/);
    await differences.scrollIntoViewIfNeeded();
    await studio.picture('panel-differences');

    const venn = region('Overlap with L1000');
    await venn.getByRole('button', { name: /^Save the figure/ }).click();
    const svg = await file(() => studio.button('Save').click());
    expect(svg.name).toMatch(/\.svg$/);
    expect(svg.bytes.toString()).toMatch(/^<svg .*<\/svg>$/s);
    await venn.getByRole('button', { name: /^Save the figure/ }).click();
    await studio.page.getByText('PNG, for slides').click();
    await studio.page.getByLabel('Width in pixels').fill('500');
    await studio.page.getByLabel('Height in pixels').fill('400');
    await studio.page.getByLabel('Resolution').selectOption('2×');
    const png = await file(() => studio.button('Save').click());
    expect(readPng(png.bytes, 1)).toMatchObject({ width: 1000, height: 800 });

    await region('Training').scrollIntoViewIfNeeded();
    await studio.picture('panel-training');
    await region('Models').scrollIntoViewIfNeeded();
    await studio.picture('panel-models');
  });

  it('looks up genes of each kind', async () => {
    genes = await engine.call('run.panel', { id: run });
    await open(`genes?run=${run}`);
    await studio.main.getByText('Look up a gene').waitFor();
    await studio.picture('genes-empty');
    const field = studio.main.getByRole('combobox', { name: 'Find a gene' });
    const look = async (query: string): Promise<void> => {
      await field.fill(query);
      await studio.main.getByRole('option').first().waitFor();
      await field.press('Enter');
    };
    const head = region('The gene');
    const answer = (text: RegExp): Promise<void> => head.getByText(text).first().waitFor({ timeout: 30_000 });

    const best = genes.filter(({ r2 }) => r2 !== null).sort((a, b) => b.r2! - a.r2!)[0]!;
    await look(best.symbol);
    await answer(/is predicted from F\d+: the linear model explains \d+ %/);
    const predictors = region(`What ${best.symbol} is predicted from`);
    expect(await predictors.locator('tbody tr').count()).toBe(10);
    await expect.poll(() => studio.main.locator('canvas').count()).toBe(2);
    await studio.picture('genes-predicted');
    await region('How wrong the prediction is').scrollIntoViewIfNeeded();
    await studio.picture('genes-errors');

    await predictors.locator('tbody tr button.pick').first().click();
    await answer(/is measured: it is one of the genes of F\d+/);
    await studio.button('Drop it and look for substitutes').click();
    await studio.main
      .getByText(/^Dropping .+ costs \d+\.\d+ points of explained variance\.$/)
      .waitFor({ timeout: RUN_MS });
    expect(await studio.main.getByText('points against the panel as it is', { exact: false }).count()).toBe(
      5,
    );
    await studio.picture('genes-measured');
    await studio.main.getByRole('group', { name: 'Looked up before' }).getByText(best.symbol).click();
    await answer(new RegExp(`${best.symbol} is predicted`));

    const blind = genes.filter(({ r2 }) => r2 !== null).sort((a, b) => a.r2! - b.r2!)[0]!;
    await look(blind.ensembl);
    await answer(/is blind to/);
    await head.getByRole('button', { name: `Copy ${blind.ensembl}` }).click();
    expect(await clipboard()).toBe(blind.ensembl);
    await studio.button('Next gene').click();
    await expect.poll(() => studio.page.url()).not.toContain(blind.name);

    const lost = await lostLandmark(engine, genes);
    await look(lost);
    await answer(
      /was lost to the gene filter: it has at least 3 reads in \d+ of [\d,]+ cells, and 5 are needed/,
    );
    await studio.picture('genes-lost');
    await field.fill('no such gene');
    await studio.main.getByText('No gene of the data has this name or id', { exact: false }).waitFor();
  });

  it('sets two runs side by side', async () => {
    await open('train');
    const other = await anotherRun(engine, { rule: 'norm', panelSize: 60 });
    const filtered = await anotherRun(engine, { minCells: 120 });
    await studio.page.reload();
    await open(`compare?run=${run}&other=${other}`);
    await studio.main
      .getByText(/^Both runs are of the same data, .*, with the same \d+ held-out cells\.$/)
      .waitFor();
    await region('Parameters that differ').getByText('Panel rule').first().waitFor();
    await studio.main.getByRole('img', { name: /^L1000, linear: A 0\.\d+, B 0\.\d+/ }).waitFor();
    await studio.main.getByText('compared over all genes', { exact: false }).waitFor();
    const table = region('Genes of both panels');
    await segment(table, 'Only B').click();
    await table.getByRole('button', { name: 'Copy list' }).click();
    expect((await clipboard()).split('\n').length).toBeGreaterThan(3);
    await studio.picture('compare');
    await studio.button('Swap A and B').click();
    await expect.poll(() => studio.page.url()).toContain(`run=${other}&other=${run}`);
    await studio.page.getByLabel('Run B').selectOption(filtered);
    await studio.main.getByText(/gene filters kept different genes/).waitFor();
    await studio.main.getByText('They may not be compared', { exact: false }).waitFor();
    await studio.picture('compare-not-comparable');
  });

  it('says how far every gene can be relied on, and predicts all genes of cells', async () => {
    await open(`panel?run=${run}`);
    const predicted = region('Prediction').first();
    await predicted.scrollIntoViewIfNeeded();
    await predicted.getByRole('button', { name: 'Look at every gene' }).click();
    await predicted.getByText('held-out cells', { exact: false }).nth(1).waitFor({ timeout: RUN_MS });
    const measured = genes.find(gene => gene.inPanel)!.symbol;
    await predicted.getByLabel('My genes', { exact: true }).fill(`${measured}\nNOSUCHGENE`);
    await predicted.getByRole('button', { name: 'Sort my genes' }).click();
    await predicted.getByText('1 measured').waitFor();
    await predicted.getByText('1 not recognised').waitFor();
    await predicted.scrollIntoViewIfNeeded();
    await studio.picture('panel-prediction');
    const prediction = await file(() =>
      predicted.getByRole('button', { name: 'Save the prediction as h5ad' }).click(),
    );
    expect(prediction.bytes.subarray(1, 4).toString()).toBe('HDF');
    const zip = await file(() => predicted.getByRole('button', { name: 'Save it as MTX' }).click());
    expect(zip.name).toMatch(/\.mtx\.zip$/);
    expect(zip.bytes.subarray(0, 2).toString()).toBe('PK');
    await region('Leak audit').first().scrollIntoViewIfNeeded();
    await studio.picture('panel-leak-audit');
  });
});

/** A landmark that the data have and the run does not. */
async function lostLandmark(engine: PageEngine, genes: readonly PanelGene[]): Promise<string> {
  const kept = new Set(genes.map(({ symbol }) => symbol));
  const [dataset] = await engine.call('data.list', {});
  const { present } = await engine.call('data.landmarks', { id: dataset!.id });
  return present.find(symbol => !kept.has(symbol))!;
}

async function anotherRun(engine: PageEngine, params: Record<string, unknown>): Promise<string> {
  const [dataset] = await engine.call('data.list', {});
  const fast = { embeddings: false, epochs: 4, patience: 2, hidden: [32], randomPanels: 0, ...params };
  const { id } = await engine.call('run.start', { datasetId: dataset!.id, preset: 'quick', params: fast });
  await engine.call('run.watch', { id });
  return id;
}
