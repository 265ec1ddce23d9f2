/** The procedures on gene lists and their enrichment. What was loaded and sorted last is kept, since one look follows another. */
import type { GeneFlag } from '../../shared/assay-fit.ts';
import { badInput, cancelled } from '../../shared/errors.ts';
import type { F910Contract } from '../../shared/contract.ts';
import type {
  BackgroundChoice,
  EnrichmentReport,
  EnrichmentRequest,
  ListSource,
  RankedReport,
  RankedRequest,
  SetsChoice,
  SetsInfo,
} from '../../shared/enrichment.ts';
import type { GeneList } from '../../shared/gene-list.ts';
import { logBaseOf } from '../../shared/params.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import type { EngineEnvironment } from '../environment.ts';
import { assayFlags, levelOf } from '../genes/assay-fit.ts';
import type { DataGenes } from '../genes/list.ts';
import { namesOf, readList } from '../genes/list-source.ts';
import type { GeneReference } from '../genes/reference.ts';
import { panelOf, paramsOf } from '../recipe/view.ts';
import { counted, grouped } from '../steps/words.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { loadGeneOntology } from './built-in.ts';
import type { GeneSetCollection } from './collection.ts';
import { Background, overRepresentation } from './over-representation.ts';
import { rankedEnrichment } from './ranked.ts';
import { loadAnnotation, loadGmt } from './user-sets.ts';

type EnrichmentProcedure = Extract<keyof F910Contract, `enrich.${string}` | 'list.resolve' | 'run.flags'>;
type Ready = Handlers<F910Contract>;

export function enrichmentHandlers(
  workspace: Workspace,
  environment: EngineEnvironment,
  reference: () => GeneReference,
): Pick<Ready, EnrichmentProcedure> {
  const desk = new EnrichmentDesk(workspace, environment, reference);
  return {
    'list.resolve': request =>
      desk.resolve(request.list, request.within ?? null, request.sameLetters ?? false),
    'run.flags': ({ id }) => desk.flags(id),
    'enrich.lists': request => desk.lists(request as EnrichmentRequest),
    'enrich.ranked': (request, context) => desk.ranked(request as RankedRequest, context),
  };
}

/** Genes of a background, with their part in a run where they are one's. */
interface BackgroundGenes {
  readonly what: string;
  readonly table: DataGenes;
  readonly panel: { readonly name: string; readonly rows: readonly number[] } | null;
  readonly landmarks: readonly number[] | null;
  readonly norms: Float64Array | null;
}

class EnrichmentDesk {
  readonly #workspace: Workspace;
  readonly #environment: EngineEnvironment;
  readonly #reference: () => GeneReference;
  #sets: { readonly key: string; readonly collection: GeneSetCollection } | null = null;
  #sorted: { readonly key: string; readonly background: Background } | null = null;

  constructor(workspace: Workspace, environment: EngineEnvironment, reference: () => GeneReference) {
    this.#workspace = workspace;
    this.#environment = environment;
    this.#reference = reference;
  }

  async resolve(list: ListSource, within: BackgroundChoice | null, sameLetters: boolean): Promise<GeneList> {
    const data = within === null ? null : (await this.#genesOf(within)).table;
    return this.#list(list, data, sameLetters);
  }

  /** What speaks against each gene of a run on a probe-based platform, in the order of its genes. */
  flags(run: string): GeneFlag[][] {
    const folder = this.#workspace.runs.folder(run);
    const params = paramsOf(folder);
    return panelOf(folder).map(gene =>
      assayFlags(this.#reference(), {
        ...gene,
        level: levelOf(gene.mean, logBaseOf(params), params.targetSum),
      }),
    );
  }

  async lists(request: EnrichmentRequest): Promise<EnrichmentReport> {
    const { smallest, largest } = request;
    if (smallest > largest) {
      throw badInput(
        'smallest',
        `No set can have at least ${smallest} and at most ${largest} genes: swap the two.`,
      );
    }
    const genes = await this.#genesOf(request.background);
    const { collection, background } = await this.#sort(request.sets, request.background, genes);
    const notes: string[] = [];
    const asked: { name: string; asked: number; rows: readonly number[] }[] = [];
    if (genes.panel !== null) {
      asked.push({ name: genes.panel.name, asked: genes.panel.rows.length, rows: genes.panel.rows });
    }
    if (genes.landmarks !== null && genes.landmarks.length > 0) {
      asked.push({ name: 'L1000', asked: genes.landmarks.length, rows: genes.landmarks });
    }
    for (const { name, list } of request.lists) {
      const { entries } = await this.#list(list, genes.table, request.sameLetters);
      const own = entries.filter(({ repeats }) => repeats === '');
      const rows = [...new Set(own.map(({ row }) => row!).filter(row => row >= 0))];
      const missing = own.length - rows.length;
      if (missing > 0) {
        notes.push(
          `${grouped(missing)} of ${counted(own.length, 'entry', 'entries')} of ${name} ${missing === 1 ? 'is' : 'are'} not in the background and ${missing === 1 ? 'is' : 'are'} left out.`,
        );
      }
      asked.push({ name, asked: own.length, rows });
    }
    if (asked.length === 0)
      throw badInput('lists', 'There is no list to test: give one, or a run with a panel.');
    return {
      sets: infoOf(collection),
      background: {
        what: genes.what,
        genes: genes.table.name.length,
        annotated: Object.fromEntries([...background.annotated].map(([space, { size }]) => [space, size])),
      },
      smallest,
      largest,
      lists: asked.map(({ name, asked: count, rows }) => ({
        name,
        asked: count,
        inBackground: rows.length,
        shared: Object.fromEntries(
          asked.filter(other => other.rows !== rows).map(other => [other.name, common(rows, other.rows)]),
        ),
        rows: overRepresentation(background, rows, genes.table.symbol, { smallest, largest }),
      })),
      notes,
    };
  }

