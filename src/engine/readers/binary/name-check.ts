/** Names that come out of binary files: a damaged file yields any bytes, and names go into sentences and tables. */
import { badFile } from '../../../shared/errors.ts';

const LONGEST_NAME = 500;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f\ufffd]/;

/**
 * @param what the kind of thing named, for the sentence: "gene" or "cell"
 * @throws AppError BAD_FILE for a name that no program would have written
 */
export function checkNames(file: string, what: string, names: readonly string[]): void {
  for (const [k, name] of names.entries()) {
    if (name.length > LONGEST_NAME || UNPRINTABLE.test(name)) {
      throw badFile(file, `has an unreadable name for ${what} ${k + 1}: it is probably damaged`);
    }
  }
}
