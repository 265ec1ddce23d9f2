/** What a change of the filters will and will not compute anew, said before anything does. */
import type { DatasetSummary, RunSummary } from '../../../shared/model.ts';
import { duration } from '../../ui/format.ts';

/** @param expected seconds of a run with these filters, where they are known */
export function accountOf(
  dataset: DatasetSummary,
  runs: readonly RunSummary[],
  expected: number | null,
): string {
  const own = runs.filter(run => run.datasetId === dataset.id);
  const finished = own.filter(run => run.status === 'done');
  const kept =
    finished.length === 0
      ? 'Nothing is computed while you choose.'
      : `Nothing is computed while you choose, and ${finished.length === 1 ? 'the finished run of these data stays' : `the ${finished.length} finished runs of these data stay`} as ${finished.length === 1 ? 'it is' : 'they are'}.`;
  const going = own.some(run => run.status === 'running')
    ? ' The run that is going keeps the filters it was started with.'
    : '';
  const time = expected === null ? '' : ` That takes about ${duration(expected)}.`;
  return `${kept}${going} The next run starts from these filters: normalisation, maps, every model and the panel are computed anew.${time}`;
}
