/** Files that come from the system by their paths. */
import { expect, it } from 'vitest';
import { withoutCompanions } from '../../src/renderer/views/data/drop.ts';

const file = (path: string) => ({ path, name: path.split('/').at(-1)! });

it('takes the parts of one 10x matrix once', () => {
  const paths = [
    '/a/matrix.mtx.gz',
    '/a/features.tsv.gz',
    '/a/barcodes.tsv.gz',
    '/b/GSM1_matrix.mtx',
    '/b/GSM1_genes.tsv',
  ];
  const others = ['/b/GSM2_barcodes.tsv', '/c/features.tsv.gz', '/c/x.h5ad'];
  expect(withoutCompanions([...paths, ...others].map(file)).map(({ path }) => path)).toEqual([
    '/a/matrix.mtx.gz',
    '/b/GSM1_matrix.mtx',
    ...others,
  ]);
});
