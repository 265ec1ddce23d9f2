import { describe, expect, it } from 'vitest';
import { assayFlags, levelOf } from '../../../src/engine/genes/assay-fit.ts';
import { reference } from '../../support/reference.ts';

const flagsOf = (symbol: string, measured = {}) =>
  assayFlags(reference(), {
    ...{ symbol, entrez: reference().bySymbol.get(symbol)?.entrez ?? 0, detected: 0.5, level: 1 },
    ...measured,
  });

describe('flags for probe-based assays', () => {
  it.each<readonly [string, readonly string[]]>([
    ['TP53', []],
    ['MT-ND1', ['mitochondrial']],
    ...['RPL3', 'RPLP0', 'RPSA', 'RPS4X', 'RPL36AL', 'RPL22L1', 'RPS27A', 'RPL10L'].map(
      symbol => [symbol, ['ribosomal']] as const,
    ),
    // A kinase, a mitochondrial ribosomal protein, an RNA processing factor and a pseudogene.
    ...['RPS6KA1', 'MRPL3', 'RPP30', 'RPL3P1'].map(symbol => [symbol, []] as const),
    ['RPS4Y1', ['ribosomal', 'sex-linked']],
    ['UTY', ['sex-linked']],
    ['XIST', ['sex-linked']],
    ['FOS', ['dissociation']],
    ['HSPA1B', ['dissociation']],
  ])('%s: %j', (symbol, flags) => {
    expect(flagsOf(symbol)).toEqual(flags);
  });

  it('flag what is measured too much of, and too little', () => {
    expect(flagsOf('TP53', { level: 20 })).toEqual(['crowding']);
    expect(flagsOf('TP53', { detected: 0.009 })).toEqual(['barely-detected']);
  });

  it('know every gene of the dissociation list', () => {
    const { genes } = reference();
    expect(genes.filter(({ symbol }) => flagsOf(symbol).includes('dissociation'))).toHaveLength(34);
  });

  it('levels are counts of 10,000 whatever the scale of the run', () => {
    expect(levelOf(Math.log10(1 + 20), 10, 10_000)).toBeCloseTo(20, 10);
    expect(levelOf(Math.log(1 + 2000), Math.E, 1_000_000)).toBeCloseTo(20, 10);
  });
});
