/**
 * Gene sets of a user's own: a GMT file, or an annotation (GAF) with its ontology (OBO), of human genes or, with a table of
 * genes, of another organism. Human genes are found by the resolver's order; others stand by the texts that name them.
 */
import { basename, resolve } from 'node:path';
import { badFile } from '../../shared/errors.ts';
import type { GeneReference } from '../genes/reference.ts';
import { resolveList } from '../genes/list.ts';
import { readText } from '../import/delimited.ts';
import { entrezKey, textKey, type GeneSet, type GeneSetCollection } from './collection.ts';
import { propagated, type OntologyTerm } from './ontology.ts';

const NO_ANCESTORS = new Uint32Array(0);
const NAMESPACES: Readonly<Record<string, string>> = {
  biological_process: 'BP',
  molecular_function: 'MF',
  cellular_component: 'CC',
};

/**
 * Sets of a GMT file: name, description and genes, separated by tabs.
 * @throws AppError BAD_FILE with the line that is no set
 */
export async function loadGmt(path: string, reference: GeneReference): Promise<GeneSetCollection> {
  const name = basename(path);
  const text = await readText(resolve(path), name);
  const sets: GeneSet[] = [];
  const members = new Map<string, number[]>();
  const seen = new Set<string>();
  const keys = new GeneKeys(reference);
  for (const [k, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const [id, description, ...genes] = line.split('\t').map(field => field.trim());
    if (genes.length === 0 || id === '') {
      throw badFile(
        name,
        `is not a GMT file: line ${k + 1} has no set name, description and genes between tabs`,
      );
    }
    if (seen.has(id!)) throw badFile(name, `has two sets named ${id}: give each set a name of its own`);
    seen.add(id!);
    const title = description === '' || /^https?:|^>/.test(description!) ? id! : description!;
    for (const key of new Set(genes.filter(gene => gene !== '').map(gene => keys.of(gene)))) {
      const held = members.get(key);
      if (held) held.push(sets.length);
      else members.set(key, [sets.length]);
    }
    sets.push({ id: id!, name: title, namespace: 'sets' });
  }
  if (sets.length === 0) throw badFile(name, 'holds no gene sets');
  return {
    title: name,
    release: 'a file of your own',
    licence: '',
    namespaces: ['sets'],
    sets,
    ofGene: new Map([...members].map(([key, of]) => [key, Uint32Array.from(of)])),
    ancestors: () => NO_ANCESTORS,
  };
}

/**
 * A GO annotation file with its ontology. Annotations with NOT are left out.
 * @param genes a table of the organism's genes (columns symbol, ensembl, entrez; more are passed over), so that data with
 *   Ensembl or Entrez ids find the annotations, which go by symbol; null for human genes
 * @throws AppError BAD_FILE naming the file that is not what it should be
 */
export async function loadAnnotation(
  paths: { readonly gaf: string; readonly obo: string; readonly genes: string | null },
  reference: GeneReference,
): Promise<GeneSetCollection> {
  const { terms, version, standsFor } = await readObo(paths.obo);
  const name = basename(paths.gaf);
  const text = await readText(resolve(paths.gaf), name);
  const table = paths.genes === null ? null : await readGeneTable(paths.genes);
  const human = paths.genes === null && /^[^!].*\btaxon:9606\b/m.test(text.slice(0, 1_000_000));
  const keys = human ? new GeneKeys(reference) : null;
  const ofGene = new Map<string, Set<string>>();
  let date = '';
  let found = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('!')) {
      date ||= /^!\s*(?:date-generated|Generated)\s*:\s*(\S+)/i.exec(line)?.[1] ?? '';
      continue;
    }
    const fields = line.split('\t');
    if (fields.length < 9) continue;
    const [, objectId = '', symbol = '', qualifier = '', go = ''] = fields;
    if (/\bNOT\b/.test(qualifier) || !/^GO:\d{7}$/.test(go)) continue;
    found++;
    const term = standsFor.get(go) ?? go;
    const texts = keys === null ? [symbol, objectId, ...(table?.get(symbol) ?? [])] : [];
    for (const key of keys === null ? texts.map(textKey) : [keys.of(symbol)]) {
      const held = ofGene.get(key);
      if (held) held.add(term);
      else ofGene.set(key, new Set([term]));
    }
  }
  if (found === 0)
    throw badFile(name, 'is not a GO annotation file (GAF 2): no line annotates a gene with a GO term');
  return propagated(
    {
      title: name,
      release: `ontology ${version || 'without a version'}, annotation ${date || 'without a date'}`,
      licence: '',
    },
    terms,
    [...ofGene].map(([key, ids]) => [key, [...ids]] as const),
  );
}

