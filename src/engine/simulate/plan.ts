/**
 * The planted structure of simulated counts: what is true before any cell is drawn.
 *
 * The expected share of gene g in cell c of type t is exp(eta), scaled to sum 1 over genes, with
 *   eta = ln mean_g + marker_tg + sum over programmes k of activity_ck * loading_kg.
 * Programmes are sets of genes that go up and down together. Some are active in all types, others in a few; the
 * activity of a programme differs between types in its mean and varies from cell to cell around it. Counts are negative
 * binomial around share times library size. Means, dispersions and library sizes are log-normal, as in droplet data.
 */
import type { Random } from '../../core/random.ts';
import { createRandom } from '../../core/random.ts';
import { badInput } from '../../shared/errors.ts';
import type { GeneReference, ReferenceGene } from '../genes/reference.ts';
import { grouped } from '../steps/words.ts';

export interface SimulationSize {
  readonly cells: number;
  readonly genes: number;
  readonly types: number;
  readonly seed: number;
}

/** Figures of the model; standard deviations are of natural logarithms. */
export const MODEL = {
  /** Median library size: this many counts per gene, and at least `librarySizeLeast`. */
  countsPerGene: 0.6,
  librarySizeLeast: 2400,
  librarySizeDeviation: 0.35,
  geneMeanDeviation: 1.2,
  dispersionMedian: 0.2,
  dispersionDeviation: 0.5,
  /** Share of the genes in one programme, and of those that go down in it. */
  programmeShare: 0.06,
  programmeDown: 0.25,
  /** Mean size of a loading; none is larger than one and a half times this. */
  loading: 1.25,
  /** Genes of high expression vary less: effects and dispersion shrink with (1 + mean / typical mean) to this power. */
  steadiness: -0.45,
  /** Programmes active in all types; each type has a few more of its own choice from as many as there are types. */
  sharedProgrammes: 6,
  programmesPerType: 3,
  /** Standard deviation of activity between the types and between the cells of a type. */
  activityBetweenTypes: 0.8,
  activityWithinType: 0.9,
  /** Share of the genes that are raised in one type only, and by how much. */
  markerShare: 0.05,
  markerEffect: 1.6,
  /** Each experiment shifts every gene a little. */
  experiments: 2,
  experimentDeviation: 0.1,
  /** From this many genes on, all landmarks are among them. */
  allLandmarksFrom: 1500,
} as const;

export interface Programme {
  readonly name: string;
  /** Types in which it is active. */
  readonly types: readonly number[];
  /** Genes of the simulation, ascending. */
  readonly genes: Int32Array;
  /** Of each of these genes. */
  readonly loadings: Float32Array;
}

export interface SimulatedType {
  readonly name: string;
  /** Genes raised in this type only. */
  readonly markers: Int32Array;
  /** By how much, in ln of expression. */
  readonly markerEffects: Float32Array;
  /** Mean activity of each programme; 0 where it is not active. */
  readonly activity: Float32Array;
}

export interface SimulationPlan extends SimulationSize {
  readonly reference: readonly ReferenceGene[];
  /** Share of the expression of an average cell, per gene; sums to 1. */
  readonly mean: Float64Array;
  readonly dispersion: Float32Array;
  readonly programmes: readonly Programme[];
  readonly simulatedTypes: readonly SimulatedType[];
  /** Shift of ln mean, one array per experiment. */
  readonly experiments: readonly Float32Array[];
  readonly librarySizeMedian: number;
}

/**
 * @throws AppError BAD_INPUT for more genes than have an Ensembl id.
 */
