/** Packages are installed when they are missing, not complete or of another lock file, and only then. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Checkout } from './checkout.ts';

const install = `import { ensureInstall } from './lib/install.mjs'; await ensureInstall();`;
const lock = (version: string): string =>
  JSON.stringify({
    packages: {
      '': {},
      'node_modules/zod': { version },
      'node_modules/other': { version: '1', optional: true },
    },
  });

/** Stands in the place of npm: notes that it was called and makes the one package. */
const npm = `
  const fs = require('node:fs');
  fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
  if (process.env.NPM_BREAKS && fs.readFileSync('npm-calls', 'utf8').split('\\n').length <= Number(process.env.NPM_BREAKS) + 1) {
    console.error('npm error code EIDLETIMEOUT'); process.exit(1);
  }
  if (process.env.NPM_FAILS) { console.error('npm error network'); process.exit(1); }
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/zod', { recursive: true });
  fs.writeFileSync('node_modules/zod/package.json', '{}');`;

function checkout(): Checkout {
  return new Checkout({
    'package.json': '{"dependencies":{"zod":"1"}}',
    'package-lock.json': lock('1'),
    'npm.js': npm,
  });
}
const calls = (made: Checkout): number =>
  made.has('npm-calls') ? made.read('npm-calls').trim().split('\n').length : 0;

it('installs once, and again after a change of the lock file or the loss of a package', async () => {
  const made = checkout();
  const environment = { npm_execpath: made.path('npm.js') };
  const first = await made.run(install, environment);
  expect(first).toMatchObject({ code: 0, out: '' });
  expect(first.err).toContain('Installing the packages (once');
  expect(made.read('npm-calls')).toMatch(/^ci --include=dev --include=optional/);

  expect(await made.run(install, environment)).toEqual({ code: 0, out: '', err: '' });
  expect(calls(made)).toBe(1);

  made.write('package-lock.json', lock('2'));
  expect((await made.run(install, environment)).err).toContain('again');
  expect(calls(made)).toBe(2);

  rmSync(made.path('node_modules', 'zod'), { recursive: true });
  await made.run(install, environment);
  expect(calls(made)).toBe(3);
});

it('recognises what was installed by hand, if it is all of the lock file', async () => {
  const made = checkout();
  const environment = { npm_execpath: made.path('npm.js') };
  made.write('node_modules/zod/package.json', '{}');
  made.write('node_modules/.package-lock.json', lock('1'));
  expect(await made.run(install, environment)).toEqual({ code: 0, out: '', err: '' });
  expect(calls(made)).toBe(0);

  const other = checkout();
  other.write('node_modules/zod/package.json', '{}');
  other.write('node_modules/.package-lock.json', lock('0'));
  await other.run(install, { npm_execpath: other.path('npm.js') });
  expect(calls(other)).toBe(1);
});

it('says what failed and tries again at the next start', async () => {
  const made = checkout();
  const environment = { npm_execpath: made.path('npm.js') };
  const failed = await made.run(install, { ...environment, NPM_FAILS: '1' });
  expect(failed.code).toBe(1);
  expect(failed.err).toContain('npm error network');
  expect(failed.err).toContain('Check the connection to the npm registry');
  expect((await made.run(install, environment)).code).toBe(0);
  expect(calls(made)).toBe(2);
});

it('tries again where the connection broke, and gives up after the third time', async () => {
  const made = checkout();
  const environment = { npm_execpath: made.path('npm.js') };
  const passed = await made.run(install, { ...environment, NPM_BREAKS: '2' });
  expect(passed.code).toBe(0);
  expect(passed.err).toContain('The connection to the npm registry broke; trying again.');
  expect(calls(made)).toBe(3);

  const never = checkout();
  const failed = await never.run(install, { npm_execpath: never.path('npm.js'), NPM_BREAKS: '9' });
  expect(failed.code).toBe(1);
  expect(failed.err).toContain('Check the connection to the npm registry');
  expect(calls(never)).toBe(3);
});