/** Keys of genes by what a file calls them. */
class GeneKeys {
  readonly #reference: GeneReference;
  readonly #known = new Map<string, string>();

  constructor(reference: GeneReference) {
    this.#reference = reference;
  }

  of(text: string): string {
    const held = this.#known.get(text);
    if (held !== undefined) return held;
    const { bySymbol, byEntrez } = this.#reference;
    // Most are current symbols; the rest is looked at as an entry of a list is.
    const gene =
      bySymbol.get(text) ??
      byEntrez.get(Number(text)) ??
      resolveList(this.#reference, [text]).entries[0]?.gene;
    const key = gene && gene.entrez > 0 ? entrezKey(gene.entrez) : textKey(text);
    this.#known.set(text, key);
    return key;
  }
}

async function readObo(
  path: string,
): Promise<{ terms: OntologyTerm[]; version: string; standsFor: ReadonlyMap<string, string> }> {
  const name = basename(path);
  const text = await readText(resolve(path), name);
  const version = /^data-version:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? '';
  const terms: OntologyTerm[] = [];
  const standsFor = new Map<string, string>();
  for (const stanza of text.split(/\r?\n(?=\[)/)) {
    if (!stanza.startsWith('[Term]') || /^is_obsolete:\s*true/m.test(stanza)) continue;
    const values = (key: string): string[] =>
      [...stanza.matchAll(new RegExp(`^${key}:[ \\t]*(.+)$`, 'gm'))].map(match => match[1]!.trim());
    const [id] = values('id');
    const [space] = values('namespace');
    if (id === undefined || space === undefined) continue;
    terms.push({
      id,
      name: values('name')[0] ?? id,
      namespace: NAMESPACES[space] ?? space,
      parents: [
        ...values('is_a').map(value => value.split(/\s/)[0]!),
        ...values('relationship').map(value => value.split(/\s+/)[1] ?? ''),
      ],
    });
    for (const other of values('alt_id')) standsFor.set(other, id);
  }
  if (terms.length === 0) throw badFile(name, 'is not an OBO file: it holds no terms with a namespace');
  const spaceOf = new Map(terms.map(({ id, namespace }) => [id, namespace]));
  return {
    // As in the built-in set, a relation to another namespace carries nothing over.
    terms: terms.map(term => ({
      ...term,
      parents: term.parents.filter(parent => spaceOf.get(parent) === term.namespace),
    })),
    version,
    standsFor,
  };
}

/** Other names of each symbol. */
async function readGeneTable(path: string): Promise<ReadonlyMap<string, string[]>> {
  const name = basename(path);
  const lines = (await readText(resolve(path), name)).split(/\r\n|\n|\r/).filter(line => line.trim() !== '');
  const split = (line: string): string[] =>
    line.split(lines[0]!.includes('\t') ? '\t' : ',').map(f => f.trim());
  const header = split(lines[0]!).map(field => field.toLowerCase());
  const symbol = header.indexOf('symbol');
  const ids = ['ensembl', 'entrez'].map(id => header.indexOf(id)).filter(at => at >= 0);
  if (symbol < 0 || ids.length === 0) {
    throw badFile(
      name,
      'is not a table of genes: its first line needs the columns symbol and ensembl or entrez',
    );
  }
  return new Map(
    lines.slice(1).map(line => {
      const fields = split(line);
      return [fields[symbol] ?? '', ids.flatMap(at => (fields[at] ?? '').split(';').filter(id => id !== ''))];
    }),
  );
}
