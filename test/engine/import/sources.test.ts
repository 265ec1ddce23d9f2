import { mkdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDistinct, labelsOfPaths, sumSource } from '../../../src/engine/import/sources.ts';
import { temporaryFolder } from '../../support/sandbox.ts';

const never = new AbortController().signal;

describe('paths of an import', () => {
  it.each([
    [['/d/sc_celseq2.count.csv.gz'], ['sc_celseq2']],
    [
      ['/d/SRA_TEST.sparse.RData', '/d/patient.1.h5ad'],
      ['SRA_TEST', 'patient.1'],
    ],
    [
      ['/d/A/filtered_feature_bc_matrix', '/d/B/filtered_feature_bc_matrix.h5'],
      ['A', 'B'],
    ],
    [['/d/A/outs/filtered_gene_bc_matrices/hg19'], ['A']],
    [
      ['/d/a/cells.csv', '/d/b/cells.csv'],
      ['cells', 'cells.1'],
    ],
    // An upload lies in a folder whose name tells nothing.
    [[`/w/uploads/${'a1'.repeat(16)}/filtered_feature_bc_matrix`], ['filtered_feature_bc_matrix']],
    [['/d/.gz'], ['.gz']],
    [['/matrix.mtx'], ['matrix']],
  ])('gives %j the labels %j', (paths, labels) => {
    expect(labelsOfPaths(paths)).toEqual(labels);
  });

  it('calls files as they were named, each differently', () => {
    const paths = ['/d/a/cells.csv', '/d/b/cells.csv', '/d/c/cells.csv'];
    expect(labelsOfPaths(paths, ['liver', undefined, 'liver'])).toEqual(['liver', 'cells', 'liver.1']);
  });

  it('refuses a path that is given twice', () => {
    expect(() => checkDistinct(['/d/a.csv', '/d/b.csv', '/d/../d/a.csv'])).toThrow('a.csv is given twice.');
  });

  it('sums a file by its bytes, and a folder by the matrix files in it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.csv'), 'x');
    expect(await sumSource(join(folder, 'a.csv'), never)).toBe(
      createHash('sha256').update('x').digest('hex'),
    );
    mkdirSync(join(folder, 'outs', 'hg19'), { recursive: true });
    writeFileSync(join(folder, 'outs', 'hg19', 'matrix.mtx'), '1');
    const before = await sumSource(folder, never);
    writeFileSync(join(folder, 'notes.txt'), 'any');
    expect(await sumSource(folder, never)).toBe(before);
    writeFileSync(join(folder, 'outs', 'hg19', 'genes.tsv'), '2');
    expect(await sumSource(folder, never)).not.toBe(before);
  });
});
