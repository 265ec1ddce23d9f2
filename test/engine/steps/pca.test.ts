/** Preprocessing and PCA together, on real data, against scikit-learn from the same counts. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { computeEmbedding } from '../../../src/engine/embed/embed.ts';
import { LogRows } from '../../../src/engine/steps/log-rows.ts';
import { preprocess } from '../../../src/engine/steps/preprocess.ts';
import { PRESETS } from '../../../src/shared/params.ts';
import { testData, withData } from '../../support/data.ts';
import { testEnvironment } from '../../support/environment.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { context, readCountTable } from './support.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../reference/sc_dropseq/pca.json', import.meta.url), 'utf8'),
) as {
  genes: number;
  varianceExplainedRatio: number[];
  absoluteScores: { cells: number[]; components: number; values: number[][] };
};

withData('PCA of preprocessed sc_dropseq', () => {
  it('has the variances and scores of scikit-learn', async () => {
    const table = readCountTable(
      testData('sc_mixology/sc_dropseq.count.csv.gz'),
      testData('sc_mixology/sc_dropseq.metadata.csv.gz'),
      'cell_line_demuxlet',
    );
    const params = { ...PRESETS.paper, minLibrarySize: 10000 };
    const labels = { type: null, experiment: null };
    const done = await preprocess(table.rows, table.genes, labels, params, null, context());
    const rows = await LogRows.create(table.rows, done, { memoryLimit: Infinity }, context());
    const options = { hvgs: reference.genes, pcs: 20, logBase: 10 };
    const map = await computeEmbedding(rows, done, options, testEnvironment(temporaryFolder()), context());
    // Lanczos iterations in double precision on 32-bit values; the components of noise at the end are close together.
    for (let k = 0; k < 10; k++) {
      expect(map.varianceExplained[k]! / reference.varianceExplainedRatio[k]!).toBeCloseTo(1, 4);
    }
    const { cells, components, values } = reference.absoluteScores;
    cells.forEach((cell, c) => {
      for (let k = 0; k < components; k++) {
        const score = Math.abs(map.scores[cell * map.components + k]!);
        expect(score).toBeCloseTo(values[c]![k]!, 3);
      }
    });
  });
});
