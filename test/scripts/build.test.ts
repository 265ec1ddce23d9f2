/** The bundles are made when a source changed or one of them is missing, and a build that failed counts for nothing. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Checkout } from './checkout.ts';

const build = `import { ensureBuild } from './lib/build.mjs'; await ensureBuild(process.execPath);`;

/** Stands in the place of electron-vite. */
const bundler = `
  const fs = require('node:fs');
  if (fs.readFileSync('src/a.ts', 'utf8') === 'broken') { console.error('a.ts is broken'); process.exit(1); }
  fs.appendFileSync('builds', 'x');
  for (const name of ['main/index.js', 'main/engine.js', 'main/server.js', 'main/cli.js', 'preload/index.cjs', 'renderer/index.html']) {
    fs.mkdirSync('out/' + name.split('/')[0], { recursive: true });
    fs.writeFileSync('out/' + name, '');
  }`;

it('builds once, again after a change or a loss, and never believes in a build that failed', async () => {
  const made = new Checkout({
    'package.json': '{}',
    'package-lock.json': '{}',
    'electron.vite.config.ts': '',
    'svelte.config.js': '',
    'src/a.ts': 'one',
    'src/deep/b.svelte': 'two',
    'node_modules/electron-vite/bin/electron-vite.js': bundler,
  });
  const builds = (): number => made.read('builds').length;
  expect((await made.run(build)).err).toBe('Building the app.\n');
  expect(await made.run(build)).toEqual({ code: 0, out: '', err: '' });
  expect(builds()).toBe(1);
  made.write('src/deep/b.svelte', 'changed');
  await made.run(build);
  expect(builds()).toBe(2);
  rmSync(made.path('out', 'preload', 'index.cjs'));
  await made.run(build);
  expect(builds()).toBe(3);
  made.write('src/a.ts', 'broken');
  const failed = await made.run(build);
  expect(failed.code).toBe(1);
  expect(failed.err).toContain('a.ts is broken');
  made.write('src/a.ts', 'one');
  await made.run(build);
  expect(builds()).toBe(4);
});
