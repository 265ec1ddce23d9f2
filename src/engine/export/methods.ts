/** The methods paragraph of a paper: what this run did, with every number, and nothing that it did not do. */
import { fromL1000, fromPanel, logName } from '../../shared/charts/labels.ts';
import { formatCount, formatP, formatTick } from '../../shared/charts/text.ts';
import { FLAG_WORDS } from '../../shared/assay-fit.ts';
import type { ModelMetrics, PanelRule } from '../../shared/model.ts';
import { avoidedFlags } from '../../shared/params.ts';
import { failing } from '../../shared/quality/words.ts';
import { SCRAN_VERSION } from '../embed/embed.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';

const REFERENCES = {
  method:
    'Cheng, Iyer, Kadyan. Predicting GEx from L1000 Genes and Beyond for scRNA-seq Data. Columbia University.',
  l1000:
    'Subramanian A et al. A Next Generation Connectivity Map: L1000 Platform and the First 1,000,000 Profiles. Cell 171, 1437-1452 (2017). doi:10.1016/j.cell.2017.10.049',
  go: 'The Gene Ontology Consortium. The Gene Ontology knowledgebase in 2023. Genetics 224, iyad031 (2023). doi:10.1093/genetics/iyad031',
  fdr: 'Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B 57, 289-300 (1995). doi:10.1111/j.2517-6161.1995.tb02031.x',
  persist:
    'Covert I et al. Predictive and robust gene selection for spatial transcriptomics. Nature Communications 14, 2091 (2023). doi:10.1038/s41467-023-37392-1',
  stability:
    'Meinshausen N, Bühlmann P. Stability selection. J R Stat Soc B 72, 417-473 (2010). doi:10.1111/j.1467-9868.2010.00740.x',
  scran: `Kancherla J, Lun A. scran.js ${SCRAN_VERSION}. https://github.com/kanaverse/scran.js`,
};

/**
 * Paragraphs and references in plain text, for methods.txt and the report.
 * @param goRelease title and dates of the gene sets that the panel and L1000 were tested for
 */
export function methodsText(run: RunArtifacts, goRelease: string): string {
  const { metrics } = run;
  const cited = [REFERENCES.method];
  if (metrics.panel.l1000Present > 0) cited.push(REFERENCES.l1000);
  if (metrics.panel.stability) cited.push(REFERENCES.stability);
  cited.push(REFERENCES.persist, REFERENCES.go, REFERENCES.fdr);
  if (run.embedding !== null) cited.push(REFERENCES.scran);
  const references = cited.map((reference, k) => `${k + 1}. ${reference}`).join('\n');
  const cite = (reference: string): string => `[${cited.indexOf(reference) + 1}]`;
  const paragraphs = [
    dataParagraph(run),
    splitParagraph(run),
    modelsParagraph(run, cite),
    panelParagraph(run, cite),
    scoresParagraph(run, cite),
    enrichmentParagraph(run, goRelease, cite),
    mapsParagraph(run, cite),
    softwareParagraph(run),
  ];
  return `${paragraphs.filter(p => p !== '').join('\n\n')}\n\nReferences\n${references}\n`;
}

function dataParagraph({ dataset, metrics, params }: RunArtifacts): string {
  const p = metrics.preprocess;
  const sources = dataset.sources.length;
  const origin = dataset.simulated
    ? 'Simulated single-cell counts'
    : `Single-cell RNA-seq counts (${dataset.name}${sources > 1 ? `, ${sources} files pooled on the genes they share` : ''})`;
  const balanced =
    params.maxCellsPerType > 0
      ? ` At most ${formatCount(params.maxCellsPerType)} cells of each cell type were drawn at random, leaving ${formatCount(p.cellsBalanced)} cells.`
      : '';
  const scale = `${logName(metrics.logBase)}`;
  const normalised =
    p.alreadyLog === null
      ? `Counts were normalised by library size over the kept genes to ${formatCount(p.targetSum)} counts per cell and transformed as ${scale}(x + 1).`
      : `The values were logarithms already (base ${p.alreadyLog === Math.E ? 'e' : formatTick(p.alreadyLog)}) and are analysed on the ${scale} scale.`;
  return (
    `${origin} held ${formatCount(p.cellsIn)} cells and ${formatCount(p.genesIn)} genes.${balanced} ` +
    `${cellFilterSentence(p)}, leaving ${formatCount(p.cellsKept)} cells; ` +
    `genes with at least ${formatCount(p.minReads)} reads in at least ${formatCount(p.minCells)} of these cells were kept, leaving ${formatCount(p.genesKept)} genes, which are the background of every test. ${normalised}`
  );
}

