/**
 * Other people's tools, where they are installed: Python scripts in bench/peers, each with the packages it wants.
 *
 * F910_BENCH_PYTHON names the interpreter (default: /usr/bin/python3, then python3) and F910_BENCH_PYTHONPATH folders
 * with packages beside its own. Every script prints one line of JSON at its end.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { watch, type Watched } from './processes.ts';

export interface Peer {
  /** Versions of the packages asked for, and the BLAS that numpy found: "scipy 1.10.1, numpy 1.24.2 (openblas)". */
  readonly versions: string;
  /** Runs bench/peers/<script>; `result` is the line of JSON that it prints. */
  run<T>(script: string, args?: readonly string[]): Promise<Watched & { readonly result: T }>;
  /** Command, leading arguments and environment of a script, for one that is kept running. */
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  script(name: string): string;
}

const PROBE = `
import sys, importlib, json
versions = [f"{name} {importlib.import_module(name).__version__}" for name in sys.argv[1:]]
blas = ""
try:
    import numpy
    from threadpoolctl import threadpool_info
    numpy.ones((2, 2)) @ numpy.ones((2, 2))
    blas = ", ".join(sorted({f'{i["internal_api"]} {i["version"]}' for i in threadpool_info() if i["user_api"] == "blas"})) or "reference BLAS"
except ImportError:
    pass
print(json.dumps(", ".join(versions) + (f" (BLAS: {blas})" if blas else "")))
`;

/** @returns null, after saying so, where the interpreter or one of the packages is missing */
export function findPeer(packages: readonly string[], say: (line: string) => void): Peer | null {
  const env = {
    PYTHONPATH: process.env['F910_BENCH_PYTHONPATH'] ?? '',
    PYTHONWARNINGS: 'ignore',
  };
  const asked = process.env['F910_BENCH_PYTHON'];
  for (const command of asked === undefined ? ['/usr/bin/python3', 'python3'] : [asked]) {
    const probe = spawnSync(command, ['-c', PROBE, ...packages], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    if (probe.status !== 0) continue;
    const script = (name: string): string => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
    return {
      versions: JSON.parse(probe.stdout) as string,
      command,
      env,
      script,
      async run<T>(name: string, args: readonly string[] = []) {
        const watched = await watch(command, [script(name), ...args], env);
        return { ...watched, result: JSON.parse(watched.stdout.trim().split('\n').at(-1)!) as T };
      },
    };
  }
  say(
    `Without a comparison: Python with ${packages.join(', ')} was not found ` +
      '(F910_BENCH_PYTHON, F910_BENCH_PYTHONPATH; docs/performance.md says how to have them).',
  );
  return null;
}
