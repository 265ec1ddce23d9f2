/** Cell names have to be unique: labels are matched by them. */
import { badFile } from '../../shared/errors.ts';
import type { ReadOptions } from '../../shared/model.ts';

/**
 * The cell names of a file as they will be used.
 * @throws AppError BAD_FILE where a name is empty, or occurs several times and `duplicateCells` is not 'rename'.
 */
export function uniqueCellNames(
  file: string,
  names: readonly string[],
  options: ReadOptions,
): { readonly names: readonly string[]; readonly warnings: readonly string[] } {
  const empty = names.indexOf('');
  if (empty >= 0) throw badFile(file, `has no name for cell ${empty + 1}`);
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  if (times.size === names.length) return { names, warnings: [] };

  const repeated = [...times].filter(([, n]) => n > 1);
  const [name, n] = repeated[0]!;
  const others = repeated.length - 1;
  const more = others === 0 ? '' : `, and ${others} other ${others === 1 ? 'name' : 'names'} more than once`;
  const what = `uses the cell name ${name} ${n} times${more}`;
  if (options.duplicateCells !== 'rename') {
    throw badFile(
      file,
      `${what}: give every cell a name of its own, or choose to have repeated cell names made unique`,
    );
  }
  return {
    names: numbered(names, times),
    warnings: [`${file} ${what}; a number was added to make the names unique.`],
  };
}

/** The first bearer keeps its name, the others become name-1, name-2 and so on, past names that exist already. */
function numbered(names: readonly string[], times: ReadonlyMap<string, number>): string[] {
  const taken = new Set(times.keys());
  const seen = new Map<string, number>();
  return names.map(name => {
    const before = seen.get(name);
    if (before === undefined) {
      seen.set(name, 0);
      return name;
    }
    let number = before;
    let unique: string;
    do unique = `${name}-${++number}`;
    while (taken.has(unique));
    seen.set(name, number);
    taken.add(unique);
    return unique;
  });
}

/** A warning where genes share a name; identity of genes is settled at import, not here. */
export function repeatedGeneNames(file: string, names: readonly string[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  repeated.delete('');
  if (repeated.size === 0) return [];
  const what = repeated.size === 1 ? 'One gene name occurs' : `${repeated.size} gene names occur`;
  return [`${what} more than once in ${file} (${examples(repeated)}).`];
}

function examples(names: ReadonlySet<string>): string {
  return [...names].slice(0, 3).join(', ');
}
