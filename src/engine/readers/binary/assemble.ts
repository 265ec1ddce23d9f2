/** The last part that binary formats share: names checked, cells handed over, values judged, the result put together. */
import { badFile } from '../../../shared/errors.ts';
import type { LabelColumn, Progress, ReadOptions } from '../../../shared/model.ts';
import type { RowSink } from '../../counts/rows.ts';
import { ValueAudit } from '../audit.ts';
import type { ReadResult } from '../contract.ts';
import type { MatrixTarget } from './matrix-target.ts';
import { checkNames } from './printable.ts';
import { uniqueCellNames } from '../names.ts';

/** A matrix of a binary file, found and opened but not read yet. */
export interface OpenedMatrix {
  readonly format: string;
  /** As in ReadResult. */
  readonly layer: string | null;
  readonly rows?: ReadResult['rows'];
  /** Cells and genes of the stored matrix. */
  readonly cells: number;
  readonly genes: number;
  /** Names of the genes to hand over. */
  readonly geneIds: readonly string[];
  readonly geneSymbols: readonly string[];
  readonly cellNames: readonly string[];
  /** For every gene of the stored matrix its place among those handed over, ascending, or -1; null: all as they are. */
  readonly geneOf: Int32Array | null;
  labels(): readonly LabelColumn[];
  readonly warnings: readonly string[];
  read(target: MatrixTarget): Promise<void>;
}

/** @throws AppError BAD_FILE where names and matrix do not fit, or values are not what they have to be */
export async function readOpened(
  file: string,
  opened: OpenedMatrix,
  options: ReadOptions,
  sink: RowSink,
  context: { readonly signal: AbortSignal; progress(value: Progress): void },
): Promise<ReadResult> {
  const { geneIds, geneSymbols } = opened;
  const named = opened.geneOf?.length ?? geneIds.length;
  if (named !== opened.genes) {
    throw badFile(file, `names ${named} genes but its matrix has ${opened.genes}`);
  }
  if (opened.cellNames.length !== opened.cells) {
    throw badFile(file, `names ${opened.cellNames.length} cells but its matrix has ${opened.cells}`);
  }
  checkNames(file, 'gene', geneIds);
  checkNames(file, 'gene', geneSymbols);
  checkNames(file, 'cell', opened.cellNames);
  const cells = uniqueCellNames(file, opened.cellNames, options);
  if (geneIds.length === 0 || cells.names.length === 0) {
    throw badFile(file, `holds no ${geneIds.length === 0 ? 'genes' : 'cells'}`);
  }
  const labels = opened.labels();

  const audit = new ValueAudit(options.alreadyLog);
  await opened.read({
    file,
    audit,
    // After a wrong value the rest is read for the sentence only.
    sink: {
      rows: block => {
        if (audit.clean) sink.rows(block);
      },
    },
    signal: context.signal,
    geneNames: geneSymbols,
    cellNames: cells.names,
    geneOf: opened.geneOf,
    progress: (done, of) => context.progress({ phase: 'read', label: `Reading ${file}`, done, of }),
  });
  audit.finish(
    file,
    gene => geneSymbols[gene]!,
    cell => cells.names[cell]!,
  );
  return {
    format: opened.format,
    layer: opened.layer,
    rows: opened.rows ?? null,
    geneIds,
    geneSymbols,
    cellNames: cells.names,
    labels,
    alreadyLog: options.alreadyLog ?? null,
    warnings: [...opened.warnings, ...cells.warnings],
  };
}