export function planSimulation(reference: GeneReference, size: SimulationSize): SimulationPlan {
  const { genes, types, seed } = size;
  const stream = (name: string): Random => createRandom(seed, 'simulation', name);
  const chosen = chooseGenes(reference, genes, stream('genes'));
  const relativeMean = logNormal(genes, 1, MODEL.geneMeanDeviation, stream('means'));
  const total = relativeMean.reduce((a, b) => a + b, 0);
  const steadiness = relativeMean.map(mean => (1 + mean) ** MODEL.steadiness);
  const dispersion = logNormal(
    genes,
    MODEL.dispersionMedian,
    MODEL.dispersionDeviation,
    stream('dispersion'),
  );
  const programmes = planProgrammes(steadiness, types, stream('programmes'));
  return {
    ...size,
    reference: chosen,
    mean: Float64Array.from(relativeMean, mean => mean / total),
    dispersion: dispersion.map((value, g) => value * steadiness[g]!),
    programmes,
    simulatedTypes: planTypes(steadiness, types, programmes, stream('types')),
    experiments: Array.from({ length: MODEL.experiments }, (_, k) => {
      const random = stream(`experiment ${k}`);
      return Float32Array.from({ length: genes }, () => MODEL.experimentDeviation * random.normal());
    }),
    librarySizeMedian: Math.max(MODEL.librarySizeLeast, MODEL.countsPerGene * genes),
  };
}

/** Real human genes with an Ensembl id each; all landmarks, or a proportional share of them for few genes. */
function chooseGenes(reference: GeneReference, genes: number, random: Random): ReferenceGene[] {
  const named = (gene: ReferenceGene): boolean => reference.byEnsembl.get(gene.ensembl[0] ?? '') === gene;
  const landmarks = random.shuffle(reference.landmarks.filter(named));
  const others = reference.genes.filter(gene => gene.landmark < 0 && named(gene) && gene.chromosome !== 'MT');
  const coding = random.shuffle(others.filter(gene => gene.type === 'protein-coding'));
  const rest = random.shuffle(others.filter(gene => gene.type !== 'protein-coding'));
  const available = landmarks.length + coding.length + rest.length;
  if (genes > available) {
    throw badInput(
      'genes',
      `At most ${grouped(available)} genes can be simulated: those with an Ensembl id.`,
    );
  }
  const share = Math.min(1, genes / MODEL.allLandmarksFrom);
  const chosen = landmarks.slice(0, Math.round(landmarks.length * share));
  chosen.push(...[...coding, ...rest].slice(0, genes - chosen.length));
  return chosen.sort((a, b) => a.entrez - b.entrez);
}

function logNormal(length: number, median: number, deviation: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => median * Math.exp(deviation * random.normal()));
}

function planProgrammes(steadiness: Float32Array, types: number, random: Random): Programme[] {
  const genes = steadiness.length;
  const everywhere = Array.from({ length: types }, (_, t) => t);
  const members: number[][] = Array.from({ length: types }, () => []);
  // Every type takes part in a few of as many programmes as there are types, so that types share some of them.
  for (const type of everywhere) {
    const picks = random.shuffle(everywhere.slice()).slice(0, MODEL.programmesPerType);
    for (const pick of picks) members[pick]!.push(type);
  }
  const sets = [
    ...Array.from({ length: MODEL.sharedProgrammes }, () => everywhere),
    ...members.filter(set => set.length > 0),
  ];
  return sets.map((set, k) => {
    const chosen = drawGenes(genes, MODEL.programmeShare, random);
    const loadings = Float32Array.from(chosen, gene => {
      const varied = Math.min(1.5, Math.exp(0.5 * random.normal() - 0.125));
      const size = MODEL.loading * steadiness[gene]! * varied;
      return random.next() < MODEL.programmeDown ? -size : size;
    });
    return { name: `programme ${k + 1}`, types: set, genes: chosen, loadings };
  });
}

function planTypes(
  steadiness: Float32Array,
  types: number,
  programmes: readonly Programme[],
  random: Random,
): SimulatedType[] {
  const genes = steadiness.length;
  const digits = String(types).length;
  return Array.from({ length: types }, (_, t) => {
    const markers = drawGenes(genes, MODEL.markerShare, random);
    return {
      name: `Type ${String(t + 1).padStart(digits, '0')}`,
      markers,
      markerEffects: Float32Array.from(markers, gene => MODEL.markerEffect * steadiness[gene]!),
      activity: Float32Array.from(programmes, ({ types: active }) =>
        active.includes(t) ? MODEL.activityBetweenTypes * random.normal() : 0,
      ),
    };
  });
}

/** A share of the genes, at least two, ascending. */
function drawGenes(genes: number, share: number, random: Random): Int32Array {
  const all = random.shuffle(Int32Array.from({ length: genes }, (_, gene) => gene));
  return all.slice(0, Math.max(2, Math.round(genes * share))).sort();
}
