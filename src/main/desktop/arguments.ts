/** The files and folders among the words that the app was started with: an icon's drop or a double click in Windows and Linux. */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** More than anybody chooses at once. */
export const MOST_FILES = 200;

interface Surroundings {
  /** Folder that relative paths start from. */
  readonly folder: string;
  /** Paths that belong to the start itself: the app's folder or its main file in a checkout. */
  readonly own: readonly string[];
  readonly exists: (path: string) => boolean;
}

/**
 * Absolute paths of what exists, in order, each once.
 * @param words the program itself first, as in process.argv; Chromium may have added switches anywhere
 */
export function filesIn(words: readonly string[], { folder, own, exists }: Surroundings): string[] {
  const paths = words
    .slice(1)
    .filter(word => word !== '' && !word.startsWith('-'))
    .map(word => pathOf(word, folder))
    .filter(path => path !== null && !own.includes(path) && exists(path));
  return [...new Set(paths as string[])].slice(0, MOST_FILES);
}

/** Linux desktops may hand over addresses of files; other addresses are no files. */
function pathOf(word: string, folder: string): string | null {
  if (word.startsWith('file://')) {
    try {
      return fileURLToPath(word);
    } catch {
      return null;
    }
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(word) && !isAbsolute(word)) return null;
  return resolve(folder, word);
}
