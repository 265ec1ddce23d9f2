/** Which models of a run are compared with each other. */
import type { PairMetrics } from '../../shared/model.ts';
import type { StepContext } from '../steps/context.ts';
import { comparePair, type Scored } from '../steps/pairs.ts';
import type { TestSet } from '../steps/test-set.ts';

/**
 * Both panel models against the mean, panel against L1000 with each kind of model, network against linear model, and the
 * network that reads all genes against the panel's, as what lies above it.
 * @param linear, network the panel's models
 */
export async function compareModels(
  scored: readonly Scored[],
  linear: Scored,
  network: Scored,
  test: TestSet,
  seed: number,
  context: StepContext,
): Promise<PairMetrics[]> {
  const find = (id: Scored['id']): Scored | undefined => scored.find(model => model.id === id);
  const [mean, select] = [find('mean'), find('select')];
  const [linearL1000, networkL1000] = [find('linear-l1000'), find('dnn-l1000')];
  const wanted = [
    [mean, linear],
    [mean, network],
    [linearL1000, linear],
    [networkL1000, network],
    [linearL1000, networkL1000],
    [linear, network],
    [network, select],
  ] as const;
  const pairs: PairMetrics[] = [];
  for (const [a, b] of wanted) {
    if (!a || !b) continue;
    const pair = await comparePair(a, b, test, seed, context);
    if (pair) pairs.push(pair);
  }
  return pairs;
}
