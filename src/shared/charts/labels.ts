/** Names of models and of panels as charts, tables and reports write them. */
import type { ModelId } from '../model.ts';

/** @param panel name of the run's panel, "F910" */
export function modelLabel(id: ModelId, panel: string): string {
  switch (id) {
    case 'mean':
      return 'Gene means';
    case 'linear-l1000':
      return 'L1000, linear';
    case 'dnn-l1000':
      return 'L1000, network';
    case 'select':
      return 'All genes, selecting network';
    case 'linear-panel':
    case 'linear-f910':
      return `${panel}, linear`;
    case 'dnn-panel':
    case 'dnn-f910':
      return `${panel}, network`;
  }
}

/** Whether a model predicts from the run's own panel. */
export function fromPanel(id: ModelId): boolean {
  return /-(panel|f910)$/.test(id);
}

export function fromL1000(id: ModelId): boolean {
  return id.endsWith('-l1000');
}

/** "log10", "log2" or "ln". */
export function logName(base: number): string {
  return Math.abs(base - Math.E) < 1e-9 ? 'ln' : `log${base}`;
}
