/** Files that come from the system by their paths. */
import { expect, it } from 'vitest';
import { pathOfGroup } from '../../src/renderer/desktop-host.ts';
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

it('names the file, the folder, or the matrix that stands for what was chosen', () => {
  expect(pathOfGroup(['/a/x.h5ad'], 'x.h5ad')).toBe('/a/x.h5ad');
  const parts = (folder: string, prefix = ''): string[] =>
    ['barcodes.tsv.gz', 'features.tsv.gz', 'matrix.mtx.gz'].map(name => `${folder}/${prefix}${name}`);
  expect(pathOfGroup(parts('/a/run'), 'run')).toBe('/a/run/');
  expect(pathOfGroup(['/a/run/readme.txt', ...parts('/a/run/filtered')], 'run')).toBe('/a/run/');
  expect(pathOfGroup(parts('/a', 'GSM1_'), 'GSM1')).toBe('/a/GSM1_matrix.mtx.gz');
  expect(pathOfGroup(['C:\\a\\genes.tsv', 'C:\\a\\matrix.mtx'], '10x matrix')).toBe('C:\\a\\matrix.mtx');
});
