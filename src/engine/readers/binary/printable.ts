/** Names that come out of binary files: a damaged file yields any bytes, and names go into sentences and tables. */
import { badFile } from '../../../shared/errors.ts';

const LONGEST_NAME = 200;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f\ufffd]/;

/**
 * @param what the kind of thing named, for the sentence: "gene" or "cell"
 * @throws AppError BAD_FILE for a name that no program would have written
 */
export function checkNames(file: string, what: string, names: readonly string[]): void {
  for (const [k, name] of names.entries()) {
    if (!isPrintable(name)) {
      throw badFile(file, `has an unreadable name for ${what} ${k + 1}: it is probably damaged`);
    }
  }
}

/** Whether a program could have written such a name. */
export function isPrintable(name: string): boolean {
  return name.length <= LONGEST_NAME && !UNPRINTABLE.test(name);
}

/** A name as it can stand in a sentence. */
export function printable(name: string): string {
  const shown = name.length > 60 ? `${name.slice(0, 60)}...` : name;
  return shown.replaceAll(new RegExp(UNPRINTABLE, 'g'), '?');
}

/** The first of several names, for a sentence. */
export function listed(names: Iterable<string>, most = 6): string {
  const all = [...names];
  const more = all.length > most ? ` and ${all.length - most} more` : '';
  return all.slice(0, most).map(printable).join(', ') + more;
}
