/** The engine behind an open page, asked directly with the page's own cookie: to make runs that no test has to click. */
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import type { F910Contract } from '../../../src/shared/contract.ts';
import { createClient, type Client } from '../../../src/shared/rpc/client.ts';
import { socketTransport } from '../../../src/shared/rpc/transports.ts';

export type PageEngine = Client<F910Contract>;

export async function engineOf(page: Page): Promise<PageEngine> {
  const { origin, host } = new URL(page.url());
  const cookies = await page.context().cookies();
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const socket = new WebSocket(`ws://${host}/engine`, { headers: { Cookie }, origin });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return createClient<F910Contract>(socketTransport(socket));
}
