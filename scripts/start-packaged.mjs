/**
 * Starts the app that `npm run package` has laid out in dist/ on a workspace of its own, waits until its engine has
 * opened that, and ends it. `--where` only prints the program. For the release workflow: the fuses forbid what test tools
 * would need to look inside.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readJson } from './lib/json-file.mjs';
import { root } from './lib/places.mjs';
import { main } from './lib/prepare.mjs';
import { say } from './lib/say.mjs';

const TIME_LIMIT_MS = 120_000;
const { name, productName } = readJson(join(root, 'package.json'));

await main(async () => {
  const { values } = parseArgs({
    options: { where: { type: 'boolean' }, output: { type: 'string', default: join(root, 'dist') } },
  });
  const program = findProgram(values.output);
  if (values.where) process.stdout.write(`${program}\n`);
  else await start(program);
  return 0;
});

function findProgram(output) {
  const names = existsSync(output) ? readdirSync(output) : [];
  const places = names.flatMap(folder => [
    join(output, folder, name),
    join(output, folder, `${productName}.exe`),
    join(output, folder, `${productName}.app`, 'Contents', 'MacOS', productName),
  ]);
  const program = places.find(existsSync);
  if (program === undefined)
    throw new Error(`There is no packaged app in ${output}: npm run package makes one.`);
  return program;
}

async function start(program) {
  const workspace = mkdtempSync(join(tmpdir(), 'f910-packaged-'));
  // Chromium refuses its sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(program, [...sandbox, `--workspace=${workspace}`], { stdio: 'inherit' });
  let code;
  child.once('error', error => (code = String(error)));
  child.once('exit', (status, signal) => (code ??= status ?? signal));
  const started = Date.now();
  try {
    const opened = join(workspace, 'f910.sqlite');
    while (!existsSync(opened)) {
      if (code !== undefined)
        throw new Error(`The packaged app ended (${code}) before its engine was there.`);
      if (Date.now() - started > TIME_LIMIT_MS)
        throw new Error('The engine of the packaged app did not start in time.');
      await wait(200);
    }
    say(
      `The packaged app runs: its engine opened a workspace after ${((Date.now() - started) / 1000).toFixed(1)} s.`,
    );
  } finally {
    child.kill();
    for (let waited = 0; code === undefined && waited < 15_000; waited += 200) await wait(200);
    if (code === undefined) child.kill('SIGKILL');
    await rm(workspace, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}
