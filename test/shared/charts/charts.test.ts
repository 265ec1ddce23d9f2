import { describe, expect, it } from 'vitest';
import { histogram } from '../../../src/shared/charts/base.ts';
import { categorise, clusterColumn } from '../../../src/shared/charts/categories.ts';
import { embeddingSvg, type CellColour } from '../../../src/shared/charts/embedding.ts';
import { geneR2Option } from '../../../src/shared/charts/gene-r2.ts';
import { librarySizeOption } from '../../../src/shared/charts/library-size.ts';
import { CATEGORICAL, NO_VALUE, valueColour } from '../../../src/shared/charts/palette.ts';
import { modelScoresOption, pairsOption, perTypeOption } from '../../../src/shared/charts/scores.ts';
import { screeOption } from '../../../src/shared/charts/scree.ts';
import {
  escapeMarkup,
  formatFigure,
  formatP,
  formatScore,
  formatShare,
  formatTick,
  plainText,
  shorten,
} from '../../../src/shared/charts/text.ts';
import { DARK, LIGHT } from '../../../src/shared/charts/theme.ts';
import { trainingOption } from '../../../src/shared/charts/training.ts';
import { vennSvg } from '../../../src/shared/charts/venn.ts';
import { makeArtifacts } from '../../support/artifacts.ts';
import { parseXml } from '../../support/xml.ts';
import { appearances, contrast, derivePalette, distance } from './derive-palette.ts';

/** The one series of an option that has one. */
function seriesOf(option: { series?: unknown }): { data: number[][]; name?: string }[] {
  return option.series as { data: number[][]; name?: string }[];
}

describe('the palette', () => {
  it('is what its derivation gives', () => {
    expect(CATEGORICAL).toEqual(derivePalette(CATEGORICAL.length));
  });

  it('keeps its first dozen apart for colour-blind eyes, and all of them for others', () => {
    const seen = CATEGORICAL.map(appearances);
    const closest = (upTo: number): number => {
      let least = Infinity;
      for (let i = 0; i < upTo; i++) {
        for (let j = 0; j < i; j++) least = Math.min(least, distance(seen[i]!, seen[j]!));
      }
      return least;
    };
    expect(CATEGORICAL.length).toBeGreaterThanOrEqual(30);
    expect(new Set(CATEGORICAL).size).toBe(CATEGORICAL.length);
    // 0.02 in OKLab is about the smallest difference that eyes notice side by side.
    expect(closest(12)).toBeGreaterThan(0.07);
    expect(closest(CATEGORICAL.length)).toBeGreaterThan(0.03);
  });

  it('shows on white and on the dark surface', () => {
    for (const hex of CATEGORICAL) {
      expect(contrast(hex, 1)).toBeGreaterThan(1.6);
      expect(contrast(hex, 0)).toBeGreaterThan(1.6);
    }
  });

  it('runs from dark to light for values', () => {
    expect(valueColour(0)).toBe('#440154');
    expect(valueColour(1)).toBe('#fde725');
    expect(valueColour(7)).toBe('#fde725');
    expect(valueColour(1 / 16)).toBe('#461768');
    expect(valueColour(NaN)).toBe(NO_VALUE);
  });
});

describe('the themes', () => {
  it('have text that can be read on their surfaces', () => {
    for (const theme of [LIGHT, DARK]) {
      const ratio = (colour: string): number => {
        const [a, b] = [contrast(colour, 0), contrast(theme.surface, 0)];
        return Math.max(a, b) / Math.min(a, b);
      };
      expect(ratio(theme.ink)).toBeGreaterThan(7);
      expect(ratio(theme.muted)).toBeGreaterThan(4.5);
      expect(ratio(theme.accent)).toBeGreaterThan(4.5);
      expect(ratio(theme.warning)).toBeGreaterThan(4.5);
    }
  });
});