  async ranked(
    { run, sets, permutations, seed, smallest, largest }: RankedRequest,
    { signal, progress }: Parameters<Ready['enrich.ranked']>[1],
  ): Promise<RankedReport> {
    const genes = await this.#genesOf({ run });
    const { collection, background } = await this.#sort(sets, { run }, genes);
    try {
      const rows = await rankedEnrichment(background, genes.norms!, genes.table.symbol, {
        ...{ permutations, seed, smallest, largest, signal },
        onShare: share =>
          progress({
            phase: 'ranked',
            label: 'Comparing with random sets',
            done: Math.round(share * permutations),
            of: permutations,
          }),
      });
      return { sets: infoOf(collection), genes: background.size, permutations, seed, rows };
    } catch (error) {
      if (signal.aborted) throw cancelled('The ranked enrichment');
      throw error;
    }
  }

  #list(source: ListSource, data: DataGenes | null, sameLetters: boolean): Promise<GeneList> {
    return readList(source, this.#reference(), { data, sameLetters });
  }

  async #genesOf(choice: BackgroundChoice): Promise<BackgroundGenes> {
    if ('run' in choice) {
      const genes = panelOf(this.#workspace.runs.folder(choice.run));
      const { panelName } = this.#workspace.runs.get(choice.run);
      const rowsOf = (take: (gene: (typeof genes)[number]) => boolean): number[] =>
        genes.flatMap((gene, row) => (take(gene) ? [row] : []));
      return {
        what: 'the genes that passed the filters of the run',
        table: namesOf(genes),
        panel: { name: panelName ?? 'panel', rows: rowsOf(gene => gene.inPanel) },
        landmarks: rowsOf(gene => gene.landmark),
        norms: Float64Array.from(genes, gene => gene.norm),
      };
    }
    if ('dataset' in choice) {
      const table = this.#workspace.datasets.genes(choice.dataset);
      const what = 'all genes of the data set, before any filter';
      return { what, table, panel: null, landmarks: null, norms: null };
    }
    const { entries, name } = await this.#list(choice, null, false);
    const genes = entries
      .filter(({ repeats }) => repeats === '')
      .map(({ text, gene }) => ({
        name: text,
        symbol: gene?.symbol ?? text,
        ensembl: gene?.ensembl ?? '',
        entrez: gene?.entrez ?? 0,
      }));
    return { what: `the list ${name}`, table: namesOf(genes), panel: null, landmarks: null, norms: null };
  }

  async #sort(
    sets: SetsChoice,
    choice: BackgroundChoice,
    { table }: BackgroundGenes,
  ): Promise<{ collection: GeneSetCollection; background: Background }> {
    const setsKey = JSON.stringify(sets);
    if (this.#sets?.key !== setsKey) this.#sets = { key: setsKey, collection: await this.#load(sets) };
    const { collection } = this.#sets;
    const key = `${setsKey} ${JSON.stringify(choice)}`;
    if (this.#sorted?.key !== key || this.#sorted.background.collection !== collection) {
      const named = table.name.map((name, row) => ({
        name,
        symbol: table.symbol[row]!,
        ensembl: table.ensembl[row]!,
        entrez: table.entrez[row]!,
      }));
      this.#sorted = { key, background: new Background(collection, named) };
    }
    return { collection, background: this.#sorted.background };
  }

  async #load(sets: SetsChoice): Promise<GeneSetCollection> {
    switch (sets.kind) {
      case 'go':
        return loadGeneOntology(this.#environment.resources);
      case 'gmt':
        return loadGmt(sets.path, this.#reference());
      case 'annotation':
        return loadAnnotation(sets, this.#reference());
    }
  }
}

function common(rows: readonly number[], others: readonly number[]): number {
  const held = new Set(others);
  return rows.filter(row => held.has(row)).length;
}

function infoOf({ title, release, licence }: GeneSetCollection): SetsInfo {
  return { title, release, licence };
}
