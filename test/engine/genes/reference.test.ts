import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { reference, resources } from '../../support/reference.ts';

describe('gene reference', () => {
  it('is the file that its description names', () => {
    const file = readFileSync(join(resources, 'genes', 'human-genes.tsv.gz'));
    const description = JSON.parse(
      readFileSync(join(resources, 'genes', 'human-genes.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(file.length).toBe(description['bytes']);
    expect(createHash('sha256').update(gunzipSync(file)).digest('hex')).toBe(description['contentSha256']);
    expect(reference().genes).toHaveLength(description['genes'] as number);
    expect(reference().release).toMatchObject({ licence: 'Artistic-2.0', entrezGene: '2022-09-12' });
  });

  it('knows all 978 landmarks by every id of the list', () => {
    const { landmarks, byEntrez, byEnsembl, bySymbol, byAlias } = reference();
    const rows = readFileSync(join(resources, 'l1000-landmarks.tsv'), 'utf8').trimEnd().split('\n').slice(1);
    expect(landmarks).toHaveLength(978);
    expect(rows).toHaveLength(978);
    for (const [row, line] of rows.entries()) {
      const [entrez, published, current, ensembl] = line.split('\t');
      const gene = landmarks[row]!;
      expect(gene.landmark).toBe(row);
      expect(gene.symbol).toBe(current);
      expect(byEntrez.get(Number(entrez))).toBe(gene);
      expect(bySymbol.get(published!) ?? byAlias.get(published!)).toBe(gene);
      for (const id of ensembl!.split(';')) expect(byEnsembl.get(id)).toBe(gene);
    }
  });

  it('names mitochondrial genes as count tables do, and the old way', () => {
    const { bySymbol, byAlias } = reference();
    expect(bySymbol.get('MT-ND1')).toMatchObject({ entrez: 4535, chromosome: 'MT' });
    expect(bySymbol.get('MT-CO1')).toMatchObject({ entrez: 4512 });
    expect(bySymbol.get('MT-TL1')).toMatchObject({ entrez: 4567 });
    expect(byAlias.get('MTND1')).toBe(bySymbol.get('MT-ND1'));
    // COX1 is also a common name of PTGS1.
    expect(byAlias.has('COX1')).toBe(false);
  });

  it('holds no alias that is the symbol of another gene', () => {
    const { bySymbol, byAlias } = reference();
    const wrong = [...byAlias].filter(([alias, gene]) => (bySymbol.get(alias) ?? gene) !== gene);
    expect(wrong).toEqual([]);
  });
});
