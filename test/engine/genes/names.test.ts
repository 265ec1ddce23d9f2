import { describe, expect, it } from 'vitest';
import {
  areRowNumbers,
  isSpikeIn,
  looksLikeDate,
  makeUnique,
  parseName,
} from '../../../src/engine/genes/names.ts';

describe('names of genes', () => {
  it.each([
    ['ENSG00000141510', 'ensembl', 'ENSG00000141510', '', 0],
    ['ENSG00000141510.17', 'ensembl', 'ENSG00000141510', '', 0],
    ['ENSMUSG00000035239.6', 'ensembl', 'ENSMUSG00000035239', '', 0],
    ['TP53_ENSG00000141510', 'panglaodb', 'ENSG00000141510', 'TP53', 0],
    ['HLA-A-ENSG00000206503.12', 'panglaodb', 'ENSG00000206503', 'HLA-A', 0],
    ['RP11-347P5.1_ENSG00000277117.4', 'panglaodb', 'ENSG00000277117', 'RP11-347P5.1', 0],
    ['7157', 'entrez', '', '', 7157],
    ['TP53', 'symbol', '', 'TP53', 0],
    ['007', 'symbol', '', '007', 0],
    ['ENSG0000014151', 'symbol', '', 'ENSG0000014151', 0],
    // The copies of pseudoautosomal genes on Y must not pass for those on X.
    ['ENSG00000002586.20_PAR_Y', 'symbol', '', 'ENSG00000002586.20_PAR_Y', 0],
    ['', 'symbol', '', '', 0],
  ] as const)('reads %s', (name, kind, ensembl, symbol, entrez) => {
    expect(parseName(name)).toEqual({ kind, ensembl, symbol, entrez });
  });

  it('tells spike-ins from the human ERCC genes', () => {
    expect(['ERCC-00002', 'ERCC_00171'].every(isSpikeIn)).toBe(true);
    expect(['ERCC1', 'ERCC6L', 'ERCC-2', 'ERCC6-PGBD3'].some(isSpikeIn)).toBe(false);
  });

  it('sees dates made of symbols', () => {
    expect(['1-Mar', '2-Sep', 'Mar-01', '1-Dec', '10-SEP'].every(looksLikeDate)).toBe(true);
    expect(['MARCH1', 'SEPTIN2', 'DEC1', 'MARK1', '1-Jan'].some(looksLikeDate)).toBe(false);
  });

  it('sees row numbers only in an unbroken count', () => {
    expect(areRowNumbers(['0', '1', '2', '3'])).toBe(true);
    expect(areRowNumbers(['1', '2', '3'])).toBe(true);
    expect(areRowNumbers(['1', '2', '9'])).toBe(false);
    expect(areRowNumbers(['2', '3', '4'])).toBe(false);
    expect(areRowNumbers(['1', '2'])).toBe(false);
    expect(areRowNumbers([])).toBe(false);
  });

  it('makes names unique without taking one that exists', () => {
    expect(makeUnique(['A', 'B', 'A', 'A.1', 'A'])).toEqual({
      names: ['A', 'B', 'A.2', 'A.1', 'A.3'],
      changed: 2,
    });
  });
});
