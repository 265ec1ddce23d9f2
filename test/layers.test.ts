/** Imports go one way: shared <- core <- engine <- main's entries. Every import of every source is read here. */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));
type Layer = 'shared' | 'core' | 'engine' | 'main' | 'preload' | 'renderer';

/** What each layer may import of the others. */
const MAY: Readonly<Record<Layer, readonly Layer[]>> = {
  shared: [],
  core: ['shared'],
  engine: ['shared', 'core'],
  main: ['shared', 'core', 'engine'],
  preload: ['shared'],
  renderer: ['shared'],
};

/** Packages that one place alone may know; `types` where others may know their types. */
const HOMES: readonly { readonly name: RegExp; readonly places: readonly string[] }[] = [
  { name: /^electron$/, places: ['main/', 'preload/'] },
  { name: /^@tensorflow\//, places: ['engine/tensor/'] },
  { name: /^better-sqlite3$/, places: ['engine/workspace/'] },
  { name: /^scran\.js$/, places: ['engine/embed/', 'main/scran-worker.ts'] },
  { name: /^(svelte|@lucide\/|bits-ui)/, places: ['renderer/'] },
];

/** Layers that run anywhere: no Node, no Electron. */
const ANYWHERE: readonly Layer[] = ['shared', 'core', 'preload', 'renderer'];
/** The network, and what reaches it; the engine has no business there. */
const NETWORK = new Set(['net', 'tls', 'http', 'https', 'http2', 'dgram', 'dns', 'dns/promises', 'ws']);
const builtins = new Set(builtinModules);

interface Import {
  readonly file: string;
  readonly layer: Layer;
  readonly specifier: string;
  /** Path below src of what is imported, or null for a package. */
  readonly target: string | null;
}

const layerOf = (path: string): Layer => path.split('/')[0] as Layer;
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.(ts|svelte)$/.test(name))
  .map(name => name.split(sep).join('/'));
const imports = files.flatMap(importsOf);
const shown = (list: readonly Import[]): string[] => list.map(i => `${i.file} imports ${i.specifier}`);

function importsOf(file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8');
  // `preProcessFile` finds static and dynamic imports, import types and require, in the scripts of components too.
  const script = file.endsWith('.svelte') ? scriptsOf(source) : source;
  return ts.preProcessFile(script, true, true).importedFiles.map(({ fileName: specifier }) => {
    const target = specifier.startsWith('.')
      ? relative(root, resolve(root, dirname(file), specifier))
          .split(sep)
          .join('/')
      : null;
    return { file, layer: layerOf(file), specifier, target };
  });
}

function scriptsOf(component: string): string {
  return [...component.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(match => match[1]).join('\n');
}

describe('layers', () => {
  it('reads every source and finds imports in every layer', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(new Set(imports.map(i => i.layer))).toEqual(new Set(Object.keys(MAY)));
  });

  it.each(Object.keys(MAY) as Layer[])('%s imports only what lies below it', layer => {
    const allowed = new Set<string>([layer, ...MAY[layer]]);
    const crossing = imports.filter(
      i =>
        i.layer === layer &&
        i.target !== null &&
        !allowed.has(layerOf(i.target)) &&
        i.target !== '../package.json',
    );
    expect(shown(crossing)).toEqual([]);
  });

  it('keeps each engine, database and window library in its one place', () => {
    for (const { name, places } of HOMES) {
      const known = imports.filter(i => name.test(i.specifier));
      expect(shown(known.filter(i => !places.some(place => i.file.startsWith(place))))).toEqual([]);
    }
    for (const name of ['electron', 'better-sqlite3', 'scran.js', 'svelte']) {
      expect(imports.some(i => i.specifier === name)).toBe(true);
    }
  });

  it.each(ANYWHERE)('%s runs without Node', layer => {
    const ofNode = imports.filter(i => i.layer === layer && isBuiltin(i.specifier));
    expect(shown(ofNode)).toEqual([]);
  });

  it('gives neither core nor engine a way to the network', () => {
    const inside = ['core', 'engine'] as const;
    const reaching = imports.filter(
      i => inside.some(layer => layer === i.layer) && NETWORK.has(i.specifier.replace(/^node:/, '')),
    );
    expect(shown(reaching)).toEqual([]);
    const calls = files
      .filter(file => inside.some(layer => layer === layerOf(file)))
      .filter(file => callsNetwork(readFileSync(join(root, file), 'utf8')));
    expect(calls).toEqual([]);
  });

  it('keeps clocks and unseeded chance out of core', () => {
    const found = files
      .filter(file => layerOf(file) === 'core')
      .filter(file =>
        uses(readFileSync(join(root, file), 'utf8'), /^(Math\.random|Date\.now|performance\.now|Date)$/),
      );
    expect(found).toEqual([]);
  });
});

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtins.has(specifier);
}

function callsNetwork(source: string): boolean {
  return uses(
    source,
    /^(fetch|globalThis\.fetch|WebSocket|EventSource|XMLHttpRequest|navigator\.sendBeacon)$/,
  );
}

/** True where the code, not its comments or texts, calls or constructs one of these. */
function uses(source: string, names: RegExp): boolean {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true);
  const search = (node: ts.Node): boolean =>
    ((ts.isCallExpression(node) || ts.isNewExpression(node)) && names.test(node.expression.getText(file))) ||
    (ts.forEachChild(node, child => search(child) || undefined) ?? false);
  return search(file);
}
