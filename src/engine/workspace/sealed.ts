/** Small JSON files that carry their own SHA-256 sum, so that a flipped bit in them is noticed when they are read. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { sha256, writeJson } from './atomic.ts';
import { codeOf, storageError, workspaceError } from './storage-error.ts';

const envelope = z.strictObject({ sha256: z.string(), content: z.unknown() });

export function writeSealed(path: string, content: unknown, temporaryFolder?: string): void {
  writeJson(path, { sha256: sha256(JSON.stringify(content)), content }, temporaryFolder);
}

/**
 * @param schema what the content must look like
 * @throws AppError WORKSPACE when the file is missing, changed or from a newer app; the sentence names the file
 */
export function readSealed<T>(path: string, schema: z.ZodType<T, unknown>, remedy: string): T {
  const name = basename(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw storageError(error, path);
    throw workspaceError(path, `${name} is missing. ${remedy}`, { cause: error });
  }
  const sealed = envelope.safeParse(parseJson(text));
  if (!sealed.success || sha256(JSON.stringify(sealed.data.content)) !== sealed.data.sha256) {
    throw workspaceError(path, `${name} is damaged: its content does not fit its sum. ${remedy}`);
  }
  const content = schema.safeParse(sealed.data.content);
  if (content.success) return content.data;
  throw workspaceError(
    path,
    `${name} was written by a newer F910 Studio than this one. Update F910 Studio.`,
    {
      cause: content.error,
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
