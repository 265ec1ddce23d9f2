/** Iterates t-SNE and UMAP to their end, or to where a watcher ends them, showing each on the way. */
import type { Coordinates } from 'scran.js';
import { SETTLING, type EmbedProgress, type LiveSettings, type SettlingName } from './protocol.ts';

/** Milliseconds between two looks at the progress of a map that nobody watches. */
const SLICE = 250;

export interface Settling {
  readonly name: SettlingName;
  readonly label: string;
  /** Iterations of the whole way, and those done. */
  readonly of: number;
  done(): number;
  /** Goes on for about so many milliseconds. */
  run(milliseconds: number): void;
  coordinates(): Coordinates;
}

/** Watched maps take turns, so that all of them can be seen to settle. */
export function settle(
  maps: readonly Settling[],
  live: LiveSettings | undefined,
  report: (value: EmbedProgress) => void,
): void {
  const isOpen = (map: Settling): boolean =>
    map.done() < map.of && (live === undefined || Atomics.load(live.stop, SETTLING.indexOf(map.name)) === 0);
  for (let open = maps.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
    for (const map of live === undefined ? open.slice(0, 1) : open) {
      const { name: phase, label, of } = map;
      const done = map.done();
      if (live === undefined) {
        report({ phase, label, done, of });
        map.run(SLICE);
      } else {
        map.run(live.slice);
        report({ phase, label, done: map.done(), of, part: { [phase]: shown(map) } });
      }
    }
  }
}

function shown(map: Settling): { points: Float32Array; done: number; of: number } {
  return { points: inTurn(map.coordinates()), done: map.done(), of: map.of };
}

/** Coordinates as x, y, x, y. */
export function inTurn({ x, y }: Coordinates): Float32Array {
  const points = new Float32Array(2 * x.length);
  for (let c = 0; c < x.length; c++) {
    points[2 * c] = x[c]!;
    points[2 * c + 1] = y[c]!;
  }
  return points;
}
