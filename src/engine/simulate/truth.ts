/** What was planted, for files and tests: names instead of positions. */
import { MODEL } from './plan.ts';
import type { SimulationPlan } from './plan.ts';

/** The plan as plain data: parameters, programmes with their genes and loadings, types with markers and activities. */
export function truthOf(plan: SimulationPlan) {
  const symbol = (gene: number): string => plan.reference[gene]!.symbol;
  const short = (value: number): number => Number(value.toPrecision(5));
  return {
    simulated: true,
    seed: plan.seed,
    cells: plan.cells,
    genes: plan.genes,
    types: plan.types,
    model: { ...MODEL, librarySizeMedian: plan.librarySizeMedian },
    programmes: plan.programmes.map(programme => ({
      name: programme.name,
      sharedByAllTypes: programme.types.length === plan.types,
      types: programme.types.map(type => plan.simulatedTypes[type]!.name),
      genes: Array.from(programme.genes, symbol),
      ensembl: Array.from(programme.genes, gene => plan.reference[gene]!.ensembl[0]!),
      loadings: Array.from(programme.loadings, short),
    })),
    cellTypes: plan.simulatedTypes.map(type => ({
      name: type.name,
      activity: Array.from(type.activity, short),
      markers: Array.from(type.markers, symbol),
      markerEffects: Array.from(type.markerEffects, short),
    })),
    geneTable: plan.reference.map((gene, g) => ({
      symbol: gene.symbol,
      ensembl: gene.ensembl[0]!,
      landmark: gene.landmark >= 0,
      mean: short(plan.mean[g]!),
      dispersion: short(plan.dispersion[g]!),
    })),
  };
}
