// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { HeaderList } from '../../../wire/index.ts';
import { BodyMemory, EXCHANGE_BYTES, MemoryBudget } from '../../io/index.ts';
import { MetricsReader, WorkerMetrics } from '../../metrics/index.ts';
import { at, cleanUp, World } from '../../upstream/cluster-pool.test-support.ts';
import type { BodyWatcher, StepCallTrace, SteppedRequest } from '../step.ts';
import { AuthCheck } from './auth-check.ts';
import { ALLOWED, type AuthProtocol, type AuthVerdict } from './auth-protocol.ts';

const NO_LIST = new HeaderList([], []);

/** A request that is asked about, as its check sees it. */
class Request implements SteppedRequest {
  readonly head = NO_LIST;
  readonly fields = null;
  readonly target = '/';
  readonly scheme = 'http';
  readonly entered = 'http';
  readonly ports = { own: 80, http: 80, https: 443 };
  readonly outgoing = NO_LIST;
  readonly outgoingFields = null;
  readonly isApart = false;
  readonly owner = { client: {} };
  readonly clientAddress = '127.0.0.1';
  readonly log: string[] = [];
  watcher: BodyWatcher | null = null;
  trace: StepCallTrace | null = null;

  unchanged() {
    return { list: NO_LIST, fields: null };
  }
  traceCall() {
    this.log.push('asked');
    return this.trace;
  }
  watch(watcher: BodyWatcher): void {
    this.watcher = watcher;
  }
  invite(): void {}
  awaitMore(): void {
    this.log.push('more');
  }
  changeRequest(): void {}
  changeResponse(): void {}
  addToResponse(): void {}
  refuse(): void {}
  resume(): void {
    this.log.push('resumed');
  }
}

class Silent implements AuthProtocol {
  readonly kind = 'http';
  ask() {
    return { head: NO_LIST, fields: null, body: Buffer.alloc(0) };
  }
  judge(): AuthVerdict {
    return ALLOWED;
  }
}

describe('a check whose own charge ends its request', () => {
  afterEach(cleanUp);

  /** `roomBytes` of the worker. The check's request is the only one that can give way. */
  function checking(roomBytes: number, maxBodyBytes: number) {
    const world = new World({}, [at(1)]);
    const memory = new MemoryBudget(roomBytes, () => {});
    const reader = new MetricsReader();
    const metrics = new WorkerMetrics(series => reader.addSeries(1, series));
    reader.addPage(1, metrics.buffer);
    const request = new Request();
    const upstreams = { cluster: () => world.pool };
    const environment = { ...world.environment, upstreams, metrics, memory, bodies: new BodyMemory() };
    const check = new AuthCheck({ cluster: world.pool, protocol: new Silent(), maxBodyBytes, environment }, request);
    let isOver = false;
    memory.join({
      get heldBytes() {
        return isOver ? 0 : memory.bytes;
      },
      remeasure: () => {},
      shed: () => {
        isOver = true;
        check.cancel();
      },
    });
    return { check, request, memory, reader };
  }

  function outcomes(reader: MetricsReader): unknown {
    const family = reader.read().find(({ name }) => name === 'daemun_external_auth_checks_total');
    return family?.samples.map(({ labels, value }) => [labels['outcome'], value]);
  }

  async function assertCancelledOnce({ request, memory, reader }: ReturnType<typeof checking>): Promise<void> {
    await Promise.resolve();
    assert.deepEqual([request.log, outcomes(reader), memory.bytes], [[], [['cancelled', 1]], 0]);
  }

  it('by what its call costs to tell is over then, and tells once', async () => {
    const { check, request, memory, reader } = checking(3 * EXCHANGE_BYTES, 0);
    let told = 0;
    request.trace = {
      passOn: fields => fields,
      end() {
        told++;
        memory.add(4 * EXCHANGE_BYTES);
      },
    };
    check.begin();
    check.answered({ head: NO_LIST, fields: null, body: Buffer.alloc(0), trailers: null, trailerFields: null });
    memory.add(-4 * EXCHANGE_BYTES);
    await Promise.resolve();
    assert.deepEqual([told, request.log, outcomes(reader), memory.bytes], [1, ['asked'], [['cancelled', 1]], 0]);
  });

  it('asks nobody about it', async () => {
    const begun = checking(EXCHANGE_BYTES - 1, 0);
    begun.check.begin();
    await assertCancelledOnce(begun);
  });

  it('wants no body of it', async () => {
    const begun = checking(EXCHANGE_BYTES - 1, 100);
    begun.check.begin();
    assert.ok(begun.request.watcher === null);
    await assertCancelledOnce(begun);
  });

  for (const isLast of [false, true])
    it(`is over with ${isLast ? 'the last' : 'a'} piece of the body that there is no room for`, async () => {
      const begun = checking(EXCHANGE_BYTES + 5, 100);
      begun.check.begin();
      begun.request.watcher?.data(Buffer.from('too much'), 0, 8, isLast);
      await assertCancelledOnce(begun);
    });
});
