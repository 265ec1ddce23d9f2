/** Everything a finished run holds, read from its folder: what exports, reports and screens are made of. */
import type { Embedding } from '../../shared/contract.ts';
import type { DatasetSummary, PanelGene, RunMetrics, RunSummary, TrainingCurve } from '../../shared/model.ts';
import type { Scoreboard } from '../../shared/scoreboard.ts';
import type { GeneErrors } from '../steps/gene-errors.ts';
import type { Params } from '../../shared/params.ts';

export interface RunArtifacts {
  readonly summary: RunSummary;
  readonly dataset: DatasetSummary;
  readonly paramsVersion: number;
  readonly params: Params;
  readonly metrics: RunMetrics;
  /** All genes of the run's background, in data set order. */
  readonly genes: readonly PanelGene[];
  readonly curves: readonly TrainingCurve[];
  /** Panels that were compared, where they were. */
  readonly board: Scoreboard | null;
  /** Of every gene outside the panel; null for a run of an earlier version. */
  readonly errors: GeneErrors | null;
  /** Which cell was used for what; null where the data set was deleted. */
  readonly split: readonly { readonly cell: string; readonly part: 'train' | 'stop' | 'test' }[] | null;
  /** Null where embeddings were switched off or not possible. */
  readonly embedding: Embedding | null;
}
