/** Each file read back as the tool's own description says (docs/gene-identity.md). */
import { describe, expect, it } from 'vitest';
import { geneLists } from '../../../src/engine/export/gene-lists.ts';
import { orderSheets } from '../../../src/engine/export/order-sheets.ts';
import { makeArtifacts } from '../../support/artifacts.ts';
import { parseCsv } from '../../support/csv.ts';

const { genes } = makeArtifacts({ genes: 400, panel: 100, symbols: ['SEPT2', 'A,B', ''] });
const files = new Map(geneLists('F100', genes).map(list => [list.file, list.content]));
const read = (file: string): string => files.get(file)!;
const lines = (file: string): string[] => read(file).split('\n').slice(0, -1);
const inPanel = genes.filter(gene => gene.inPanel);
const landmarks = genes.filter(gene => gene.landmark);

describe('files for other tools', () => {
  it('has every set in every id: union, difference, intersection and background', () => {
    const panel = new Set(lines('F100_entrez.txt'));
    const l1000 = new Set(lines('L1000_entrez.txt'));
    expect(panel.size).toBeGreaterThan(0);
    expect(l1000.size).toBeGreaterThan(0);
    expect(new Set(lines('F100_and_L1000_entrez.txt'))).toEqual(
      new Set([...panel].filter(id => l1000.has(id))),
    );
    expect(new Set(lines('F100_or_L1000_entrez.txt'))).toEqual(new Set([...panel, ...l1000]));
    expect(new Set(lines('F100_not_L1000_entrez.txt'))).toEqual(
      new Set([...panel].filter(id => !l1000.has(id))),
    );
    expect(new Set(lines('L1000_not_F100_entrez.txt'))).toEqual(
      new Set([...l1000].filter(id => !panel.has(id))),
    );
    for (const kind of ['symbols', 'ensembl', 'entrez']) {
      expect(lines(`background_${kind}.txt`).length).toBeGreaterThan(
        lines(`F100_or_L1000_${kind}.txt`).length,
      );
    }
  });

  it('GMT: name, description and genes between tabs; GMX: the same in columns', () => {
    const gmt = lines('panels.gmt').map(line => line.split('\t'));
    expect(gmt.every(row => row.length >= 3 && row.every(field => field !== ''))).toBe(true);
    expect(new Set(gmt.map(([name]) => name)).size).toBe(gmt.length);
    const rows = lines('panels.gmx').map(line => line.split('\t'));
    expect(new Set(rows.map(row => row.length))).toEqual(new Set([gmt.length]));
    const columns = rows[0]!.map((_, k) => rows.map(row => row[k]!).filter(field => field !== ''));
    expect(columns).toEqual(gmt);
    const symbols = inPanel.map(gene => gene.symbol).filter(symbol => symbol !== '');
    expect(gmt[0]!.slice(2)).toEqual([...new Set(symbols)]);
  });

  it('cellxgene: four named columns, each gene once in a set', () => {
    const [header, ...rows] = parseCsv(read('gene_sets_cellxgene.csv'));
    expect(header).toEqual(['gene_set_name', 'gene_set_description', 'gene_symbol', 'gene_description']);
    expect(rows.every(row => row.length === 4 && row[0] !== '' && row[2] !== '')).toBe(true);
    expect(new Set(rows.map(row => `${row[0]} ${row[2]}`)).size).toBe(rows.length);
    expect(rows.filter(([set]) => set === 'L1000').map(row => row[2])).toEqual([
      ...new Set(landmarks.map(gene => gene.symbol).filter(symbol => symbol !== '')),
    ]);
  });

  it('clusterProfiler: unique ids with numbers that fall; PANTHER: id, tab, number, at most 10,000', () => {
    const [header, ...rows] = parseCsv(read('F100_ranked_entrez.csv'));
    expect(header).toEqual(['entrez', 'norm']);
    const panther = lines('F100_panther_values.txt').map(line => line.split('\t'));
    expect(panther.length).toBeLessThanOrEqual(10_000);
    for (const [of, id] of [
      [rows, /^\d+$/],
      [panther, /^ENSG\d+$/],
    ] as const) {
      expect(of.every(row => row.length === 2 && id.test(row[0]!))).toBe(true);
      expect(new Set(of.map(row => row[0])).size).toBe(of.length);
      const numbers = of.map(row => Number(row[1]));
      expect(numbers.every((value, k) => k === 0 || value < numbers[k - 1]!)).toBe(true);
    }
  });

  it('g:Profiler: the panel in the order of its weights', () => {
    const sorted = inPanel.toSorted((a, b) => b.norm - a.norm).map(gene => gene.ensembl || gene.symbol);
    expect(lines('F100_ordered.txt')).toEqual([...new Set(sorted.filter(id => id !== ''))]);
  });

  it('no list has a heading, an empty line or an id twice, and no name a hyphen', () => {
    for (const [file, content] of files) {
      expect(file).not.toContain('-');
      if (!/_(symbols|ensembl|entrez)\.txt$/.test(file)) continue;
      expect(content).toMatch(/^([^\n\t]+\n)+$/);
      expect(new Set(lines(file)).size).toBe(lines(file).length);
    }
  });
});

describe('order sheets', () => {
  const sheets = new Map(
    orderSheets(
      'F100',
      inPanel,
      inPanel.map((_, k) => (k === 0 ? ['ribosomal', 'crowding'] : [])),
      inPanel.map((_, k) => k),
    ).map(sheet => [sheet.file, sheet]),
  );

  it('name every gene with its id, level and what speaks against it, and say that they are unofficial', () => {
    const [header, ...rows] = parseCsv(sheets.get('imaging_panel.csv')!.content);
    expect(header).toEqual(['gene', 'ensembl_id', 'expression_level', 'detected_share', 'note']);
    expect(rows.map(row => row[1])).toEqual(inPanel.map(gene => gene.ensembl));
    expect(rows[0]![4]).toBe('ribosomal protein; very highly expressed: crowds the image');
    for (const { note } of sheets.values()) expect(note).toContain('Not an official form');
  });

  it('AmpliSeq: Type and Name', () => {
    const [header, ...rows] = parseCsv(sheets.get('ampliseq.csv')!.content);
    expect(header).toEqual(['Type', 'Name']);
    expect(rows.every(([type, name]) => type === 'GENE' && name !== '')).toBe(true);
  });

  it.each([
    [96, 'H12', 2],
    [384, 'D24', 1],
  ])('fill plates of %i wells row by row', (wells, last, plates) => {
    const [, ...rows] = parseCsv(sheets.get(`primer_plate_${wells}.csv`)!.content);
    expect(rows).toHaveLength(100);
    expect(rows[0]!.slice(0, 2)).toEqual(['1', 'A1']);
    expect(rows[95]!.slice(0, 2)).toEqual(['1', last]);
    expect(rows[99]![0]).toBe(String(plates));
    expect(new Set(rows.map(row => row.slice(0, 2).join())).size).toBe(100);
  });
});
