/** How far every gene of a run can be relied on, as a table: what the card of a gene says, for all of them. */
import { csvOf } from '../../shared/csv.ts';
import { PREDICTABLE, trustOf } from '../../shared/predict.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import { carriersOf, errorOf, LEVELS } from '../steps/gene-errors.ts';

export const TRUST_FILE = 'gene_trust.csv';
export const TRUST_NOTE = `how far each gene can be relied on when only the panel is measured, by the panel's linear model in held-out cells: predictable (R2 of at least ${PREDICTABLE}, with the 95 % interval above 0), weak, blind (do not rely on it) or measured; the interval is by jackknife; rmse is the root of the mean squared error on the log scale, where the gene is not detected, low (up to its mean over the training cells that show it) and high; r2 of each cell type is against the mean of all training cells; carried_by are the panel genes with the largest standardised coefficients`;

/** Null for a run of an earlier version, which kept no errors. */
export function trustCsv({ genes, errors }: Pick<RunArtifacts, 'genes' | 'errors'>): string | null {
  if (errors === null) return null;
  const word = (level: string): string => level.replaceAll(' ', '_');
  return csvOf(
    [
      ...['symbol', 'ensembl', 'entrez', 'name_in_file', 'trust', 'r2', 'r2_low', 'r2_high'],
      ...LEVELS.flatMap(level => [`cells_${word(level)}`, `rmse_${word(level)}`]),
      ...errors.types.map(type => `r2_${type}`),
      'carried_by',
    ],
    genes.map(({ symbol, ensembl, entrez, name, inPanel, r2 }, gene) => {
      const low = errorOf(errors, 'low', gene);
      const carriers = carriersOf(errors, gene).map(column => genes[column]!);
      return [
        ...[symbol, ensembl, entrez > 0 ? entrez : null, name, trustOf(inPanel, r2, low), r2, low],
        errorOf(errors, 'high', gene),
        ...LEVELS.flatMap((_, level) => [
          errorOf(errors, 'levelCells', gene, level),
          errorOf(errors, 'levelError', gene, level),
        ]),
        ...errors.types.map((_, type) => errorOf(errors, 'typeR2', gene, type)),
        carriers.map(carrier => carrier.symbol || carrier.name).join(' '),
      ];
    }),
  );
}
