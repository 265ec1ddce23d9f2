/** Names of data sets and runs in the workspace: short, readable, safe as a folder on every system. */
import { randomInt } from 'node:crypto';
import { AppError, badInput } from '../../shared/errors.ts';

export type Kind = 'dataset' | 'run';

/** How people call them. */
export const WORD = { dataset: 'data set', run: 'run' } as const satisfies Record<Kind, string>;

const PATTERN = /^[a-z0-9-]{1,64}$/;
/** Letters and digits that cannot be mistaken for each other. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

export function isId(text: string): boolean {
  return PATTERN.test(text);
}

/** @throws AppError BAD_INPUT for anything that could be a path */
export function checkId(kind: Kind, id: string): string {
  if (isId(id)) return id;
  throw badInput(
    'id',
    `${JSON.stringify(id.slice(0, 80))} cannot be the id of a ${WORD[kind]}; an id has lower-case letters, digits and hyphens only.`,
  );
}

/**
 * A readable start from the name and five random letters: an id that was deleted never comes back as another thing,
 * even where two copies of a workspace are put together.
 */
export function newId(name: string): string {
  const start = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '');
  let tail = '';
  for (let k = 0; k < 5; k++) tail += ALPHABET[randomInt(ALPHABET.length)]!;
  return start === '' ? tail : `${start}-${tail}`;
}

export function notFound(kind: Kind, id: string): AppError<'NOT_FOUND'> {
  const what = WORD[kind];
  return new AppError(
    'NOT_FOUND',
    `There is no ${what} "${id}" in this workspace. It may have been deleted.`,
    { what, id },
  );
}
