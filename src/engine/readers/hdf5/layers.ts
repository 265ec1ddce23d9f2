/** Which of several matrices of a file to read: the one the user named, else the first that holds counts. */
import { badInput } from '../../../shared/errors.ts';
import { listed } from '../binary/printable.ts';
import type { StoredMatrix } from './matrices.ts';

export interface Candidate {
  /** The name that users know, and other names it goes by. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Taken without being asked for, if it holds counts. */
  readonly automatic: boolean;
  open(): StoredMatrix;
}

export interface Choice<C extends Candidate> {
  readonly candidate: C;
  readonly matrix: StoredMatrix;
  /** Name for the report, null where there was nothing to choose. */
  readonly layer: string | null;
  readonly warnings: readonly string[];
}

/**
 * @param candidates in the order of preference, one at least
 * @param alreadyLog the user wants logarithms: the first matrix is taken without looking for counts
 * @throws AppError BAD_INPUT for a layer that the file does not have
 */
export function chooseLayer<C extends Candidate>(
  file: string,
  candidates: readonly C[],
  layer: string | undefined,
  alreadyLog: boolean,
): Choice<C> {
  const several = candidates.length > 1;
  const names = candidates.map(({ name }) => name);
  if (layer !== undefined) {
    const candidate = candidates.find(({ name, aliases = [] }) => [name, ...aliases].includes(layer));
    if (!candidate) {
      const problem = `${file} has no matrix named ${layer}; it has ${listed(names)}.`;
      throw badInput('layer', problem);
    }
    return { candidate, matrix: candidate.open(), layer: several ? candidate.name : null, warnings: [] };
  }
  const automatic = candidates.filter(candidate => candidate.automatic);
  const first = automatic[0] ?? candidates[0]!;
  const firstMatrix = first.open();
  const chosen = (candidate: C, matrix: StoredMatrix, warnings: readonly string[]): Choice<C> => ({
    candidate,
    matrix,
    layer: several ? candidate.name : null,
    warnings,
  });
  if (alreadyLog || holdsCounts(firstMatrix)) {
    const others = automatic.filter(candidate => candidate !== first).map(({ name }) => name);
    const also =
      others.length === 0
        ? []
        : [
            `${first.name} of ${file} was read; the file also has ${listed(others)}, to be chosen as the layer.`,
          ];
    return chosen(first, firstMatrix, also);
  }
  for (const candidate of automatic) {
    if (candidate === first) continue;
    const matrix = candidate.open();
    if (!holdsCounts(matrix)) continue;
    const why = `${first.name} of ${file} holds values that are not counts; ${candidate.name} was read instead.`;
    return chosen(candidate, matrix, [why]);
  }
  // None holds counts: reading the first one says in full what is wrong with it.
  return chosen(first, firstMatrix, []);
}

/** By some of its values: whole and not negative. */
function holdsCounts(matrix: StoredMatrix): boolean {
  for (const values of matrix.sample()) {
    for (let k = 0; k < values.length; k++) {
      if (!(values[k]! >= 0 && Number.isInteger(values[k]))) return false;
    }
  }
  return true;
}
