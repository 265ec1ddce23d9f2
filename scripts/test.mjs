/**
 * `npm test`: everything, stage by stage, and at the end one line `N passed, N failed, N skipped`. Types and lint count
 * as one each. `--electron` runs the desktop's own tests in the real Electron, where its program is there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lint, typecheck } from './lib/checks.mjs';
import { findElectron } from './lib/electron.mjs';
import { readJson } from './lib/json-file.mjs';
import { main, prepare } from './lib/prepare.mjs';
import { modules } from './lib/places.mjs';
import { handOver } from './lib/processes.mjs';

const tell = line => process.stdout.write(`${line}\n`);
const total = { passed: 0, failed: 0, skipped: 0 };

await main(async () => {
  const { node, engine } = await prepare({ engine: 'retry', build: true });
  tell(engine.native ? 'The native compute engine is in place.' : `Testing with WebAssembly: ${engine.why}.`);
  if (process.argv.includes('--electron')) await inElectron(node);
  else {
    const types = typecheck(node);
    const style = lint(node);
    await stage('Types of every layer', () => check(() => types));
    // Lint takes one core and longer than the types: the tests have begun by then.
    await stage('Unit and integration tests', () => tests(node, 'node*'));
    await stage('Lint and format', () => check(() => style));
    await stage('End-to-end tests in a browser', () => tests(node, 'e2e'));
  }
  const { passed, failed, skipped } = total;
  tell(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
});

async function stage(name, work) {
  tell(`\n${name}`);
  const started = Date.now();
  const { passed, failed, skipped } = await work();
  const seconds = Math.round((Date.now() - started) / 1000);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  tell(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
}

async function check(work) {
  const { ok, output } = await work();
  if (!ok) tell(output.trim());
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

async function tests(node, project, more = [], env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'f910-test-report-'));
  const report = join(folder, 'report.json');
  try {
    const vitest = join(modules, 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    // Engines, servers and terminals start by the hundred: what they load is compiled once.
    const compiled = { NODE_COMPILE_CACHE: join(modules, '.cache', 'compiled') };
    const args = [vitest, 'run', '--project', project, ...reporters, ...more];
    const code = await handOver(node, args, { ...compiled, ...env });
    if (code > 128) throw new Error('The tests were stopped.');
    return counts(readJson(report), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Vitest counted; a file that could not even be loaded, or a run that left no report, is a failure. */
function counts(report, code) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const notLoaded = report.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + notLoaded.length;
  const skipped = report.numPendingTests + report.numTodoTests;
  tellSkipped(report);
  // An error outside of any test fails the run without failing a test.
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}

/** The reasons stand in the names of the groups that are skipped. */
function tellSkipped(report) {
  const tests = report.testResults.flatMap(file => file.assertionResults);
  const skipped = tests.filter(({ status }) => status === 'skipped' || status === 'pending');
  const names = skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title);
  for (const name of new Set(names)) tell(`Skipped: ${name}`);
}

/** Specs that run in the real Electron as well as in its stand-in. */
const IN_ELECTRON = ['desktop.spec.ts', 'shell.spec.ts', 'same/'].map(
  name => `test/electron-standin/${name}`,
);

async function inElectron(node) {
  if (findElectron() === null) {
    tell("Skipped: Electron's program is not here (npm start fetches it).");
    total.skipped++;
    return;
  }
  await stage('Desktop tests in Electron', () => tests(node, 'e2e', IN_ELECTRON, { E2E_ENGINE: 'electron' }));
}
