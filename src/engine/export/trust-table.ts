/** How far every gene of a run can be relied on, as a table: what the card of a gene says, for all of them. */
import { csvOf } from '../../shared/csv.ts';
import { PREDICTABLE, trustOf } from '../../shared/predict.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import { LEVELS } from '../steps/gene-errors.ts';

export const TRUST_FILE = 'gene_trust.csv';
export const TRUST_NOTE = `how far each gene can be relied on when only the panel is measured, by the panel's linear model in held-out cells: predictable (R2 of at least ${PREDICTABLE}, with the 95 % interval above 0), weak, blind (do not rely on it) or measured; the interval is by jackknife; rmse is the root of the mean squared error on the log scale, where the gene is not detected, low (up to its mean over the training cells that show it) and high; r2 of each cell type is against the mean of all training cells; carried_by are the panel genes with the largest standardised coefficients`;

/** Null for a run of an earlier version, which kept no errors. */
export function trustCsv({ genes, errors }: Pick<RunArtifacts, 'genes' | 'errors'>): string | null {
  if (errors === null) return null;
  const at = (values: Float32Array, row: number, gene: number): number | null => {
    const value = values[row * errors.genes + gene]!;
    return Number.isNaN(value) ? null : value;
  };
  const word = (level: string): string => level.replaceAll(' ', '_');
  const carrierRows = errors.carriers.length / errors.genes;
  return csvOf(
    [
      ...['symbol', 'ensembl', 'entrez', 'name_in_file', 'trust', 'r2', 'r2_low', 'r2_high'],
      ...LEVELS.flatMap(level => [`cells_${word(level)}`, `rmse_${word(level)}`]),
      ...errors.types.map(type => `r2_${type}`),
      'carried_by',
    ],
    genes.map(({ symbol, ensembl, entrez, name, inPanel, r2 }, gene) => {
      const low = at(errors.low, 0, gene);
      const carriers = Array.from(
        { length: carrierRows },
        (_, place) => errors.carriers[place * errors.genes + gene]!,
      );
      return [
        ...[symbol, ensembl, entrez > 0 ? entrez : null, name, trustOf(inPanel, r2, low), r2, low],
        at(errors.high, 0, gene),
        ...LEVELS.flatMap((_, level) => [
          at(errors.levelCells, level, gene),
          at(errors.levelError, level, gene),
        ]),
        ...errors.types.map((_, type) => at(errors.typeR2, type, gene)),
        carriers
          .flatMap(column => (column < 0 ? [] : [genes[column]!.symbol || genes[column]!.name]))
          .join(' '),
      ];
    }),
  );
}
