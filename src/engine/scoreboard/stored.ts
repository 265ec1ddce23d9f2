/** The scoreboard that was made last, in the folder of its run. */
import type { Scoreboard } from '../../shared/scoreboard.ts';
import type { RunFolder } from '../workspace/run-folder.ts';

export const BOARD_FILE = 'scoreboard.json';

/** Null where there is none; one of an earlier version lacks figures, and is made again on request. */
export function storedBoard(folder: RunFolder): Scoreboard | null {
  const board = folder.readJson<Scoreboard>(BOARD_FILE);
  return board?.schema === 2 ? board : null;
}
