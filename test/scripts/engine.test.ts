/** The native engine's set-up, with the engine of this checkout as what was once fetched: laid, mended, given up, tried again. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkout, project, type Ran } from './checkout.ts';

const modules = join(project, 'node_modules');
const engine = join(modules, '@tensorflow', 'tfjs-node');
const addon = 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node';
const name = `tfjs-node-4.22.0-${process.platform}-${process.arch}`;
const native = existsSync(join(engine, 'lib', 'napi-v8', 'tfjs_binding.node'));

const setUp = (options = '{}'): string =>
  `import { ensureEngine } from './lib/engine/set-up.mjs'; console.log(JSON.stringify(await ensureEngine(process.execPath, ${options})));`;
const result = ({ out, err }: Ran): { native: boolean; why: string } => {
  if (out === '') throw new Error(err);
  return JSON.parse(out) as { native: boolean; why: string };
};

/** Every package of this checkout, tfjs-node without its engine, and an npm that reaches no registry. */
function checkout(): Checkout {
  const made = new Checkout({
    'package.json': '{}',
    'npm.js': `console.error('npm error network'); process.exit(1)`,
  });
  mkdirSync(made.path('node_modules', '@tensorflow'), { recursive: true });
  for (const entry of readdirSync(modules)) {
    if (!entry.startsWith('.') && entry !== '@tensorflow')
      symlinkSync(join(modules, entry), made.path('node_modules', entry));
  }
  for (const entry of readdirSync(join(modules, '@tensorflow'))) {
    if (!entry.includes('tfjs-node'))
      symlinkSync(join(modules, '@tensorflow', entry), made.path('node_modules', '@tensorflow', entry));
  }
  cpSync(engine, made.path('node_modules', '@tensorflow', 'tfjs-node'), {
    recursive: true,
    filter: source => ![join(engine, 'deps'), join(engine, 'lib')].includes(source),
  });
  return made;
}

/** What an earlier set-up left in the user's cache: hard links, so it costs no space. */
async function fillCache(made: Checkout): Promise<void> {
  const place = join(made.cache, 'engine', name);
  mkdirSync(place, { recursive: true });
  for (const part of ['deps', 'lib']) {
    try {
      execFileSync('cp', ['-al', join(engine, part), place], { stdio: 'ignore' });
    } catch {
      // Another disk.
      execFileSync('cp', ['-a', join(engine, part), place]);
    }
  }
  const files = `import { listFiles, withSums } from './lib/engine/files.mjs'; const p = ${JSON.stringify(place)}; console.log(JSON.stringify(await withSums(p, await listFiles(p))));`;
  writeFileSync(join(place, 'files.json'), (await made.run(files)).out);
}