describe('text', () => {
  it('is harmless in markup and has no characters that XML forbids', () => {
    expect(escapeMarkup(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
    expect(plainText('a\u0000b\u001b\ud800c\td\ne\ufffe')).toBe('a\ufffdb\ufffd\ufffdc\td\ne\ufffd');
    expect(shorten('line\nbreak  twice', 40)).toBe('line break twice');
    expect(shorten('abcdefghij', 5)).toBe('abcd…');
    expect(shorten('😀😀😀', 2)).toBe('😀…');
  });

  it('gives numbers the digits that mean something', () => {
    expect([1.8734, 0.03874, 0.2137, 0, 123.4, 1234567, 3.21e-7, -0.5, null].map(formatFigure)).toEqual([
      ...['1.87', '0.0387', '0.214', '0', '123', '1.2e+6', '3.2e-7', '-0.500', 'n/a'],
    ]);
    expect([0.2137, -0.0001, -0.0041, 1, null].map(formatScore)).toEqual([
      ...['0.214', '0.000', '-0.004', '1.000', 'n/a'],
    ]);
    expect([0.2137, 0.0213, 0.00213, 0, 1].map(formatShare)).toEqual([
      '21 %',
      '2.1 %',
      '0.21 %',
      '0 %',
      '100 %',
    ]);
    expect([0.05, 0.00012, 0, null].map(formatP)).toEqual(['0.050', '1.2e-4', '< 1e-300', 'n/a']);
    expect([0.15000000000000002, 20, 0].map(formatTick)).toEqual(['0.15', '20', '0']);
  });
});

describe('categories', () => {
  it('come largest first, with what has no name in grey at the end', () => {
    const codes = Int32Array.from([0, 1, 1, 2, 2, 2, -1, 3, 1]);
    const { categories, of } = categorise({ levels: ['T', 'B', 'Unknown', 'NK', 'never'], codes });
    expect(categories.map(c => [c.label, c.cells, c.number])).toEqual([
      ['B', 3, 1],
      ['T', 1, 2],
      ['NK', 1, 3],
      ['Unknown', 3, null],
      ['no label', 1, null],
    ]);
    expect([...of]).toEqual([1, 0, 0, 3, 3, 3, 4, 2, 0]);
    expect(categories[0]!.colour).toBe(CATEGORICAL[0]);
    expect(categories[3]!.colour).toBe(NO_VALUE);
  });

  it('beyond the palette are drawn together, and no cell is lost', () => {
    const levels = Array.from({ length: 50 }, (_, k) => `type ${k}`);
    const codes = Int32Array.from({ length: 500 }, (_, c) => c % 50);
    const { categories, of } = categorise({ levels, codes });
    expect(categories.length).toBe(36);
    expect(categories.at(-1)).toMatchObject({ label: '15 others', cells: 150, number: null });
    expect(categories.reduce((sum, c) => sum + c.cells, 0)).toBe(500);
    expect(of[49]).toBe(35);
    expect(new Set(categories.slice(0, 35).map(c => c.colour)).size).toBe(35);
  });

  it('name clusters from 1, the largest first', () => {
    const { levels, codes } = clusterColumn(Int32Array.of(0, 1, 1, 2, 2, 2));
    expect(levels).toEqual(['Cluster 1', 'Cluster 2', 'Cluster 3']);
    expect([...codes]).toEqual([2, 1, 1, 0, 0, 0]);
    expect(clusterColumn(Int32Array.from([0, 2, 1]))).toMatchObject({
      levels: ['Cluster 1', 'Cluster 2', 'Cluster 3'],
    });
  });
});

describe('a map of the cells', () => {
  const size = { width: 900, height: 640 };
  const draw = (points: number[], colour: CellColour): string =>
    embeddingSvg(
      {
        title: 'A <map>',
        subtitle: 'some & all',
        points: Float32Array.from(points),
        axes: ['one', 'two'],
        colour,
      },
      size,
      LIGHT,
    );
  const dots = (svg: string): number => svg.match(/M[\d.-]+ [\d.-]+h0/g)?.length ?? 0;

  it('draws every cell once, inside the frame, with the shape kept', () => {
    const levels = ['<script>', 'B', 'C'];
    const codes = Int32Array.from([0, 1, 2, -1]);
    const svg = draw([0, 0, 10, 0, 10, 5, 0, 5], {
      kind: 'category',
      column: { name: 'type', levels, codes },
    });
    parseXml(svg);
    expect(svg).not.toContain('<script>');
    expect(dots(svg)).toBe(4);
    const at = [...svg.matchAll(/M([\d.-]+) ([\d.-]+)h0/g)].map(m => [Number(m[1]), Number(m[2])]);
    const width = Math.max(...at.map(p => p[0]!)) - Math.min(...at.map(p => p[0]!));
    const height = Math.max(...at.map(p => p[1]!)) - Math.min(...at.map(p => p[1]!));
    expect(width / height).toBeCloseTo(2, 2);
    for (const [x, y] of at) {
      expect(x).toBeGreaterThan(40);
      expect(x).toBeLessThan(900);
      expect(y).toBeGreaterThan(64);
      expect(y).toBeLessThan(600);
    }
  });

  it('shows values from low to high and cells without one in grey', () => {
    const svg = draw([0, 0, 1, 1, 2, 2], {
      kind: 'value',
      name: 'Library size',
      unit: 'counts',
      values: [5, NaN, 500],
    });
    parseXml(svg);
    expect(dots(svg)).toBe(3);
    expect(svg.match(new RegExp(`<path d="[^"]+" stroke="${NO_VALUE}"`, 'g'))).toHaveLength(1);
    expect(svg).toContain('500 counts');
    expect(svg).toContain('5.00 counts');
  });

  it('stays sound when all cells lie on one place or there are none', () => {
    for (const points of [[], [3, 3, 3, 3]]) {
      const codes = new Int32Array(points.length / 2);
      const svg = draw(points, { kind: 'category', column: { name: 'type', levels: ['A'], codes } });
      parseXml(svg);
      expect(svg).not.toMatch(/NaN|Infinity/);
    }
  });
});

describe('chart options', () => {
  const { metrics, curves, genes } = makeArtifacts({ types: 4 });

  it('count cells by library size on a logarithmic axis', () => {
    const option = librarySizeOption([10, 100, 100, 1000, 0], 10, LIGHT);
    const data = seriesOf(option)[0]!.data;
    expect(data.reduce((sum, bin) => sum + bin[2]!, 0)).toBe(4);
    expect(data[0]!.slice(0, 1)).toEqual([1]);
    expect(data.at(-1)![1]).toBeCloseTo(3, 12);
    expect(option.title).toMatchObject({
      subtext: expect.stringContaining('1 without counts not shown') as string,
    });
    expect(seriesOf(librarySizeOption([], 0, LIGHT))[0]!.data.every(bin => bin[2] === 0)).toBe(true);
  });

  it('count values at both edges', () => {
    const { counts, below, above } = histogram([0, 0.5, 1, -1, 2, NaN], 0, 1, 4);
    expect([counts, below, above]).toEqual([[1, 0, 1, 1], 1, 1]);
  });

  it('give every network its own axis and mark its best epoch', () => {
    const option = trainingOption(curves, 'F30', 'log10', LIGHT);
    expect(option.xAxis).toHaveLength(3);
    const series = seriesOf(option);
    expect(series).toHaveLength(6);
    expect(series[0]!.data[0]).toEqual([1, curves[0]!.train[0]]);
    expect(series[1]).toMatchObject({ markLine: { data: [{ xAxis: 19 }] } });
    expect(JSON.stringify(option.title)).toContain('F30, network (best epoch 19)');
  });

  it('leave out scores that do not exist', () => {
    const models = metrics.models.map((m, k) => (k === 1 ? { ...m, ev: null } : m));
    const data = seriesOf(modelScoresOption(models, 'F30', 80, LIGHT))[0]!.data as unknown as {
      value: number[];
    }[];
    expect(data).toHaveLength(models.length - 1);
    expect(data.map(d => d.value[1])).not.toContain(1);
    const types = seriesOf(perTypeOption([metrics.models.at(-1)!], 'F30', LIGHT))[0]!.data;
    expect(types).toHaveLength(3);
  });

  it('show a pair as its difference between its bounds, around zero', () => {
    const option = pairsOption(metrics.pairs, 'F30', LIGHT);
    expect(seriesOf(option)[0]!.data).toEqual([[0, 0.004, 0.015, 0.027]]);
    expect(option.xAxis).toMatchObject({ min: -0.04, max: 0.04 });
    expect(JSON.stringify(option.yAxis)).toContain('F30, linear against L1000, linear');
  });

  it('put every gene into a bin of its R2 and mark the median', () => {
    const values = [0.1, 0.2, 0.4, -5];
    const option = geneR2Option(values, 'F30, linear', 80, LIGHT);
    expect(seriesOf(option)[0]!.data.reduce((sum, bin) => sum + bin[2]!, 0)).toBe(3);
    const marked = (seriesOf(option)[0] as unknown as { markLine: { data: { xAxis: number }[] } }).markLine
      .data;
    expect(marked[0]!.xAxis).toBeCloseTo(0.15, 12);
    expect(option.title).toMatchObject({ subtext: expect.stringContaining('1 genes below') as string });
    expect(genes.length).toBe(300);
  });

  it('say what they show and under which conditions', () => {
    for (const option of [screeOption([0.2, 0.1], DARK), pairsOption(metrics.pairs, 'F30', DARK)]) {
      expect(option.aria).toMatchObject({
        enabled: true,
        label: { description: expect.stringMatching(/\w{5}.*\. \w/) as string },
      });
      expect(option.backgroundColor).toBe(DARK.surface);
    }
    expect(seriesOf(screeOption([0.2, 0.1], LIGHT))[0]!.data).toEqual([
      [1, 20],
      [2, 10],
    ]);
  });
});

describe('the Venn diagram', () => {
  const draw = (
    a: number,
    b: number,
    shared: number,
  ): { svg: string; circles: { x: number; r: number }[] } => {
    const svg = vennSvg(
      { title: 't', subtitle: 's', a: { name: '<A>', size: a }, b: { name: 'B', size: b }, shared },
      { width: 560, height: 420 },
      LIGHT,
    );
    parseXml(svg);
    expect(svg).not.toMatch(/NaN|Infinity/);
    const circles = [...svg.matchAll(/<circle cx="([\d.-]+)" cy="[\d.-]+" r="([\d.]+)"/g)].map(m => ({
      x: Number(m[1]),
      r: Number(m[2]),
    }));
    return { svg, circles };
  };

  it('has areas and overlap in proportion', () => {
    const { circles, svg } = draw(910, 754, 33);
    const [b, a] = circles as [{ x: number; r: number }, { x: number; r: number }];
    expect((a.r / b.r) ** 2).toBeCloseTo(910 / 754, 1);
    // The overlap counted on a fine grid instead of by the formula.
    let inside = 0;
    const step = 0.25;
    for (let x = a.x - a.r; x < b.x + b.r; x += step) {
      for (let y = -a.r; y < a.r; y += step) {
        if (Math.hypot(x - a.x, y) < a.r && Math.hypot(x - b.x, y) < b.r) inside += step * step;
      }
    }
    expect(inside / (Math.PI * a.r ** 2)).toBeCloseTo(33 / 910, 2);
    expect(svg).toContain('>877<');
    expect(svg).toContain('>721<');
    expect(svg).toContain('&lt;A&gt;');
  });

  it('holds for no overlap, full overlap and empty sets', () => {
    const [b, a] = draw(100, 50, 0).circles as [{ x: number; r: number }, { x: number; r: number }];
    expect(b.x - a.x).toBeGreaterThan(a.r + b.r);
    const [inner, outer] = draw(100, 40, 40).circles as [{ x: number; r: number }, { x: number; r: number }];
    expect(Math.abs(inner.x - outer.x) + inner.r).toBeLessThanOrEqual(outer.r + 0.2);
    draw(0, 10, 0);
    draw(0, 0, 0);
  });
});
