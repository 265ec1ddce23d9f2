/** The worker's side of the protocol: one task comes in, progress and one answer go out. */
import type { MessagePort } from 'node:worker_threads';
import * as scran from 'scran.js';
import { toWire } from '../../shared/errors.ts';
import { embed } from './embedding-task.ts';
import type { EmbedProgress, TaskMessage, TaskName, Tasks, WorkerMessage } from './protocol.ts';
import { clusters, neighbours, quality, variances } from './tasks.ts';

/** Serves the one task that arrives at the port. */
export function serveTask(port: MessagePort): void {
  const send = (message: WorkerMessage): void => port.postMessage(message);
  port.once('message', (message: TaskMessage) => {
    perform(message, progress => send({ progress })).then(
      result => send({ result }),
      (error: unknown) => send({ error: toWire(error) }),
    );
  });
}

async function perform(
  message: TaskMessage,
  report: (value: EmbedProgress) => void,
): Promise<Tasks[TaskName]['output']> {
  await scran.initialize({ numberOfThreads: message.threads });
  switch (message.task) {
    case 'embedding':
      return embed(message.input.matrix, message.input.settings, report);
    case 'quality':
      return quality(message.input.matrix, message.input.subset);
    case 'variances':
      return variances(message.input.matrix, message.input.number);
    case 'neighbours':
      return neighbours(message.input.points, message.input.k, message.input.approximate);
    case 'clusters':
      return clusters(message.input);
  }
}
