/** What a scoreboard found at one size, in plain sentences. */
import {
  PANEL_NAMES,
  type Board,
  type BoardDraws,
  type BoardNetwork,
  type BoardPanel,
} from '../../shared/scoreboard.ts';
import { counted, percent } from '../steps/words.ts';

const points = (difference: number): string => (100 * difference).toFixed(1);

export function boardVerdict({ size, best, panels, random, pairs, draws }: Omit<Board, 'verdict'>): string {
  const named = panels.find(({ id }) => id === best.overall)!;
  const { test } = named;
  const name = PANEL_NAMES[best.overall];
  const sentences = [
    `At ${counted(size, 'gene')}, ${name} did best on the stop cells. In the test cells ${againstRandom(named, random.ev.count)}.`,
  ];
  const beaten = pairs.filter(({ low }) => low > 0).map(({ against }) => PANEL_NAMES[against]);
  const level = pairs
    .filter(({ low, high }) => low <= 0 && high >= 0)
    .map(({ against }) => PANEL_NAMES[against]);
  const above = pairs.filter(({ high }) => high < 0).map(({ against }) => PANEL_NAMES[against]);
  if (beaten.length > 0) sentences.push(`It explains more than ${beaten.join(', ')}.`);
  if (level.length > 0) sentences.push(`It cannot be told apart from ${level.join(', ')}.`);
  if (above.length > 0)
    sentences.push(`${above.join(', ')} ${above.length === 1 ? 'explains' : 'explain'} more.`);
  if (test.knn !== null && random.knn !== null)
    sentences.push(
      `It keeps ${percent(test.knn)} of the neighbours of a cell${test.knn < random.knn.low ? ', fewer than random panels do' : ''} (random panels ${percent(random.knn.mean)}).`,
    );
  if (test.accuracy !== null && random.accuracy !== null)
    sentences.push(
      `It recognises ${percent(test.accuracy)} of the cells of a type (random panels ${percent(random.accuracy.mean)}).`,
    );
  if (draws !== null) sentences.push(`${anew(name, draws)}.`);
  if (named.network) sentences.push(`A network on its genes ${aboveLinear(named.network)}.`);
  return sentences.join(' ');
}

function anew(name: string, { count, lead, jaccard }: BoardDraws): string {
  const panels = `Chosen anew on ${count} random four fifths of the training cells, ${name}`;
  return `${panels} leads random panels by ${points(lead.low)} to ${points(lead.high)} points, and two of its panels share ${percent(jaccard)} of their genes`;
}

function aboveLinear({ ev, aboveLinear: above }: BoardNetwork): string {
  const explains = ev === null ? 'cannot be scored' : `explains ${percent(ev)}`;
  if (above === null) return explains;
  const interval = `from ${points(above.low)} to ${points(above.high)} points`;
  if (above.low > 0)
    return `${explains}, ${points(above.difference)} points more than the linear model (${interval})`;
  if (above.high < 0)
    return `${explains}, ${points(-above.difference)} points less than the linear model (${interval})`;
  return `${explains}, which cannot be told apart from the linear model (${interval})`;
}

function againstRandom({ test }: BoardPanel, count: number): string {
  const figures = `${points(test.lead)} points of explained variance on the genes in neither, from ${points(test.leadLow)} to ${points(test.leadHigh)}, p = ${test.p.toFixed(2)}`;
  if (test.leadLow > 0) return `it is better than random panels of its size (${figures})`;
  if (test.leadHigh < 0) return `it is worse than random panels of its size (${figures})`;
  return `it is no better than random at this size: ${test.asGood} of ${counted(count, 'random panel')} do as well (${figures})`;
}
