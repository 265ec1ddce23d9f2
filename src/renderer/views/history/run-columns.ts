/** Columns of the table of runs. */
import type { RunSummary } from '../../../shared/model.ts';
import { day, duration, figure } from '../../ui/format.ts';
import type { Column } from '../../ui/table.ts';
import { stateText } from '../train/words.ts';

export const RUN_COLUMNS: readonly Column<RunSummary>[] = [
  { id: 'name', label: 'Name', value: run => run.name },
  { id: 'dataset', label: 'Data set', value: run => run.datasetName },
  { id: 'preset', label: 'Recipe', value: run => run.preset },
  { id: 'seed', label: 'Seed', number: true, value: run => run.seed },
  { id: 'status', label: 'Status', value: run => stateText(run.status) },
  { id: 'panel', label: 'Panel', value: run => run.panelName },
  {
    id: 'explained',
    label: 'Explained',
    number: true,
    hint: 'Explained variance: the share of the variation of all genes outside the panel that the better model predicts in held-out cells. 0 is no better than every gene’s mean, 1 is perfect.',
    value: run => run.explainedVariance,
    text: run => figure(run.explainedVariance),
  },
  { id: 'created', label: 'Started', value: run => run.created, text: run => day(run.created) },
  {
    id: 'seconds',
    label: 'Took',
    number: true,
    value: run => run.seconds,
    text: run => (run.seconds === null ? '–' : duration(run.seconds)),
  },
];
