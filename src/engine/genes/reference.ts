/** The human genes and the 978 L1000 landmarks that come with the app, with the look-ups that identity needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface ReferenceGene {
  readonly entrez: number;
  /** Current symbol. */
  readonly symbol: string;
  /** Ensembl gene ids without version, alphabetical; the first is mostly the one of the primary assembly. */
  readonly ensembl: readonly string[];
  readonly chromosome: string;
  /** NCBI's gene type, such as protein-coding. */
  readonly type: string;
  /** Full name. */
  readonly name: string;
  /** Row of the landmark list, or -1. */
  readonly landmark: number;
}

/** Where the gene table comes from; shown beside everything made with it. */
export interface ReferenceRelease {
  readonly source: string;
  readonly package: string;
  readonly licence: string;
  /** Date of the Entrez Gene release, YYYY-MM-DD. */
  readonly entrezGene: string;
  /** Date of the Ensembl release, YYYY-MM-DD. */
  readonly ensembl: string;
}

export interface GeneReference {
  readonly release: ReferenceRelease;
  /** By Entrez id. */
  readonly genes: readonly ReferenceGene[];
  /** The 978 landmarks in the order of the list. */
  readonly landmarks: readonly ReferenceGene[];
  readonly byEnsembl: ReadonlyMap<string, ReferenceGene>;
  /** All genes of the few ids that several genes share, so that a symbol beside the id can decide. */
  readonly sharedEnsembl: ReadonlyMap<string, readonly ReferenceGene[]>;
  readonly byEntrez: ReadonlyMap<number, ReferenceGene>;
  readonly bySymbol: ReadonlyMap<string, ReferenceGene>;
  /** Names that one gene only has: published landmark symbols and aliases. */
  readonly byAlias: ReadonlyMap<string, ReferenceGene>;
  /** Names that identify no gene, because several have them as an alias. */
  readonly sharedAliases: ReadonlyMap<string, readonly ReferenceGene[]>;
}

/**
 * Reads the gene table and the landmark list (about 65,000 genes, a quarter of a second: keep the result).
 * @param resources Folder of the app's resources.
 */
export function loadReference(resources: string): GeneReference {
  const release = JSON.parse(
    readFileSync(join(resources, 'genes', 'human-genes.json'), 'utf8'),
  ) as ReferenceRelease;
  const table = packedText(join(resources, 'genes', 'human-genes.tsv.gz'));
  const landmarkRows = records(readFileSync(join(resources, 'l1000-landmarks.tsv'), 'utf8'));
  const landmarkOf = new Map(landmarkRows.map(([entrez], row) => [Number(entrez), row]));

  const genes: ReferenceGene[] = [];
  const byEntrez = new Map<number, ReferenceGene>();
  const aliasesOf = new Map<ReferenceGene, string[]>();
  for (const [id, symbol, ensembl, aliases, chromosome, type, name] of records(table)) {
    const entrez = Number(id);
    const gene: ReferenceGene = {
      entrez,
      symbol: symbol!,
      ensembl: split(ensembl!, ';'),
      chromosome: chromosome!,
      type: type!,
      name: name!,
      landmark: landmarkOf.get(entrez) ?? -1,
    };
    genes.push(gene);
    byEntrez.set(entrez, gene);
    aliasesOf.set(gene, split(aliases!, '|'));
  }

  const landmarks = landmarkRows.map(([entrez]) => byEntrez.get(Number(entrez))!);
  const bySymbol = symbolIndex(genes);
  const byAlias = new Map<string, ReferenceGene>();
  for (const [gene, aliases] of aliasesOf) for (const alias of aliases) byAlias.set(alias, gene);
  for (const [symbol, gene] of bySymbol) {
    const before = nameBefore2020(symbol);
    if (before !== null && !bySymbol.has(before)) byAlias.set(before, gene);
  }
  landmarkRows.forEach(([, published], row) => byAlias.set(published!, landmarks[row]!));
  const sharedAliases = new Map(
    records(packedText(join(resources, 'genes', 'shared-aliases.tsv.gz')))
      .filter(([alias]) => !byAlias.has(alias!))
      .map(([alias, ids]) => [alias!, split(ids!, ';').flatMap(id => byEntrez.get(Number(id)) ?? [])]),
  );
  return { release, genes, landmarks, ...ensemblIndexes(genes), byEntrez, bySymbol, byAlias, sharedAliases };
}

function packedText(path: string): string {
  return gunzipSync(readFileSync(path)).toString('utf8');
}

/**
 * The name that a gene had until spreadsheets' dates made HGNC rename it (Bruford et al., Nat Genet 2020,
 * doi:10.1038/s41588-020-0669-3), though another gene has it as an alias as well: SEPT2 was SEPTIN2, not SEPTIN6.
 */
function nameBefore2020(symbol: string): string | null {
  const [, family, number] = /^(SEPTIN|MARCHF|MTARC|DELEC)(\d+)$/.exec(symbol) ?? [];
  const before = { SEPTIN: 'SEPT', MARCHF: 'MARCH', MTARC: 'MARC', DELEC: 'DEC' }[family ?? ''];
  return before === undefined ? null : `${before}${number}`;
}

/** Fields of every line below the header. */
function records(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'));
}

function split(field: string, by: string): string[] {
  return field === '' ? [] : field.split(by);
}

/** A symbol of several genes stands for the only one of them with an Ensembl id, or for none. */
function symbolIndex(genes: readonly ReferenceGene[]): Map<string, ReferenceGene> {
  const owners = Map.groupBy(genes, gene => gene.symbol);
  const index = new Map<string, ReferenceGene>();
  for (const [symbol, all] of owners) {
    const named = all.length === 1 ? all : all.filter(gene => gene.ensembl.length > 0);
    if (named.length === 1) index.set(symbol, named[0]!);
  }
  return index;
}

/**
 * An id of several genes goes to the landmark among them, else to a protein-coding gene, else to the one with fewer ids:
 * the other has one of its own (ENSG00000237541 is HLA-DQA2, although HLA-DQA1 lists it too).
 */
function ensemblIndexes(genes: readonly ReferenceGene[]): Pick<GeneReference, 'byEnsembl' | 'sharedEnsembl'> {
  const owners = new Map<string, ReferenceGene[]>();
  for (const gene of genes) {
    for (const id of gene.ensembl) {
      const held = owners.get(id);
      if (held) held.push(gene);
      else owners.set(id, [gene]);
    }
  }
  const rank = (gene: ReferenceGene): number =>
    gene.landmark >= 0 ? 0 : gene.type === 'protein-coding' ? 1 : 2;
  const byEnsembl = new Map<string, ReferenceGene>();
  const sharedEnsembl = new Map<string, readonly ReferenceGene[]>();
  for (const [id, all] of owners) {
    if (all.length > 1) {
      all.sort((a, b) => rank(a) - rank(b) || a.ensembl.length - b.ensembl.length);
      sharedEnsembl.set(id, all);
    }
    byEnsembl.set(id, all[0]!);
  }
  return { byEnsembl, sharedEnsembl };
}