/** The filters of cells that were on. Runs of older apps had the one for shallow cells only. */
function cellFilterSentence(p: RunArtifacts['metrics']['preprocess']): string {
  const shallow = `Cells with a library size below ${formatCount(p.minLibrarySize)} counts over all genes`;
  const others = (p.cellFilters ?? []).flatMap(({ filter, threshold, lost }) =>
    filter === 'minLibrarySize' ? [] : [`${failing(filter, threshold)} (${formatCount(lost)} cells)`],
  );
  if (others.length === 0) return `${shallow} were removed`;
  return `${shallow} were removed, then those with ${others.join(', then those with ')}`;
}

function splitParagraph({ metrics }: RunArtifacts): string {
  const { split } = metrics;
  const strata = split.strata > 1 ? `, stratified by cell type (${split.strata} strata)` : '';
  const twins =
    split.duplicatedCells > 0
      ? ` ${formatCount(split.duplicatedCells)} cells with identical profiles were kept on one side of the split.`
      : '';
  return (
    `Cells were divided at random (seed ${split.seed})${strata} into ${formatCount(split.train)} training cells, ` +
    `${formatCount(split.stop)} stop cells, used for early stopping and for every choice, and ${formatCount(split.test)} test cells, ` +
    `which were held out and used for nothing but the scores reported here.${twins}`
  );
}

function modelsParagraph(run: RunArtifacts, cite: (reference: string) => string): string {
  const { models } = run.metrics;
  const has = (test: (m: ModelMetrics) => boolean): boolean => models.some(test);
  const { params } = run;
  const sentences: string[] = [];
  if (has(m => m.id === 'select')) {
    const select = models.find(m => m.id === 'select')!;
    const off = select.lasso;
    sentences.push(
      `Following Cheng, Iyer and Kadyan ${cite(REFERENCES.method)}, a network that predicts all genes from all genes was trained on the weighted squared error, (target + 1)(prediction - target)^2, ` +
        `with a group lasso on the first-layer weights of each gene, applied as proximal steps ` +
        `(strength ${formatTick(params.lambda)} times the loss of predicting every gene's mean${off === undefined ? '' : `, that is ${Number(off.lambda.toPrecision(3))}`})` +
        (off === undefined
          ? '.'
          : `; ${formatCount(off.switchedOff)} of ${formatCount(off.genes)} genes were switched off${off.converged ? '' : ', and training ended before the penalty had converged'}.`),
    );
  }
  const inputs = [
    has(m => fromL1000(m.id)) ? 'the L1000 landmarks present' : '',
    has(m => fromPanel(m.id)) ? 'the panel' : '',
  ].filter(Boolean);
  if (inputs.length > 0) {
    const kinds: string[] = [];
    if (has(m => m.id.startsWith('linear-'))) {
      kinds.push(
        `linear models were fitted by ridge regression in closed form, its strength chosen on the stop cells (the original method used gradient descent)`,
      );
    }
    if (has(m => m.id.startsWith('dnn-'))) kinds.push('networks were trained on the squared error');
    sentences.push(`To predict the other genes from ${inputs.join(' and from ')}, ${kinds.join(', and ')}.`);
  }
  if (has(m => m.id === 'select' || m.id.startsWith('dnn-'))) {
    const layers = `${params.hidden.length === 1 ? 'one hidden layer' : `${params.hidden.length} hidden layers`} of ${params.hidden.join(', ')} units`;
    sentences.push(
      `Networks had ${layers} with dropout ${formatTick(params.dropout)} and ReLU, and were trained with Adam (learning rate ${formatTick(params.learningRate)}, falling linearly to zero, ` +
        `batches of ${formatCount(params.batch)} cells, at most ${formatCount(params.epochs)} epochs, early stopping on the stop cells with patience ${params.patience}, best weights restored; inputs and targets centred by their training means).`,
    );
  }
  return sentences.join(' ');
}

const SEARCH_WORDS: Readonly<Record<Exclude<PanelRule, 'paper' | 'norm'>, string>> = {
  neighbours:
    'found by forward selection, each gene being the one that explains most of what those before it leave of the first 50 principal components of the training cells',
  distances:
    'found by forward selection, a quarter of its genes each explaining most of what those before it leave of the first 50 principal components of the training cells, and each further one, among the first genes of that search (twice the size of the panel), bringing the squared distances between training cells by the panel nearest to those by all genes (by correlation over all pairs of at most 1,000 cells)',
  mixed:
    'found by forward selection, each gene being the one that explains most of what those before it leave of the first 50 principal components of the training cells and of their cell types',
  greedy:
    'found by forward selection, each gene being the one that explains most of what those before it leave of the variance of all genes in the training cells',
  types:
    'found by forward selection, each gene being the one that explains most of what those before it leave of the indicators of the cell types',
  guided:
    'found from the L1000 landmarks by dropping, adding and swapping genes for the first 50 principal components of the training cells',
};

