/** `utilityProcess`: a forked Node that finds process.parentPort. */
import { fork, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { app } from './app.ts';
import { deserialize, hub, neuter, serialize, type MessagePortMain, type Place } from './ports.ts';
import { Strict, strict } from './strict.ts';

interface ForkOptions {
  readonly cwd?: string;
  readonly execArgv?: string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio?: 'pipe' | 'ignore' | 'inherit' | ('pipe' | 'ignore' | 'inherit')[];
  readonly serviceName?: string;
}
type FromUtility =
  | { t: 'message'; data: Uint8Array }
  | { t: 'port'; id: string; data: Uint8Array; ports: string[] }
  | { t: 'close'; id: string };

class UtilityProcess extends Strict implements Place {
  readonly child: ChildProcess;
  pid: number | undefined;
  readonly stdout: ChildProcess['stdout'];
  readonly stderr: ChildProcess['stderr'];

  constructor(file: string, args: string[] = [], options: ForkOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
    const { cwd, execArgv = [], env = process.env, stdio = 'inherit' } = options;
    const { serviceName = 'Node Utility Process' } = options;
    const [, out, err] = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
    this.child = fork(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      execArgv: [...execArgv, '--import', new URL('./register.ts', import.meta.url).href],
      env: { ...env, ELECTRON_STANDIN_ROLE: 'utility' },
      serialization: 'advanced',
      stdio: ['ignore', out, err, 'ipc'],
    });
    ({ pid: this.pid, stdout: this.stdout, stderr: this.stderr } = this.child);
    app.utilities.set(this.pid!, serviceName);
    this.child.once('spawn', () => this.emit('spawn'));
    this.child.on('message', (m: FromUtility) => {
      if (m.t === 'message') this.emit('message', deserialize(m.data));
      else if (m.t === 'port') hub.send(m.id, m.data, m.ports);
      else hub.close(m.id);
    });
    this.child.once('exit', (status, signal) => this.#ended(status, signal, serviceName));
  }

  #ended(status: number | null, signal: NodeJS.Signals | null, name: string): void {
    const exitCode = status ?? constants.signals[signal!];
    const died = /KILL|TERM/.test(signal ?? '') ? 'killed' : 'crashed';
    const reason = signal ? died : exitCode === 0 ? 'clean-exit' : 'abnormal-exit';
    const report = (): void => {
      hub.leave(this);
      app.utilities.delete(this.pid!);
      this.pid = undefined;
      this.emit('exit', exitCode);
      const details = { type: 'Utility', reason, exitCode, serviceName: 'node.mojom.NodeService', name };
      if (reason !== 'clean-exit') app.emit('child-process-gone', {}, details);
    };
    // First what is still in the pipe.
    if (this.child.connected) this.child.once('disconnect', report);
    else report();
  }

  tell(message: object): void {
    if (this.child.connected) this.child.send(message, () => {});
  }
  deliver(id: string, data: Uint8Array, ports: string[]): void {
    this.tell({ t: 'port', id, data, ports });
  }
  shut(id: string): void {
    this.tell({ t: 'close', id });
  }
  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    const data = serialize(message);
    const ports = transfer.map(neuter);
    this.tell({ t: 'message', data, ports });
    for (const id of ports) hub.adopt(id, this);
  }
  kill(): boolean {
    return this.child.kill();
  }
}

export const utilityProcess = strict('utilityProcess', {
  fork: (file: string, args?: string[], options?: ForkOptions) => new UtilityProcess(file, args, options),
});
