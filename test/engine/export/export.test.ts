import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRun, isExportFile, type ExportContext } from '../../../src/engine/export/export.ts';
import type { Progress } from '../../../src/shared/model.ts';
import { makeArtifacts } from '../../support/artifacts.ts';
import { parseCsv } from '../../support/csv.ts';
import { testEnvironment } from '../../support/environment.ts';
import { readPng } from '../../support/png.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { readWorkbook } from '../../support/workbook.ts';
import { elementsNamed, parseXml, textOf } from '../../support/xml.ts';

const environment = testEnvironment('');
const quiet = (): ExportContext => ({ signal: new AbortController().signal, progress: () => undefined });
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** Names that a file may hold and that do harm where they are not treated as plain text. */
const HOSTILE_TYPES = [
  '<script>alert(1)</script>',
  'a,"b"\r\nc',
  "=cmd|' /C calc'!A0",
  '&amp; ]]> {b}',
  '\u0000\u001b[2J',
];
const HOSTILE_SYMBOLS = [
  '<img src=x onerror=alert(1)>',
  '=1+1',
  '+SUM(A1)',
  '@x',
  '-2',
  'a,"b"\r\nc',
  'SEPT2',
  '\u0001\ud800',
];

describe('the export of a run', () => {
  const run = makeArtifacts({
    ...{ cells: 120, genes: 90, panel: 60, types: 5, experiments: 2 },
    ...{ typeNames: HOSTILE_TYPES, symbols: HOSTILE_SYMBOLS },
  });

  let out = '';
  let files: string[] = [];
  const seen: Progress[] = [];
  beforeAll(async () => {
    out = join(mkdtempSync(join(tmpdir(), 'f910-test-')), 'nested', 'export');
    files = await exportRun(run, out, environment, { ...quiet(), progress: p => seen.push(p) });
  });
  afterAll(() => rmSync(join(out, '..', '..'), { recursive: true, force: true }));
  const read = (name: string): string => readFileSync(join(out, name), 'utf8');

  it('opens again in every format, with hostile names as plain text', () => {
    expect([...files].sort()).toEqual(filesBelow(out));
    expect(files.every(isExportFile)).toBe(true);
    expect(readdirSync(join(out, '..'))).toEqual(['export']);
    expect(new Set(seen.map(p => p.phase))).toEqual(
      new Set(['tables', 'enrichment', 'figures', 'report', 'publish']),
    );

    expect(JSON.parse(read('metrics.json'))).toEqual(run.metrics);
    const record = JSON.parse(read('run.json')) as Record<string, unknown>;
    expect(record).toMatchObject({
      ...{ preset: 'paper', seed: 7, paramsVersion: 1, params: { ...run.params } },
      ...{ app: { version: '0.1.0' }, engine: { name: 'tensorflow', version: '2.9.1' } },
      dataset: {
        checksum: run.dataset.checksum,
        sources: run.dataset.sources,
        imported: run.dataset.imported,
      },
      panel: { name: 'F60', rule: 'paper' },
    });

    const readme = read('README.txt');
    for (const name of files.filter(f => f !== 'README.txt')) {
      expect(readme).toContain(
        name.startsWith('figures/') ? name.replace(/\.(svg|png)$/, '.svg, .png') : name,
      );
    }

    for (const name of files.filter(f => f.endsWith('.svg'))) {
      const svg = parseXml(read(name));
      expect(svg.name).toBe('svg');
      expect(svg.attributes.get('role')).toBe('img');
      expect(elementsNamed(svg, 'title')[0]?.children.length).toBe(1);
      expect(elementsNamed(svg, 'script')).toEqual([]);
      expect(read(name)).not.toMatch(/NaN|Infinity|undefined/);
    }
    for (const name of files.filter(f => f.endsWith('.png'))) {
      // The lines that hold the title: its letters are there only if the font was found.
      const image = readPng(readFileSync(join(out, name)), 90);
      const svg = parseXml(read(name.replace('.png', '.svg')));
      expect(image.width).toBe(3 * Number(svg.attributes.get('width')));
      expect(image.height).toBe(3 * Number(svg.attributes.get('height')));
      expect(image.resolution).toBe(300);
      let dark = 0;
      for (let k = 0; k < image.top.length; k += image.channels) if (image.top[k]! < 100) dark++;
      expect(dark).toBeGreaterThan(1000);
    }

    const report = parseXml(read('report.html'));
    for (const forbidden of ['script', 'img', 'link', 'iframe', 'object', 'a']) {
      expect(elementsNamed(report, forbidden)).toEqual([]);
    }
    expect(read('report.html')).not.toMatch(/url\((?!#)|@import|src=|href="http/);
    expect(textOf(report)).toContain('<script>alert(1)</script>');
    expect(elementsNamed(report, 'svg').length).toBe(files.filter(f => f.endsWith('.svg')).length);
    const ids = [...read('report.html').matchAll(/ id="([^"]+)"/g)].map(m => m[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('writes tables that stay what they are in a spreadsheet', async () => {
    const panel = run.genes.filter(g => g.inPanel);
    for (const [file, genes] of [
      ['panel.csv', panel],
      ['background.csv', run.genes],
    ] as const) {
      const [head, ...rows] = parseCsv(readFileSync(join(out, file), 'utf8'));
      expect(rows.length).toBe(genes.length);
      expect(rows.every(row => row.length === head!.length)).toBe(true);
      const at = (name: string): number => head!.indexOf(name);
      rows.forEach((row, k) => {
        expect(row[at('ensembl')]).toBe(genes[k]!.ensembl);
        expect(Number(row[at('norm')])).toBeCloseTo(genes[k]!.norm, 6);
        for (const name of ['symbol', 'name_in_file', 'list'])
          expect(row[at(name)]).not.toMatch(/^[=+\-@\t\r]/);
      });
      if (file === 'background.csv') {
        expect(rows[1]![at('symbol')]).toBe("'=1+1");
        expect(rows[4]![at('symbol')]).toBe("'-2");
        expect(rows[5]![at('symbol')]).toBe('a,"b"\r\nc');
        expect(rows[6]![at('symbol')]).toBe("'SEPT2");
        expect(rows[7]![at('symbol')]).toBe('\ufffd\ufffd');
        expect(rows.map(row => row[at('r2')] === '')).toEqual(run.genes.map(g => g.r2 === null));
      }
    }
    const sheets = await readWorkbook(readFileSync(join(out, 'panel.xlsx')));
    expect([...sheets.keys()]).toEqual(['F60', 'All genes', 'Columns']);
    expect(sheets.get('F60')).toHaveLength(panel.length + 1);
    const all = sheets.get('All genes')!;
    expect(all).toHaveLength(run.genes.length + 1);
    expect(all[2]!.get('A')).toEqual({ text: '=1+1' });
    expect(all[7]!.get('A')).toEqual({ text: 'SEPT2' });
    expect(all[7]!.get('C')).toEqual({ number: run.genes[6]!.entrez });
    const cells = [...sheets.values()].flat().flatMap(row => [...row.values()]);
    expect(cells.filter(cell => 'formula' in cell)).toEqual([]);
  });

  it('replaces its own files alone in a folder that is there already', async () => {
    const folder = temporaryFolder();
    const behind = join(folder, 'behind');
    mkdirSync(join(behind, 'figures'), { recursive: true });
    writeFileSync(join(behind, 'notes.txt'), 'mine');
    writeFileSync(join(behind, 'figures', 'mine.svg'), 'mine');
    writeFileSync(join(behind, 'figures', 'umap.svg'), 'of another run');
    writeFileSync(join(behind, 'report.html'), 'of another run');
    const out = join(folder, 'link');
    symlinkSync(behind, out);
    const small = { ...run, embedding: null, curves: [] };
    const files = await exportRun(small, out, environment, quiet());
    expect(readFileSync(join(behind, 'notes.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(join(behind, 'figures', 'mine.svg'), 'utf8')).toBe('mine');
    expect(existsSync(join(behind, 'figures', 'umap.svg'))).toBe(false);
    expect(readFileSync(join(behind, 'report.html'), 'utf8')).toContain('<!doctype html>');
    expect(filesBelow(behind)).toEqual([...files, 'notes.txt', 'figures/mine.svg'].sort());
    expect(readdirSync(folder).sort()).toEqual(['behind', 'link']);
    expect(readFileSync(join(behind, 'README.txt'), 'utf8')).toMatch(/Figures left out\n {2}pca: /);
  });

  it('leaves everything as it was when cancelled', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'export');
    mkdirSync(out);
    writeFileSync(join(out, 'report.html'), 'before');
    for (const phase of ['tables', 'figures', 'report']) {
      const controller = new AbortController();
      const work = exportRun({ ...run, embedding: null, curves: [] }, out, environment, {
        signal: controller.signal,
        // Later than the report of progress itself, so that the work in between is cut too.
        progress: p => p.phase === phase && setImmediate(() => controller.abort()),
      });
      await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(filesBelow(folder)).toEqual(['export/report.html']);
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toBe('before');
      expect(readdirSync(folder)).toEqual(['export']);
    }
  });

  it('refuses a file in place of a folder', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    await expect(exportRun(run, file, environment, quiet())).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const below = exportRun(run, join(file, 'export'), environment, quiet());
    await expect(below).rejects.toMatchObject({ code: 'WORKSPACE' });
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
