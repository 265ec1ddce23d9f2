import { describe, expect, it } from 'vitest';
import { runFigures } from '../../../src/engine/export/figures.ts';
import { enrichmentFiles } from '../../../src/engine/export/enrichment-files.ts';
import { geneLists } from '../../../src/engine/export/gene-lists.ts';
import { methodsText } from '../../../src/engine/export/methods.ts';
import { panelOrders } from '../../../src/engine/export/order-sheets.ts';
import { readmeText } from '../../../src/engine/export/readme.ts';
import { reportHtml } from '../../../src/engine/export/report.ts';
import type { RunMetrics } from '../../../src/shared/model.ts';
import { makeArtifacts, type ArtifactsShape } from '../../support/artifacts.ts';
import { elementsNamed, parseXml, textOf } from '../../support/xml.ts';
import { resources } from '../../support/reference.ts';

const SHAPES: Record<string, Partial<ArtifactsShape>> = {
  'several types and experiments': {},
  'twelve types': { types: 12, experiments: 5 },
  'forty types': { types: 40 },
  'one type': { types: 1, experiments: 1 },
  'no labels': { types: 0, experiments: 0 },
  'no landmarks': { landmarks: false },
  'no maps': { embedding: false },
  'no t-SNE': { tsne: false, cells: 10, genes: 20, panel: 3 },
  'simulated data': { simulated: true },
};

const RELEASE = 'Gene Ontology of a day';

