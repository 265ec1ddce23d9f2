/** Small JSON files that are whole or not there: written beside their place and renamed. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The value, or null where there is no file or it is damaged. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

export function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, JSON.stringify(value, null, 1));
  renameSync(beside, path);
}

export function forget(path) {
  rmSync(path, { force: true });
}
