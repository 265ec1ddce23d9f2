/** The gene reference of the app, loaded once per test file. */
import { fileURLToPath } from 'node:url';
import { loadReference } from '../../src/engine/genes/reference.ts';
import type { GeneReference } from '../../src/engine/genes/reference.ts';

export const resources = fileURLToPath(new URL('../../resources', import.meta.url));

let loaded: GeneReference | undefined;
export function reference(): GeneReference {
  return (loaded ??= loadReference(resources));
}