function panelParagraph({ metrics, params }: RunArtifacts, cite: (reference: string) => string): string {
  const { panel, preprocess } = metrics;
  const rule =
    panel.rule === 'paper'
      ? `Genes were ranked by their largest and by their smallest first-layer weight, and the panel ${panel.name} is the union of up to ${formatCount(params.panelEnds)} genes from each end (never more than ${formatTick(100 * params.panelShare)} % of the genes from one end): ${formatCount(panel.size)} genes.`
      : panel.rule === 'norm'
        ? `The panel ${panel.name} is the ${formatCount(panel.size)} genes whose first-layer weights have the largest norm.`
        : `The panel ${panel.name} is ${formatCount(panel.size)} genes ${SEARCH_WORDS[panel.rule]}, with a ridge term whose strength was chosen on the stop cells.`;
  const stable = panel.stability
    ? ` The panel was chosen by stability selection ${cite(REFERENCES.stability)}: ${formatCount(panel.stability.draws)} networks with random numbers of their own were trained on random halves of the training cells, and ${panel.rule === 'paper' ? 'the genes that at least half of them choose were taken' : 'the genes that most of them choose were taken'}.`
    : '';
  const ties =
    panel.ties > 0
      ? ` ${formatCount(panel.ties)} genes at the cut tied with others and were ordered as in the data.`
      : '';
  const overlap =
    panel.l1000Present > 0
      ? ` It shares ${formatCount(panel.l1000Overlap)} genes with the ${formatCount(panel.l1000Present)} of 978 L1000 landmarks ${cite(REFERENCES.l1000)} present in the data; ` +
        `${panel.expectedOverlap.toFixed(1)} would be expected by chance (two-sided hypergeometric p ${formatP(panel.p)}, background ${formatCount(preprocess.genesKept)} genes).`
      : '';
  const flags = avoidedFlags(params);
  const avoided =
    flags.length > 0
      ? ` Genes flagged as follows could not be in the panel: ${flags.map(flag => FLAG_WORDS[flag]).join('; ')}.`
      : '';
  return rule + stable + ties + avoided + overlap;
}

function enrichmentParagraph(
  { metrics }: RunArtifacts,
  release: string,
  cite: (reference: string) => string,
): string {
  const lists =
    metrics.panel.l1000Present > 0 ? 'The panel and the L1000 landmarks present were' : 'The panel was';
  return (
    `${lists} tested for over-represented terms of the Gene Ontology ${cite(REFERENCES.go)} (${release}), with annotations carried to all ancestors: hypergeometric upper tail, ` +
    `background the kept genes with a term in the namespace, terms of 10 to 500 of these genes, p values adjusted by Benjamini and Hochberg within each namespace ${cite(REFERENCES.fdr)}.`
  );
}

function scoresParagraph({ metrics }: RunArtifacts, cite: (reference: string) => string): string {
  const compared =
    metrics.pairs.length > 0
      ? ` Two models were compared on the genes that are targets of both, with 95 % bootstrap intervals (resampling ${metrics.pairs[0]!.resampled}).`
      : '';
  const random = metrics.randomPanels;
  const chance =
    random === undefined
      ? ''
      : ` The panel was compared with ${formatCount(random.panels.length)} random panels of ${formatCount(random.size)} genes, drawn from all genes kept, each with ridge regression and on the genes in neither panel; ` +
        `${random.asGood === 0 ? 'none' : formatCount(random.asGood)} of them explained as much or more (p ${formatP(random.p)}, the number of such panels plus one over the number of panels plus one).`;
  return (
    `Scores are on the test cells and the ${logName(metrics.logBase)} scale. Explained variance is one minus the summed error of the genes over the summed error of ` +
    `the training means ${cite(REFERENCES.persist)}, so that predicting the mean of every gene scores 0.${compared}${chance}`
  );
}

function mapsParagraph({ embedding, metrics }: RunArtifacts, cite: (reference: string) => string): string {
  if (embedding === null) return '';
  const maps = [
    `PCA (${embedding.varianceExplained.length} components of at most 2,000 most variable genes)`,
    ...(embedding.tsne.length > 0 ? ['t-SNE'] : []),
    ...(embedding.umap.length > 0 ? ['UMAP'] : []),
    'Leiden clusters',
  ];
  const sampled =
    embedding.cells.length < metrics.preprocess.cellsKept
      ? ` of ${formatCount(embedding.cells.length)} cells drawn at random`
      : '';
  return `Maps of the cells${sampled} were made with scran.js ${cite(REFERENCES.scran)}: ${maps.slice(0, -1).join(', ')} and ${maps.at(-1)!}.`;
}

function softwareParagraph({ metrics, dataset, summary }: RunArtifacts): string {
  return (
    `All computations were made with F910 Studio ${metrics.app.version} (engine ${metrics.engine.name} ${metrics.engine.version}), ` +
    `preset ${summary.preset}, seed ${summary.seed}; data set SHA-256 ${dataset.checksum}.`
  );
}
