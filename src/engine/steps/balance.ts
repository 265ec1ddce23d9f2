/** About equally many cells of each type, as the paper collected them: a draw with the seed. */
import { createRandom } from '../../core/random.ts';
import type { LabelColumn } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import { range } from './cells.ts';
import { counted, grouped } from './words.ts';

/**
 * At most `maxCellsPerType` cells of each type, drawn without replacement; cells without a label are one group.
 * @param notes gets a sentence on what was done, or why nothing could be
 * @returns ascending cells
 */
export function balance(
  cells: number,
  type: LabelColumn | null,
  params: Pick<Params, 'seed' | 'maxCellsPerType'>,
  notes: string[],
): Int32Array {
  const all = range(cells);
  const most = params.maxCellsPerType;
  if (most === 0) return all;
  if (type === null) {
    notes.push('The data have no cell types, so cells were not balanced.');
    return all;
  }
  const members: number[][] = Array.from({ length: type.levels.length + 1 }, () => []);
  for (const cell of all) members.at(type.codes[cell]!)!.push(cell); // -1 is the last group
  const drawn = members.flatMap((group, level) =>
    group.length <= most
      ? group
      : createRandom(params.seed, 'balance', level).shuffle<number, number[]>(group).slice(0, most),
  );
  if (drawn.length < cells) {
    notes.push(
      `At most ${counted(most, 'cell')} of each type were drawn: ${grouped(drawn.length)} of ${grouped(cells)} cells.`,
    );
  }
  return Int32Array.from(drawn).sort();
}
