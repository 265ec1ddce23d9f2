import { describe, expect, it } from 'vitest';
import { listEntries, resolveList } from '../../../src/engine/genes/list.ts';
import { reference } from '../../support/reference.ts';

const one = (text: string, options = {}) => resolveList(reference(), [text], options).entries[0]!;
const data = {
  name: ['TP53_ENSG00000141510', 'MARCH1', 'novel-1'],
  symbol: ['TP53', 'MARCHF1', 'novel-1'],
  ensembl: ['ENSG00000141510', 'ENSG00000145416', ''],
  entrez: [7157, 55016, 0],
};

describe('a pasted list of genes', () => {
  it.each([
    ['TP53', 'found', 'TP53'],
    ['7157', 'found', 'TP53'],
    ['ENSG00000141510.18', 'found', 'TP53'],
    ['TP53_ENSG00000141510', 'found', 'TP53'],
    ['MLL', 'renamed', 'KMT2A'],
    ['MARCH1', 'renamed', 'MARCHF1'],
    // HGNC renamed SEPT2 to SEPTIN2, although SEPTIN6 has it as an alias.
    ['SEPT2', 'renamed', 'SEPTIN2'],
    ['LOC100287102', 'renamed', 'DDX11L1'],
  ])('%s is %s: %s', (text, status, symbol) => {
    expect(one(text)).toMatchObject({ status, gene: { symbol }, suggestions: [] });
  });

  it.each([
    ['1-Mar', 'date', ['MARCHF1', 'MTARC1']],
    ['2-Sep', 'date', ['SEPTIN2']],
    ['Dec-1', 'date', ['DELEC1']],
    ['ENSMUSG00000059552', 'other-species', []],
    ['tp53', 'same-letters', ['TP53']],
    ['HLA.A', 'same-letters', ['HLA-A']],
    ['GAPHD', 'unknown', ['GAPDH']],
    ['nonsense', 'unknown', []],
  ])('%s is %s and names no gene', (text, status, suggestions) => {
    expect(one(text)).toMatchObject({ status, gene: null });
    expect(one(text).suggestions).toEqual(expect.arrayContaining(suggestions));
  });

  it('names the genes that share an alias', () => {
    const { status, gene, suggestions } = one('MT1');
    expect({ status, gene }).toEqual({ status: 'shared', gene: null });
    expect(suggestions).toContain('MT1A');
    expect(suggestions.length).toBeGreaterThan(1);
  });

  it('takes the same letters only when told to', () => {
    expect(one('Actb', { sameLetters: true })).toMatchObject({
      status: 'same-letters',
      gene: { symbol: 'ACTB' },
    });
  });

  it('finds the row of the data set by any of its names, and says which genes it lacks', () => {
    const { entries } = resolveList(reference(), ['TP53', '55016', 'novel-1', 'ACTB'], { data });
    expect(entries.map(({ row }) => row)).toEqual([0, 1, 2, -1]);
    expect(entries[2]).toMatchObject({ status: 'found', gene: { entrez: 0, symbol: 'novel-1' } });
  });

  it('says that a gene was named before, by whatever name', () => {
    const { entries } = resolveList(reference(), ['TP53', '7157', 'ENSG00000141510']);
    expect(entries.map(({ repeats }) => repeats)).toEqual(['', 'TP53', 'TP53']);
  });

  it('takes lists as people paste them, with a heading and quotes', () => {
    const { entries, heading } = resolveList(
      reference(),
      listEntries('\uFEFFSymbol\r\n"TP53",ACTB;\tMYC\n\n  GAPDH |EGFR'),
    );
    expect(heading).toBe('Symbol');
    expect(entries.map(({ gene }) => gene?.symbol)).toEqual(['TP53', 'ACTB', 'MYC', 'GAPDH', 'EGFR']);
  });

  it('refuses a text without entries, and one with too many', () => {
    expect(() => listEntries(' \n,;')).toThrow('holds no genes');
    expect(() => listEntries('x\n'.repeat(100_001))).toThrow('100,001 entries');
  });

  it('finds every landmark by its published and current symbol, Ensembl and Entrez id', () => {
    const { landmarks } = reference();
    for (const of of [
      landmarks.map(gene => gene.symbol),
      landmarks.map(gene => String(gene.entrez)),
      landmarks.map(gene => `${gene.ensembl[0]}.7`),
    ]) {
      const { entries } = resolveList(reference(), of);
      expect(entries.map(({ gene }) => gene?.entrez)).toEqual(landmarks.map(({ entrez }) => entrez));
    }
  });
});
