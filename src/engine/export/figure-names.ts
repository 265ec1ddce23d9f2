/** Names of all figures that any run can have; an export replaces these and no others. */
export const FIGURE_NAMES = [
  ...['pca', 'tsne', 'umap', 'tsne-experiments', 'umap-experiments', 'library-size', 'training-curves'],
  ...['venn', 'gene-r2', 'model-scores', 'pairs', 'cell-types'],
] as const;
