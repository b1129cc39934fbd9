// SPDX-License-Identifier: Apache-2.0

/**
 * The API server of the bench, in a process of its own (`fork`): what it costs is not daemun's. Takes a numbered `Order` a message, and
 * answers each with its number when it is done; the first message, the server's address, says that it is ready.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { FakeApi } from '../../src/store/kubernetes/fake-api.test-support.ts';
import { type Size, slice, surroundings } from './objects.ts';

export type Order =
  | { readonly do: 'fill'; readonly size: Size }
  /** Service 0 has one endpoint from now on: its Pod of this number. */
  | { readonly do: 'move'; readonly pod: number }
  /** Endpoints of so many Services from 1 on come and go, so many changes a second. */
  | { readonly do: 'churn'; readonly services: number; readonly perSecond: number; readonly seconds: number };

/** In the order in which Services change: far from each other, each as often as any other. */
const STRIDE = 997;

const api = await FakeApi.start({ after: () => undefined });
let size: Size = { services: 0, endpoints: 0, targetPort: 0 };
/** Of each Service, the number of its first Pod. */
let firsts: number[] = [];
let changes = 0;

process.on('message', ([number, order]: [number, Order]) => void obey(order).then(() => process.send?.(number)));
process.on('disconnect', () => process.exit());
process.send?.(api.access.server);

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'fill':
      size = order.size;
      firsts = Array.from({ length: size.services }, () => 0);
      for (const object of surroundings(size)) api.put(object);
      for (let index = 0; index < size.services; index++) api.put(slice(index, 0, size));
      break;
    case 'move':
      api.put(slice(0, order.pod, size, 1));
      break;
    case 'churn':
      await churn(order);
  }
}

async function churn({ services, perSecond, seconds }: Order & { readonly do: 'churn' }): Promise<void> {
  const startedMs = performance.now();
  for (let at = 0; ; at++) {
    const dueMs = (at / perSecond) * 1_000;
    if (dueMs >= seconds * 1_000) return;
    await wait(Math.max(0, startedMs + dueMs - performance.now()));
    const index = 1 + ((changes++ * STRIDE) % services);
    const first = (firsts[index] ?? 0) + 1;
    firsts[index] = first;
    api.put(slice(index, first, size));
  }
}