describe.each(Object.entries(SHAPES))('a run with %s', (_, shape) => {
  const run = makeArtifacts(shape);
  const { figures, missing } = runFigures(run);
  const drawn = figures.map(figure => ({ ...figure, svg: figure.svg() }));
  const enrichment = enrichmentFiles(run, { resources });
  const methods = methodsText(run, enrichment.release);

  it('has sound figures, and a reason for each that is missing', () => {
    for (const figure of drawn) {
      const svg = parseXml(figure.svg);
      expect(svg.attributes.get('viewBox')).toBeDefined();
      expect(figure.svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(figure.caption).toMatch(/^\S.*\.$/);
    }
    expect(missing.every(m => m.why.length > 10)).toBe(true);
    const every = [...figures, ...missing].map(f => f.name);
    expect(new Set(every).size).toBe(every.length);
    expect(every).toEqual(
      expect.arrayContaining(['pca', 'tsne', 'umap', 'library-size', 'training-curves', 'venn', 'gene-r2']),
    );
    // The same run gives the same bytes, however many charts were drawn before.
    expect(drawn.filter((figure, k) => figures[k]!.svg() !== figure.svg).map(f => f.name)).toEqual([]);
  });

  it('has a report that says what it knows and no more', () => {
    const report = parseXml(reportHtml(run, drawn, missing, methods, enrichment));
    const text = textOf(report).replace(/\s+/g, ' ');
    expect(text).toContain(run.metrics.verdict);
    expect(text).toContain(run.dataset.checksum);
    expect(text).toContain('F910 Studio 0.1.0');
    expect(text.includes('Simulated data.')).toBe(run.metrics.dataset.simulated);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
    for (const skipped of run.metrics.skipped) expect(text).toContain(skipped.why);
    for (const figure of missing) expect(text).toContain(figure.why);
    const models = elementsNamed(report, 'table').find(t => textOf(t).includes('Gene means (floor)'))!;
    expect(elementsNamed(models, 'tr')).toHaveLength(run.metrics.models.length + 1);
    for (const table of elementsNamed(report, 'table'))
      expect(elementsNamed(table, 'caption')).toHaveLength(1);
    const headings = ['h1', 'h2'].map(name => elementsNamed(report, name).length);
    expect(headings[0]).toBe(1);
    expect(headings[1]).toBeGreaterThan(5);
  });

  it('has a methods paragraph on what was done only', () => {
    expect(methods.includes('L1000 landmarks')).toBe(run.metrics.panel.l1000Present > 0);
    expect(methods.includes('Subramanian')).toBe(run.metrics.panel.l1000Present > 0);
    expect(methods.includes('UMAP')).toBe(run.embedding !== null);
    expect(methods.includes('t-SNE')).toBe(run.embedding !== null && run.embedding.tsne.length > 0);
    expect(methods.includes('scran.js')).toBe(run.embedding !== null);
    expect(methods.startsWith('Simulated')).toBe(run.dataset.simulated);
    const cited = new Set([...methods.matchAll(/\[(\d+)\]/g)].map(m => Number(m[1])));
    const listed = [...methods.split('References\n')[1]!.matchAll(/^(\d+)\. /gm)].map(m => Number(m[1]));
    expect([...cited].sort()).toEqual(listed);
    expect(methods).not.toMatch(/undefined|NaN|n\/a/);
  });

  it('has a README that fits', () => {
    const written = {
      lists: geneLists(run.metrics.panel.name, run.genes),
      orders: panelOrders(run, { resources }),
      enrichment,
      boards: [],
    };
    const readme = readmeText(run, written, figures, missing);
    for (const { file } of written.lists) expect(readme).toContain(`lists/${file}`);
    expect(readme).toContain('ontology of 2022-07-01, annotation of 2022-09-12');
    expect(readme.includes('SIMULATED DATA')).toBe(run.metrics.dataset.simulated);
    for (const figure of missing) expect(readme).toContain(`${figure.name}: `);
    expect(readme.includes('lists/L1000_symbols.txt')).toBe(run.metrics.panel.l1000Present > 0);
  });
});

describe('a large map', () => {
  it('takes no more than twenty bytes a cell', () => {
    const { figures } = runFigures(makeArtifacts({ cells: 16_000, types: 12 }));
    const tsne = figures.find(f => f.name === 'tsne')!.svg();
    expect(tsne.match(/h0/g)).toHaveLength(16_000);
    expect(tsne.length).toBeLessThan(20 * 16_000);
  });
});

describe('the methods paragraph', () => {
  it('names every number that it rests on', () => {
    const run = makeArtifacts();
    const text = methodsText(run, RELEASE);
    const needed = [
      ...[
        '440 cells and 800 genes',
        '400 cells',
        '300 genes',
        'below 1,000 counts',
        'at least 3 reads in at least 5',
      ],
      ...[
        '10,000 counts per cell',
        'log10(x + 1)',
        'seed 7',
        '288 training cells',
        '32 stop cells',
        '80 test cells',
      ],
      ...[
        '256 units',
        'dropout 0.2',
        'learning rate 0.001, falling linearly to zero',
        'batches of 64 cells',
        'at most 100 epochs',
        'patience 5',
      ],
      ...[
        'strength 0.0005 times the loss',
        'that is 0.001',
        '20 of 300 genes were switched off',
        'ridge regression in closed form',
        'gradient descent',
      ],
      ...['held out', '5.6 %', 'F910 Studio 0.1.0', 'tensorflow 2.9.1', run.dataset.checksum],
    ];
    for (const words of needed) expect(text).toContain(words);
  });

  it('speaks of the further filters of cells only where they were on, and of older runs as they were', () => {
    const run = makeArtifacts();
    const filtered = (cellFilters: RunMetrics['preprocess']['cellFilters']): string => {
      const preprocess = { ...run.metrics.preprocess, ...(cellFilters ? { cellFilters } : {}) };
      return methodsText({ ...run, metrics: { ...run.metrics, preprocess } }, RELEASE);
    };
    const shallow = { filter: 'minLibrarySize', threshold: 1000, lost: 12 } as const;
    const plain =
      'Cells with a library size below 1,000 counts over all genes were removed, leaving 400 cells';
    expect(filtered(undefined)).toContain(plain);
    expect(filtered([shallow])).toContain(plain);
    expect(
      filtered([
        shallow,
        { filter: 'minGenesPerCell', threshold: 200, lost: 3 },
        { filter: 'maxMitochondrialShare', threshold: 0.125, lost: 25 },
      ]),
    ).toContain(
      'were removed, then those with fewer than 200 detected genes (3 cells), then those with more than 12.5 % of their counts in mitochondrial genes (25 cells), leaving 400 cells',
    );
  });

  it('describes pooled, balanced and logarithmic data as they were', () => {
    const run = makeArtifacts();
    const [source] = run.dataset.sources;
    const text = methodsText(
      {
        ...run,
        dataset: { ...run.dataset, sources: [source!, source!] },
        params: { ...run.params, maxCellsPerType: 50, rule: 'norm', hidden: [256, 128] },
        metrics: {
          ...run.metrics,
          logBase: Math.E,
          preprocess: { ...run.metrics.preprocess, alreadyLog: Math.E },
          panel: { ...run.metrics.panel, rule: 'norm', ties: 2 },
          split: { ...run.metrics.split, duplicatedCells: 6 },
        },
      },
      RELEASE,
    );
    expect(text).toContain('2 files pooled on the genes they share');
    expect(text).toContain('At most 50 cells of each cell type');
    expect(text).toContain('The values were logarithms already (base e)');
    expect(text).not.toContain('normalised by library size');
    expect(text).toContain('whose first-layer weights have the largest norm');
    expect(text).toContain('2 hidden layers of 256, 128 units');
    expect(text).toContain('2 genes at the cut tied');
    expect(text).toContain('6 cells with identical profiles');
  });
});

describe('gene lists', () => {
  const run = makeArtifacts({ genes: 120, panel: 20, symbols: ['A', 'A', '', 'B C\nD', '\u0001'] });
  const lists = new Map(geneLists('F20', run.genes).map(list => [list.file, list]));
  const lines = (file: string): string[] => lists.get(file)!.content.split('\n').slice(0, -1);

  it('hold one id a line, each once, and count what is lost', () => {
    expect(lines('background_symbols.txt').slice(0, 3)).toEqual(['A', 'B C D', '\ufffd']);
    expect(lists.get('background_symbols.txt')!.note).toContain(
      '1 of 120 genes have no such id; 1 share an id',
    );
    expect(lines('F20_entrez.txt')).toEqual(
      run.genes.filter(g => g.inPanel && g.entrez > 0).map(g => String(g.entrez)),
    );
    expect(lines('L1000_ensembl.txt')).toEqual(
      run.genes.filter(g => g.landmark && g.ensembl !== '').map(g => g.ensembl),
    );
    for (const file of lists.keys()) {
      expect(new Set(lines(file)).size).toBe(lines(file).length);
      expect(file).not.toContain('-');
    }
  });

  it('rank every symbol once, with values that stay different in GSEA’s 32 bits', () => {
    const rows = lines('F20_ranked.rnk').map(line => line.split('\t'));
    expect(rows.every(row => row.length === 2)).toBe(true);
    expect(new Set(rows.map(row => row[0])).size).toBe(rows.length);
    const values = rows.map(row => Math.fround(Number(row[1])));
    expect(new Set(values).size).toBe(values.length);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    const norm = new Map(run.genes.map(g => [g.symbol, g.norm]));
    // The 20 genes that are switched off tie at 0.
    for (const [symbol, value] of rows) {
      if (norm.has(symbol!) && symbol !== 'A') expect(Number(value)).toBeCloseTo(norm.get(symbol!)!, 4);
    }
  });
});
