/** Counts by the file dialog and by drop: every format, labels, other ways to read, and files that are wrong. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testData, withData } from '../support/data.ts';
import { endToEnd, Studio } from './support/studio.ts';

endToEnd('import', () => {
  withData('of real files', () => {
    let studio: Studio;
    beforeAll(async () => {
      studio = await Studio.openForSeveral();
    });
    afterAll(() => studio.close());

    const folder = 'pbmc283/filtered_feature_bc_matrix';
    // The same counts with the same names are kept once, whatever they were read from.
    it.each([
      ['10x HDF5', ['pbmc283/filtered_feature_bc_matrix.h5'], 'Stored as “10x HDF5”.'],
      ['AnnData', ['pbmc283/pbmc_csr.h5ad'], 'Stored as “AnnData”.'],
      ['CSV', ['pbmc283/counts_genes_by_cells.csv.gz'], 'Stored as “CSV”.'],
      ['RDS', ['pbmc283/pbmc.rds'], 'These counts are stored already, as “CSV”.'],
      ['RData', ['pbmc283/SRA_TEST.sparse.RData'], 'Stored as “RData”.'],
      [
        '10x MTX',
        ['matrix.mtx.gz', 'features.tsv.gz', 'barcodes.tsv.gz'].map(name => join(folder, name)),
        'These counts are stored already, as “10x HDF5”.',
      ],
    ])('stores %s', async (format, paths, outcome) => {
      await studio.chooseCounts(...paths.map(testData));
      await studio.main.getByText('283 cells × 914 genes, 68 of the 978 L1000 landmarks').waitFor();
      expect(await studio.store(format)).toBe(outcome);
      if (outcome.startsWith('Stored')) expect(await studio.words(format)).toContain('283 cells × 914 genes');
    });

    it('takes a dropped file, and pools several', async () => {
      const { page } = studio;
      const dropped = await page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        for (const [name, cell] of [
          ['a.csv', 'x'],
          ['b.csv', 'y'],
        ] as const) {
          const text = `,${cell}1,${cell}2\nACTB,1,2\nGAPDH,3,0\nCD3E,0,5`;
          transfer.items.add(new File([text], name));
        }
        return transfer;
      });
      await page.getByRole('group', { name: 'Count files' }).dispatchEvent('drop', { dataTransfer: dropped });
      await page.getByText('These 2 will be stored as one data set of 4 cells', { exact: false }).waitFor();
      expect(await studio.store('Pooled')).toBe('Stored as “Pooled”.');
      expect(await studio.words('Pooled')).toContain('4 cells × 3 genes');
    });
  });

  withData('with labels', () => {
    it('stores cells with their types, without the doublets', async () => {
      const studio = await Studio.open();
      const { page } = studio;
      await studio.chooseCounts(testData('sc_mixology/sc_dropseq.count.csv.gz'));
      await studio.choose('Choose a CSV or TSV…', [testData('sc_mixology/sc_dropseq.metadata.csv.gz')]);
      await studio.button('sc_dropseq.metadata.csv.gz').waitFor();
      const offered = page.locator('datalist option[value="cell_line_demuxlet"]');
      await offered.waitFor({ state: 'attached' });
      await page.getByLabel('Column with cell types').fill('cell_line_demuxlet');
      await page.getByLabel('Leave out cells whose column').fill('demuxlet_cls');
      await page.getByLabel('has the value').fill('DBL');
      await studio.picture('import-labels');
      await studio.store('Drop-seq, three lines');
      expect(await studio.words('Drop-seq, three lines')).toContain('210 cells × 15,127 genes');
      expect(await studio.words('Drop-seq, three lines')).toContain('H1975 (79)');
    });
  });

  withData('of files that are wrong', () => {
    it('shows the sentence of each and stores nothing', async () => {
      const studio = await Studio.open();
      const { main, workspace } = studio;
      await studio.chooseCounts(testData('bad/garbage.h5'), testData('bad/negative_counts.csv'));
      await main.getByText('garbage.h5 is not an HDF5 file', { exact: false }).waitFor();
      await main.getByText('negative_counts.csv holds 2 negative values', { exact: false }).waitFor();
      await studio.picture('import-refused');
      await studio.button('Close').click();
      await main.getByText('None yet.', { exact: false }).waitFor();
      expect(readdirSync(join(workspace, 'datasets'))).toEqual([]);
    });

    it('reads a file another way where the user knows better', async () => {
      const studio = await Studio.open();
      const { main } = studio;
      await studio.chooseCounts(testData('bad/log_values.csv'));
      await main.getByText('log_values.csv holds fractions', { exact: false }).waitFor();
      await main.getByText('Read it another way').click();
      await main.getByRole('combobox', { name: 'Values' }).selectOption('e');
      await studio.button('Read again').click();
      await main.getByText('20 cells × 30 genes', { exact: false }).waitFor();
      expect(await studio.store('Logarithms')).toBe('Stored as “Logarithms”.');
    });
  });
});
