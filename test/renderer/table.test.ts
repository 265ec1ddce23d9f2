/** Tables: sorting, finding, and what leaves as a file. */
import { describe, expect, it } from 'vitest';
import { arrange, fileName, tableCsv, tableXlsx, type Column } from '../../src/renderer/ui/table.ts';
import { readWorkbook } from '../support/workbook.ts';

interface Gene {
  readonly name: string;
  readonly score: number | null;
}
const genes: readonly Gene[] = [
  { name: 'SEPT2', score: 0.25 },
  { name: '=cmd', score: null },
  { name: 'gene10', score: -1 },
  { name: 'gene9', score: 1 / 3 },
  { name: '', score: NaN },
];
const columns: readonly Column<Gene>[] = [
  { id: 'name', label: 'Gene, name', value: gene => gene.name },
  { id: 'score', label: 'Score', number: true, value: gene => gene.score },
];
const names = (rows: readonly Gene[]): string[] => rows.map(row => row.name);

describe('tables', () => {
  it('sort numbers as numbers and names as people do, with what is missing last either way', () => {
    const by = (id: string, down: boolean): string[] => names(arrange(genes, columns, '', { id, down }));
    expect(by('score', false).slice(0, 3)).toEqual(['gene10', 'SEPT2', 'gene9']);
    expect(by('score', true).slice(0, 3)).toEqual(['gene9', 'SEPT2', 'gene10']);
    expect(new Set(by('score', true).slice(3))).toEqual(new Set(['=cmd', '']));
    expect(by('name', false)).toEqual(['=cmd', 'gene9', 'gene10', 'SEPT2', '']);
    expect(by('name', true).at(-1)).toBe('');
  });

  it('find text in names, not in numbers', () => {
    expect(names(arrange(genes, columns, ' GENE', null))).toEqual(['gene10', 'gene9']);
    expect(arrange(genes, columns, '0.25', null)).toEqual([]);
  });

  it('arrange 20,000 rows', () => {
    const many = Array.from({ length: 20_000 }, (_, k) => ({ name: `g${k}`, score: (k * 7919) % 20_011 }));
    const sorted = arrange(many, columns, 'g1', { id: 'score', down: true });
    expect(sorted.length).toBe(many.filter(({ name }) => name.includes('g1')).length);
    expect(sorted.every((row, k) => k === 0 || sorted[k - 1]!.score >= row.score)).toBe(true);
  });

  it('leave as CSV that no spreadsheet runs', async () => {
    expect((await tableCsv(columns, genes).text()).split('\r\n')).toEqual([
      '"Gene, name",Score',
      "'SEPT2,0.25",
      "'=cmd,",
      'gene10,-1',
      'gene9,0.3333333',
      ',',
      '',
    ]);
  });

  it('leave as a spreadsheet in which names stay text', async () => {
    const blob = await tableXlsx('Genes [all]', columns, genes);
    const workbook = await readWorkbook(Buffer.from(await blob.arrayBuffer()));
    const [sheet] = workbook.values();
    expect([...workbook.keys()]).toEqual(['Genes all']);
    expect(sheet!.map(row => row.get('A'))).toEqual([
      { text: 'Gene, name' },
      { text: 'SEPT2' },
      { text: '=cmd' },
      { text: 'gene10' },
      { text: 'gene9' },
      undefined,
    ]);
    expect(sheet!.map(row => row.get('B')).slice(1, 5)).toEqual([
      { number: 0.25 },
      undefined,
      { number: -1 },
      { number: 0.3333333 },
    ]);
  });

  it('are files of names that every system takes', () => {
    expect(fileName('Genes of F910: the/panel?', 'csv')).toBe('Genes-of-F910-the-panel.csv');
    expect(fileName('../..', 'svg')).toBe('table.svg');
  });
});
