/** What a scoreboard found at one size, in plain sentences. */
import { PANEL_NAMES, type Board, type BoardPanel } from '../../shared/scoreboard.ts';
import { counted, percent } from '../steps/words.ts';

const points = (difference: number): string => (100 * difference).toFixed(1);

export function boardVerdict({ size, best, panels, random, pairs }: Omit<Board, 'verdict'>): string {
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
      `It keeps ${percent(test.knn)} of the neighbours of a cell (random panels ${percent(random.knn.mean)}).`,
    );
  if (test.accuracy !== null && random.accuracy !== null)
    sentences.push(
      `It recognises ${percent(test.accuracy)} of the cells of a type (random panels ${percent(random.accuracy.mean)}).`,
    );
  return sentences.join(' ');
}

function againstRandom({ test }: BoardPanel, count: number): string {
  const figures = `${points(test.lead)} points of explained variance on the genes in neither, from ${points(test.leadLow)} to ${points(test.leadHigh)}, p = ${test.p.toFixed(2)}`;
  if (test.leadLow > 0) return `it is better than random panels of its size (${figures})`;
  if (test.leadHigh < 0) return `it is worse than random panels of its size (${figures})`;
  return `it is no better than random at this size: ${test.asGood} of ${counted(count, 'random panel')} do as well (${figures})`;
}