describe.skipIf(!native)(
  native ? 'with a native engine' : 'with a native engine (skipped: there is none here)',
  () => {
    it('lays it from the cache, is silent from then on, and mends what is deleted or cut short', async () => {
      const made = checkout();
      await fillCache(made);
      expect(result(await made.run(setUp()))).toEqual({ native: true, why: '' });
      expect(JSON.parse(made.read('node_modules/.f910/engine.json'))).toHaveProperty('tensorflow');
      const probed = statSync(made.path('node_modules/.f910/engine.json')).mtimeMs;
      expect(await made.run(setUp())).toMatchObject({ err: '' });
      expect(statSync(made.path('node_modules/.f910/engine.json')).mtimeMs).toBe(probed);

      rmSync(made.path('node_modules/@tensorflow/tfjs-node/deps'), { recursive: true });
      const mended = await made.run(setUp());
      expect(result(mended).native).toBe(true);

      // Its own copy first: the laid file shares its bytes with the cache and with this checkout.
      const bytes = readFileSync(made.path(addon));
      rmSync(made.path(addon));
      writeFileSync(made.path(addon), bytes);
      truncateSync(made.path(addon), 5000);
      const again = await made.run(setUp());
      expect(again.err).toContain('does not run');
      expect(result(again).native).toBe(true);
      expect(statSync(made.path(addon)).size).toBe(bytes.length);
    });

    it('finishes what was ended halfway, at any file', async () => {
      const made = checkout();
      await fillCache(made);
      // As after the end of a process between the two renames, with its half-made copy beside.
      cpSync(join(engine, 'lib'), made.path('node_modules/@tensorflow/tfjs-node/lib'), { recursive: true });
      mkdirSync(made.path('node_modules/@tensorflow/.engine-being-laid/deps'), { recursive: true });
      mkdirSync(join(made.cache, 'engine', '.staging-999999'), { recursive: true });
      expect(result(await made.run(setUp())).native).toBe(true);
      expect(made.has('node_modules/@tensorflow/.engine-being-laid')).toBe(false);
    });

    it('does not trust a stored copy that changed, and computes with WebAssembly where no other can be had', async () => {
      const made = checkout();
      await fillCache(made);
      const stored = join(made.cache, 'engine', name, 'lib', 'napi-v8', 'tfjs_binding.node');
      const bytes = readFileSync(stored);
      rmSync(stored);
      bytes[bytes.length - 100]! ^= 1;
      writeFileSync(stored, bytes);
      const environment = { npm_execpath: made.path('npm.js'), TFJS_NODE_BASE_URI: 'http://127.0.0.1:9/' };
      const first = await made.run(setUp(), environment);
      expect(first.err).toContain('is damaged and is fetched again');
      expect(first.err).toContain('will compute with WebAssembly');
      expect(first.err).toContain('doctor --repair');
      expect(result(first)).toEqual({
        native: false,
        why: expect.stringContaining('npm error network') as string,
      });
      expect(existsSync(join(made.cache, 'engine', name))).toBe(false);
      expect(readdirSync(join(made.cache, 'engine'))).toEqual([]);

      // Remembered: no second attempt, until it is asked for.
      const second = await made.run(setUp(), environment);
      expect([result(second).native, second.err]).toEqual([false, '']);
      await fillCache(made);
      expect(result(await made.run(setUp('{ retry: true }'), environment))).toEqual({
        native: true,
        why: '',
      });
    });
  },
);

it('leaves everything alone where WebAssembly is asked for', async () => {
  const made = new Checkout();
  const asked = await made.run(setUp(), { F910_ENGINE: 'wasm' });
  expect(asked).toMatchObject({ code: 0, err: '' });
  expect(result(asked).native).toBe(false);
});

describe('the package from the npm registry', () => {
  const fetch = (target: string): string =>
    `import { fetchFromNpm } from './lib/engine/npm-package.mjs'; console.log(JSON.stringify(await fetchFromNpm(${JSON.stringify(target)})));`;

  it('is not unpacked when it is not the one that is expected', async () => {
    const made = new Checkout({
      'npm.js': `const at = process.argv.indexOf('--pack-destination'); require('node:fs').writeFileSync(process.argv[at + 1] + '/x.tgz', 'something else');`,
    });
    const target = made.path('target');
    mkdirSync(target);
    const ran = await made.run(fetch(target), { npm_execpath: made.path('npm.js') });
    expect(JSON.parse(ran.out)).toBe('the package is not the one that is expected');
    expect(readdirSync(target)).toEqual(['x.tgz']);
  });

  it('may hold links, but none that leads out of it', async () => {
    const links = [
      ['deps/lib/a.so', 'b.so', true],
      ['deps/lib/a.so', '../c', true],
      ['deps/lib/a.so', '../../../etc/passwd', false],
      ['deps/lib/a.so', '/etc/passwd', false],
      ['lib/napi-v8/a', '../../deps/lib/b', false],
    ] as const;
    const ran = await new Checkout().run(
      `import { staysInside } from './lib/engine/files.mjs'; console.log(JSON.stringify(${JSON.stringify(links)}.map(([path, target]) => staysInside(path, target))));`,
    );
    expect(JSON.parse(ran.out)).toEqual(links.map(([, , inside]) => inside));
  });
});
