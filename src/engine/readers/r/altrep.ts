/** Vectors that R writes in short: sequences by their ends, text by the numbers it stands for, wrapped vectors. */
import { badFile } from '../../../shared/errors.ts';
import {
  NA_INTEGER,
  NO_ATTRIBUTES,
  isNumbers,
  type RAttributes,
  type RNumbers,
  type RValue,
  type Slice,
} from './values.ts';

/** Elements of text that a file may ask for beyond those it holds. */
const MOST_EXPANDED = 2 ** 26;

/** How much longer a file's objects may get than what it holds. */
export class Expansion {
  readonly #file: string;
  #left = MOST_EXPANDED;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws AppError BAD_FILE where it gets too much */
  by(elements: number): void {
    if (!(elements >= 0 && elements <= this.#left)) {
      throw badFile(this.#file, 'is damaged: it holds an R vector that is longer than can be true');
    }
    this.#left -= elements;
  }
}

/**
 * @param info the name of the class, its package and type
 * @param state what the class stored
 */
export function alternative(
  info: RValue,
  state: RValue,
  attributes: RAttributes,
  expansion: Expansion,
): RValue {
  const name =
    info.type === 'pairs' && info.values[0]?.value.type === 'symbol' ? info.values[0].value.name : '';
  const first =
    state.type === 'pairs' ? state.values[0]?.value : state.type === 'list' ? state.values[0] : undefined;
  if (name.startsWith('wrap_') && first !== undefined) {
    return 'attributes' in first && attributes.size > 0 ? { ...first, attributes } : first;
  }
  if (
    (name === 'compact_intseq' || name === 'compact_realseq') &&
    state.type === 'double' &&
    state.length === 3
  ) {
    return sequence(name === 'compact_intseq' ? 'integer' : 'double', state, attributes);
  }
  if (name === 'deferred_string' && isNumbers(first)) {
    expansion.by(first.length);
    const values = Array.from(first.slice(0, first.length), value => textOf(value, first.type));
    return { type: 'character', values, attributes };
  }
  return { type: 'other', what: `ALTREP ${name}`, attributes: NO_ATTRIBUTES };
}

/** Its values are made when they are asked for, and a slice is as long as the asker says. */
function sequence(type: 'integer' | 'double', state: RNumbers, attributes: RAttributes): RNumbers {
  const [stored, start, step] = state.slice(0, 3) as unknown as [number, number, number];
  const length = Number.isSafeInteger(stored) && stored >= 0 ? stored : 0;
  const slice = (from: number, to: number): Slice => {
    const out = type === 'integer' ? new Int32Array(to - from) : new Float64Array(to - from);
    for (let k = 0; k < out.length; k++) out[k] = start + (from + k) * step;
    return out;
  };
  return { type, length, slice, attributes };
}

function textOf(value: number, type: RNumbers['type']): string | null {
  if (type !== 'double') return value === NA_INTEGER ? null : String(value);
  return Number.isNaN(value) ? null : String(value);
}
