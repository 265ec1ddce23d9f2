/** Counts by the file dialog and by drop: every format, labels, other ways to read, and files that are wrong. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testData, withData } from '../support/data.ts';
import { temporaryFolder } from '../support/sandbox.ts';
import { endToEnd, onDesktop, Studio } from './support/studio.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const FOLDER = 'pbmc283/filtered_feature_bc_matrix';
const TENX = ['matrix.mtx.gz', 'features.tsv.gz', 'barcodes.tsv.gz'];

/** What was sent and is still kept; the desktop app reads files where they are. */
const uploads = ({ workspace }: Studio): string[] =>
  onDesktop()
    ? []
    : readdirSync(join(workspace, 'uploads'), { recursive: true, encoding: 'utf8' }).filter(
        name => name !== '.incoming',
      );

endToEnd('import', () => {
  withData('of every format', () => {
    let studio: Studio;
    beforeAll(async () => {
      studio = await Studio.openForSeveral();
    });
    afterAll(() => studio.close());

    const stored = async (name: string, format: string, shape: string): Promise<void> => {
      const found = studio.page.getByRole('region', { name: 'Found in your files' });
      expect((await found.innerText()).replace(/\s+/g, ' ')).toContain(shape);
      expect(await found.innerText()).toContain(format);
      expect(await studio.store(name)).toMatch(/^(Stored|These counts are stored already, as) /);
      await studio.page.getByRole('article').getByText(shape).waitFor();
    };

    const formats: [string, string[], string, string][] = [
      ['10x HDF5 v3', [`${FOLDER}.h5`], '10x HDF5', '283 cells × 914 genes'],
      [
        '10x HDF5 v2',
        ['formats/scanpy/1.2.0/filtered_gene_bc_matrices_h5.h5'],
        '10x',
        '12 cells × 343 genes',
      ],
      ['AnnData', ['pbmc283/pbmc_csr.h5ad'], 'h5ad', '283 cells × 914 genes'],
      ['loom', ['formats/made/scanpy-3.0.0.loom'], 'loom', '1,107 cells × 507 genes'],
      ['CSV, genes in rows', ['pbmc283/counts_genes_by_cells.csv.gz'], 'CSV', '283 cells × 914 genes'],
      ['CSV, cells in rows', ['formats/scprep/test_small.csv'], 'CSV', '100 cells × 100 genes'],
      ['RDS', ['pbmc283/pbmc.rds'], 'RDS', '283 cells × 914 genes'],
      ['PanglaoDB', ['pbmc283/SRA_TEST.sparse.RData'], 'RData', '283 cells × 914 genes'],
      ['MTX v3, three files', TENX.map(name => join(FOLDER, name)), '10x MTX v3', '283 cells × 914 genes'],
      [
        'MTX v2, three files',
        ['matrix.mtx.gz', 'genes.tsv', 'barcodes.tsv'].map(name => `formats/scprep/test_10X/${name}`),
        '10x MTX v2',
        '100 cells × 100 genes',
      ],
      ['zip', ['formats/scprep/test_10X.zip'], '10x MTX v2', '100 cells × 100 genes'],
    ];
    // The window has another file dialog and the same engine: one file and several there, every format in the browser.
    const chosen = onDesktop() ? formats.filter(([name]) => /^(loom|MTX v3)/.test(name)) : formats;
    it.each(chosen)('stores %s', async (name, paths, format, shape) => {
      await studio.chooseCounts(...paths.map(testData));
      await stored(name, format, shape);
    });

    it.each([
      ['MTX v2, folder', 'formats/scanpy/1.2.0/filtered_gene_bc_matrices', '12 cells × 343 genes'],
      ['MTX v3, folder', 'formats/scprep/test_10X_cellranger3', '100 cells × 100 genes'],
    ])('stores %s', async (name, path, shape) => {
      await studio.choose('Choose a folder…', [testData(path)]);
      await studio.looked();
      await stored(name, '10x MTX', shape);
    });

    it('lists what is stored, opens it, renames it and takes that back', async () => {
      const { page } = studio;
      await page.getByRole('button', { name: /^loom / }).click();
      await studio.card('loom').getByText('Landmarks found and missing').click();
      await studio
        .card('loom')
        .getByText(/^Found: /)
        .waitFor();
      await studio
        .card('loom')
        .getByText(/^Found: /)
        .scrollIntoViewIfNeeded();
      await studio.picture('data-landmarks');
      await studio
        .card('loom')
        .getByRole('heading', { name: /\d+ missing/ })
        .waitFor();
      await studio.card('loom').getByText('Source file').click();
      await studio.card('loom').getByRole('cell', { name: 'scanpy-3.0.0.loom' }).waitFor();
      await studio.picture('data-details');
      await studio.button('Rename').click();
      await page.getByLabel('New name').fill('Blood, loom');
      await page.keyboard.press('Enter');
      await studio.card('Blood, loom').waitFor();
      await studio.button('Undo').click();
      await studio.card('loom').waitFor();

      await studio.button('Move to the bin').click();
      await studio.card('loom').waitFor({ state: 'detached' });
      await page.getByText('“loom” is in the bin.', { exact: false }).waitFor();
      await page
        .getByText('“loom” is in the bin.', { exact: false })
        .locator('..')
        .getByRole('button', { name: 'Undo' })
        .click();
      await studio.card('loom').waitFor();
    });

    // A file that a test drops has no path, which the desktop app asks for.
    if (onDesktop()) return;

    it('stores a gzipped TSV and a packed tar', async () => {
      const folder = temporaryFolder();
      const table = join(folder, 'table.tsv.gz');
      writeFileSync(table, gzipSync(readFileSync(testData('formats/scprep/test_small.tsv'))));
      await studio.chooseCounts(table);
      await stored('TSV', 'TSV', '100 cells × 100 genes');

      const pack = tar.pack();
      for (const name of TENX)
        pack.entry({ name: `run/${name}` }, readFileSync(testData(join(FOLDER, name))));
      pack.finalize();
      const archive = join(folder, 'run.tar.gz');
      writeFileSync(archive, gzipSync(await buffer(pack)));
      await studio.chooseCounts(archive);
      await stored('tar', '10x MTX v3', '283 cells × 914 genes');
    });

    it.each([
      ['Seurat 4', 'r/seurat4.rds', 'Seurat'],
      ['Seurat 5', 'r/seurat5.rds', 'Seurat'],
      ['SingleCellExperiment', 'r/experiment.rds', 'SingleCellExperiment'],
    ])('stores %s', async (name, path, format) => {
      await studio.chooseCounts(fixture(path));
      await studio.page
        .getByRole('region', { name: 'Found in your files' })
        .getByText(format)
        .first()
        .waitFor();
      expect(await studio.store(name)).toMatch(/^(Stored|These counts)/);
    });

    it('takes what is dropped anywhere, says so before, and pools several files', async () => {
      const { page } = studio;
      await studio.goTo('History');
      const dropped = await page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        for (const [name, cell, gene] of [
          ['a.csv', 'x', 'CD3E'],
          ['b.csv', 'y', 'MS4A1'],
        ] as const) {
          const text = `,${cell}1,${cell}2\nACTB,1,2\nGAPDH,3,0\n${gene},0,5`;
          transfer.items.add(new File([text], name));
        }
        return transfer;
      });
      await page.locator('body').dispatchEvent('dragenter', { dataTransfer: dropped });
      await page.getByText('Nothing is stored before you say so', { exact: false }).waitFor();
      await studio.picture('import-drop');
      await page.locator('body').dispatchEvent('drop', { dataTransfer: dropped });
      await page.getByText('These 2 will be stored as one data set of 4 cells', { exact: false }).waitFor();
      await studio.looked();
      await page.getByText('2 genes are in all of them', { exact: false }).waitFor();
      await page.getByLabel('Experiment of a.csv').fill('Liver');
      await studio.picture('import-pooled');
      expect(await studio.store('Pooled')).toBe('Stored as “Pooled”.');
      expect(await studio.words('Pooled')).toContain('4 cells × 2 genes');
      expect(await studio.words('Pooled')).toMatch(/Liver ?2/);
    });
  });

  withData('with labels', () => {
    it('gives each of several files its own labels, and says where labels belong to none', async () => {
      const studio = await Studio.open();
      const { page } = studio;
      const mixture = (name: string): string => testData(`sc_mixology/sc_celseq2_5cl_${name}.csv.gz`);
      await studio.chooseCounts(mixture('p1.count'), mixture('p2.count'));
      await studio.choose('Choose a CSV or TSV…', [testData('sc_mixology/sc_dropseq.metadata.csv.gz')]);
      await studio.main
        .getByRole('alert')
        .getByText('names none of the 297 cells', { exact: false })
        .waitFor();
      await studio.picture('import-labels-of-others');
      await studio.button('Remove the labels sc_dropseq.metadata.csv.gz').click();
      await studio.choose('Choose a CSV or TSV…', [mixture('p2.metadata'), mixture('p1.metadata')]);
      await page.getByText('297 of the 297 cells', { exact: false }).waitFor();
      await page.getByText('307 of the 307 cells', { exact: false }).waitFor();
      await studio.looked();
      await studio.store('Two plates');
      expect(await studio.words('Two plates')).toContain('604 cells');
    });

    if (onDesktop()) return;

    it('shows what matches, takes suggestions or choices, and outlives a reload', async () => {
      const studio = await Studio.open();
      const { page, workspace } = studio;
      await studio.chooseCounts(testData('sc_mixology/sc_dropseq.count.csv.gz'));
      await studio.choose('Choose a CSV or TSV…', [testData('sc_mixology/sc_dropseq.metadata.csv.gz')]);
      await page.getByText('225 of the 225 cells of sc_dropseq.count.csv.gz', { exact: false }).waitFor();
      const types = page.getByLabel('Column with cell types');
      await page.getByText('suggested: by its name').waitFor();
      await types.selectOption('cell_line_demuxlet');
      await page.getByText('chosen by you').waitFor();
      await page.getByLabel('Leave out cells by').selectOption('demuxlet_cls');
      await page.getByRole('checkbox', { name: /^DBL/ }).check();
      await page.getByText('210 of 225 cells').waitFor();
      await studio.button('Undo').click();
      await page.getByText('All 225 cells will be stored').waitFor();
      await studio.button('Redo').click();
      await page.getByText('210 of 225 cells').waitFor();
      await page.getByLabel('Name of the data set').fill('Drop-seq, three lines');
      await studio.picture('import-labels');

      const kept = (): string => readFileSync(join(workspace, 'interface.json'), 'utf8');
      await expect.poll(kept).toContain('Drop-seq, three lines');
      await page.reload();
      await page.getByText('Taken up where you left it.', { exact: false }).waitFor();
      await page.getByText('210 of 225 cells').waitFor();
      await studio.looked();
      expect(await types.inputValue()).toBe('cell_line_demuxlet');
      expect(await page.getByLabel('Name of the data set').inputValue()).toBe('Drop-seq, three lines');
      expect(await studio.store('Drop-seq, three lines')).toBe('Stored as “Drop-seq, three lines”.');
      const words = await studio.words('Drop-seq, three lines');
      expect(words).toContain('210 cells × 15,127 genes');
      expect(words).toMatch(/H1975 ?79/);
      // Nothing of what was sent is left, and a reload finds no form.
      await expect.poll(() => uploads(studio)).toEqual([]);
      await expect.poll(kept).not.toContain('Drop-seq, three lines');
      await page.reload();
      await studio.card('Drop-seq, three lines').waitFor();
      expect(await page.getByRole('heading', { name: 'Found in your files' }).count()).toBe(0);
    });

    it('offers the labels inside a file', async () => {
      const studio = await Studio.open();
      await studio.chooseCounts(testData('pbmc3k/small_data_raw_counts.h5ad'));
      await studio.main.getByText('These came inside the file.').waitFor();
      const types = studio.page.getByLabel('Column with cell types');
      await expect.poll(() => types.inputValue()).toBe('celltype');
      await types.selectOption('leiden');
      await studio.main.getByText('chosen by you').waitFor();
      await studio.store('Blood');
      expect(await studio.words('Blood')).toContain('from “leiden”');
    });
  });

  if (onDesktop()) return;

  withData('of files that are wrong', () => {
    it('lists what is wrong with each, with what to do, and stores nothing', async () => {
      const studio = await Studio.open();
      const { main, workspace } = studio;
      const bad = [
        ['garbage.h5', 'is not an HDF5 file'],
        ['no_matrix_group.h5', 'has neither a 10x matrix nor an AnnData X'],
        ['negative_counts.csv', 'holds 2 negative values'],
        ['missing_values.tsv', 'has 3 missing values'],
        ['duplicate_barcodes.csv', 'uses the cell name AACCTACTGTGAGG 3 times'],
        ['empty.csv', 'is empty'],
        ['ragged_rows.csv', 'line 10 has 18 fields'],
        ['data_frame.RData', 'holds `sm`, a data.frame'],
      ] as const;
      await studio.chooseCounts(...bad.map(([name]) => testData(`bad/${name}`)));
      for (const [name, cause] of bad) {
        const refused = main.getByRole('article', { name, exact: true });
        await refused.getByText(cause, { exact: false }).waitFor();
        expect(await refused.locator('.next').innerText()).not.toBe('');
      }
      await studio.picture('import-refused');
      await studio.button('Close').click();
      for (const [folder, cause] of [
        ['truncated_gzip', 'ends too early'],
        ['mtx_fewer_entries', 'announces 574 entries but holds 534'],
        ['features_short', 'names 29 genes but matrix.mtx has 30 rows'],
        ['no_matrix_file', 'has no matrix.mtx'],
      ] as const) {
        await studio.choose('Choose a folder…', [testData(`bad/${folder}`)]);
        await main.getByRole('alert').getByText(cause, { exact: false }).waitFor();
        await studio.button(`Put it aside: ${folder}`).click();
      }
      await main.getByText('A few genes that tell you about all the others').waitFor();
      expect(readdirSync(join(workspace, 'datasets'))).toEqual([]);
      await expect.poll(() => uploads(studio)).toEqual([]);
    });

    it('reads a file another way, and uses a table of labels as what it is', async () => {
      const studio = await Studio.open();
      const { main, page } = studio;
      await studio.chooseCounts(testData('bad/log_values.csv'));
      await main.getByText('log_values.csv holds fractions', { exact: false }).waitFor();
      await main.getByText('Read it another way').click();
      await main.getByRole('combobox', { name: 'Values' }).selectOption('e');
      await studio.button('Read again').click();
      await main.getByText('20 cells × 30 genes', { exact: false }).waitFor();
      expect(await studio.store('Logarithms')).toBe('Stored as “Logarithms”.');

      const mouse = join(temporaryFolder(), 'mouse.csv');
      writeFileSync(mouse, ',x1,x2\nActb,1,2\nGapdh,3,0\nCol1a1,0,5\n');
      await studio.chooseCounts(mouse);
      await main.getByText('Read it another way').click();
      await main.getByRole('checkbox', { name: /^Take genes of the same letters/ }).check();
      await main.getByText('Read it another way').scrollIntoViewIfNeeded();
      await studio.picture('import-same-letters');
      await studio.button('Read again').click();
      await studio.looked();
      expect(await studio.store('Mouse')).toBe('Stored as “Mouse”.');
      await studio.card('Mouse').getByText('mouse', { exact: false }).first().waitFor();

      const dropseq = ['count', 'metadata'].map(kind => testData(`sc_mixology/sc_dropseq.${kind}.csv.gz`));
      await studio.chooseCounts(...dropseq);
      await studio.button('Use it as labels').click();
      await page.getByText('225 of the 225 cells', { exact: false }).waitFor();
    });
  });
});
