/** Flags of genes for probe-based assays (shared/assay-fit.ts says what each means). */
import type { GeneFlag } from '../../shared/assay-fit.ts';
import type { GeneReference, ReferenceGene } from './reference.ts';

/** Normalised counts of 10,000 from which a gene's spots crowd an image, and share of cells below which it is hardly seen. */
const CROWDING = 20;
const BARELY = 0.01;

/**
 * Immediate-early and heat-shock genes among those that van den Brink et al. found to be induced by dissociation (Nat Methods
 * 14:935, 2017, doi:10.1038/nmeth.4437), by their human symbols.
 */
const DISSOCIATION = new Set(
  (
    'ATF3 BAG3 BTG2 DNAJA1 DNAJB1 DNAJB4 DUSP1 EGR1 EGR2 EGR3 FOS FOSB FOSL2 HSP90AA1 HSP90AB1 HSPA1A HSPA1B HSPA5 HSPA8 ' +
    'HSPB1 HSPE1 HSPH1 IER2 IER3 IER5 JUN JUNB JUND KLF2 KLF6 MYC NR4A1 SOCS3 ZFP36'
  ).split(' '),
);
const RIBOSOMAL = /^RP(?:L|S)(?:A|P\d|\d+(?:A|L|X|AL|L1|Y\d)?)$/;
const OF_ONE_SEX = new Set(['XIST', 'TSIX']);

export interface MeasuredGene {
  readonly symbol: string;
  readonly entrez: number;
  /** Share of cells with a count. */
  readonly detected: number;
  /** Normalised counts of 10,000 in a mean cell. */
  readonly level: number;
}

export function assayFlags(reference: GeneReference, gene: MeasuredGene): GeneFlag[] {
  const known = reference.byEntrez.get(gene.entrez);
  return [
    ...(gene.level >= CROWDING ? (['crowding'] as const) : []),
    ...(gene.detected < BARELY ? (['barely-detected'] as const) : []),
    ...kindFlags(known, gene.symbol),
  ];
}

/** Flags that need no measurement. */
function kindFlags(known: ReferenceGene | undefined, symbol: string): GeneFlag[] {
  const coding = known === undefined || known.type === 'protein-coding';
  return [
    ...(known?.chromosome === 'MT' || /^MT-/i.test(symbol) ? (['mitochondrial'] as const) : []),
    ...(coding && RIBOSOMAL.test(symbol) ? (['ribosomal'] as const) : []),
    ...(known?.chromosome === 'Y' || OF_ONE_SEX.has(symbol) ? (['sex-linked'] as const) : []),
    ...(DISSOCIATION.has(symbol) ? (['dissociation'] as const) : []),
  ];
}

/**
 * Normalised counts of 10,000 of a mean cell, from the mean of log(x + 1): of a gene whose counts vary, less than their mean,
 * so that a gene flagged as crowding is.
 */
export function levelOf(meanLog: number, logBase: number, targetSum: number): number {
  return ((logBase ** meanLog - 1) * 10_000) / targetSum;
}
