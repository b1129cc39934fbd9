// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ringKey } from '../../proxy/index.ts';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { KubeRequest, KubeResponse } from '../../store/kubernetes/kube-client.ts';
import { SecretEntries } from '../../store/kubernetes/secret-entries.ts';
import { createLog } from '../log/log.ts';
import { SharedKeys } from './shared-keys.ts';

const FOREIGN = '# format 2\nsealed\n';
const READ_INTERVAL_MS = 60_000;

/** A Secret on a server that answers reads when it is let. */
async function setUp(t: TestContext, entries: Readonly<Record<string, string>> | null) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const writes: KubeRequest[] = [];
  let version = 1;
  let held = entries;
  let waiting: (() => void)[] | null = null;
  const answer = (): KubeResponse => {
    if (held === null) return { status: 404, headers: {}, json: {} };
    const data = Object.entries(held).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
    const json = { metadata: { resourceVersion: String(version) }, data: Object.fromEntries(data) };
    return { status: 200, headers: {}, json };
  };
  const client = {
    async request(request: KubeRequest): Promise<KubeResponse> {
      if (request.method !== 'GET') writes.push(request);
      else if (waiting !== null) await new Promise<void>(resolve => void waiting?.push(resolve));
      return answer();
    },
  };
  const keys = new SharedKeys({
    secret: async () => new SecretEntries(client, { namespace: 'a', name: 'keys' }),
    mayWrite: () => true,
    copyPath: async () => null,
    clock,
    log: createLog({ level: 'info', format: 'json', colours: false, write: line => void log.push(line) }),
  });
  t.after(() => keys.close());
  await keys.start();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve));
  };
  return {
    ...{ keys, log, writes, settle },
    set: (next: Readonly<Record<string, string>> | null): void => {
      held = next;
      version += 1;
    },
    holdReads: (): void => {
      waiting = [];
    },
    letReads: (): void => {
      for (const resolve of waiting ?? []) resolve();
      waiting = null;
    },
    readAgain: async (): Promise<void> => {
      clock.advance(READ_INTERVAL_MS);
      await settle();
    },
  };
}

describe('an entry of shared keys that another version wrote', () => {
  it('is not replaced by keys that were saved while it was being read', async t => {
    const { keys, writes, settle, set, holdReads, letReads, readAgain } = await setUp(t, null);
    holdReads();
    await readAgain();
    const mine = [ringKey(Buffer.alloc(32, 1), 1_800_000_000_000)];
    keys.store('ticket-keys').save(mine);
    keys.store('session-keys').save(mine);
    set({ 'ticket-keys': FOREIGN });
    letReads();
    await settle();
    const written = writes.map(({ body }) => Object.keys((body as { data: object }).data));
    assert.deepEqual(written, [['session-keys']]);
  });

  it('is told of once for as long as it is there, and again when it comes back', async t => {
    const { log, set, readAgain } = await setUp(t, { 'ticket-keys': FOREIGN });
    const told = (): number => log.filter(line => line.includes('is of another version')).length;
    set({ 'ticket-keys': FOREIGN, more: 'of theirs' });
    await readAgain();
    assert.equal(told(), 1);
    set({});
    await readAgain();
    set({ 'ticket-keys': FOREIGN });
    await readAgain();
    assert.equal(told(), 2);
  });

  it('is forgotten with its Secret: keys are made anew, and written', async t => {
    const { keys, writes, settle, set, readAgain } = await setUp(t, { 'ticket-keys': FOREIGN });
    set(null);
    await readAgain();
    keys.store('ticket-keys').save([ringKey(Buffer.alloc(32, 1), 1_800_000_000_000)]);
    await settle();
    assert.equal(writes.length, 1);
  });
});
