/** R files of a real experiment, under the suite of all readers. */
import { expect, test } from 'vitest';
import type { Reader } from '../../../../src/engine/readers/contract.ts';
import { rdataReader, rdsReader } from '../../../../src/engine/readers/r/index.ts';
import { parseR } from '../../../../src/engine/readers/r/parse.ts';
import { testData, withData } from '../../../support/data.ts';
import { conforms, refusal } from '../conformance.ts';
import { fixture } from '../small-counts.ts';

const parser: Reader = { format: 'R', recognises: () => Promise.resolve(true), read: parseR };
const pbmc283 = {
  genes: 914,
  cells: 283,
  nonzeros: 82904,
  totalCounts: 352187,
  librarySizes: [1496, 1493, 2364, 2423, 1305],
  firstCell: 'ACTCTCCTGCATAC',
  lastCell: 'GCACAATGGTGCAT',
  layer: null,
  warnings: [],
};

withData('real files', () => {
  conforms(
    'RDS',
    { path: testData('pbmc283/pbmc.rds'), reader: rdsReader, copies: 3 },
    { format: 'RDS', ...pbmc283, firstGene: 'GPI', lastGene: 'FCGRT' },
  );
  conforms(
    'RData of PanglaoDB',
    { path: testData('pbmc283/SRA_TEST.sparse.RData'), reader: parser, copies: 8 },
    {
      format: 'PanglaoDB RData',
      ...pbmc283,
      firstGene: 'GPI_ENSG00000105220',
      lastGene: 'FCGRT_ENSG00000104870',
    },
  );
  test('a data.frame is refused', async () => {
    const error = await refusal({ path: testData('bad/data_frame.RData'), reader: rdataReader });
    expect(error.message).toBe(
      'data_frame.RData holds `sm`, a data.frame; a sparse or dense count matrix is needed.',
    );
  });
});

// Without the thread, which costs more than the reading; unpacked and as text, so that damage reaches the objects and not only the checksums of the packing.
const small = { genes: 8, cells: 6, nonzeros: 16, totalCounts: 168, warnings: [] };
conforms(
  'unpacked RDS',
  { path: fixture('r/sparse-none.rds'), reader: parser, copies: 150 },
  { format: 'RDS', ...small },
);
conforms(
  'RDS as text',
  { path: fixture('r/sparse-ascii.rds'), reader: parser, copies: 60 },
  { format: 'RDS', ...small },
);
conforms('xz', { path: fixture('r/sparse-xz.rds'), reader: parser, copies: 20 }, { format: 'RDS', ...small });
conforms(
  'bzip2',
  { path: fixture('r/sparse-bzip2.rds'), reader: parser, copies: 20 },
  { format: 'RDS', ...small },
);
conforms(
  'Seurat object',
  { path: fixture('r/seurat4-unpacked.rds'), reader: parser, copies: 150 },
  { format: 'Seurat object (RDS)', ...small, warnings: [/ADT/] },
);
conforms(
  'workspace with functions, environments and sequences',
  { path: fixture('r/workspace-unpacked.RData'), reader: parser, copies: 150 },
  { format: 'PanglaoDB RData', ...small },
);
