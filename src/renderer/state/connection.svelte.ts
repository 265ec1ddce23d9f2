/** The page's connection to the engine: taken up again whenever it was lost, with the reason in words meanwhile. */
import type { F910Contract } from '../../shared/contract.ts';
import { isAppError } from '../../shared/errors.ts';
import { createClient, type Client } from '../../shared/rpc/client.ts';
import type { Transport } from '../../shared/rpc/frames.ts';
import { localPair } from '../../shared/rpc/transports.ts';

/** Attempts wait longer and longer, so that a server that is gone is not pestered. */
const LONGEST_WAIT_MS = 5_000;
/** Who needs a connection waits so long for it. */
const MOST_WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 200;

export class Connection {
  state = $state<'connecting' | 'open' | 'lost'>('connecting');
  /** Why the engine was lost, in a sentence; stays after it has come back, until it is dismissed. */
  loss = $state<string | null>(null);
  /** Calls fail with ENGINE_LOST while there is no connection. */
  client: Client<F910Contract> = closedClient();
  readonly #connect: () => Promise<Transport>;

  constructor(connect: () => Promise<Transport>) {
    this.#connect = connect;
  }

  /** Connects, and again after every loss, for as long as the page lives. `onOpen` follows every connection. */
  async keep(onOpen: () => Promise<void>): Promise<never> {
    for (let attempt = 0; ; attempt++) {
      try {
        const { reason } = await this.#open();
        attempt = 0;
        void onOpen();
        this.loss = sentence(await reason);
      } catch (error) {
        // The reason of the first failure says more than that of the attempts after it, unless it is another matter.
        if (this.state !== 'lost' || !isAppError(error, 'ENGINE_LOST')) this.loss = lossOf(error);
      }
      this.state = 'lost';
      await new Promise(resolve => setTimeout(resolve, Math.min(LONGEST_WAIT_MS, 250 * 2 ** attempt)));
    }
  }

  /** Settles when there is a connection, or when it has not come for a while. */
  async whenOpen(): Promise<void> {
    for (let waited = 0; this.state !== 'open' && waited < MOST_WAIT_MS; waited += LOOK_AGAIN_MS)
      await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS));
  }

  dismiss(): void {
    this.loss = null;
  }

  /** Settles when the engine has answered, with a promise of the reason for which this connection will be lost. */
  async #open(): Promise<{ readonly reason: Promise<string> }> {
    const transport = await this.#connect();
    const { promise: reason, resolve } = Promise.withResolvers<string>();
    this.client = createClient<F910Contract>({
      ...transport,
      onClose: listener =>
        transport.onClose(why => {
          listener(why);
          resolve(why);
        }),
    });
    await this.client.call('system.open', {});
    this.state = 'open';
    return { reason };
  }
}

function lossOf(error: unknown): string {
  if (isAppError(error, 'ENGINE_LOST')) return sentence(error.facts.reason);
  return error instanceof Error ? error.message : String(error);
}

function sentence(reason: string): string {
  return `The engine stopped: ${reason}.`;
}

function closedClient(): Client<F910Contract> {
  const [near] = localPair();
  const client = createClient<F910Contract>(near);
  near.close();
  return client;
}
