// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimitedLog } from '../log/index.ts';
import { WorkerMetrics } from '../metrics/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { SessionBudget, type SessionHolder } from './session-budget.ts';
import { SessionTable } from './session-table.ts';
import type { UdpSession } from './udp-session.ts';

const silent = (): void => {};
const SILENT = { info: silent, warn: silent, error: silent };

/** A budget of a few sessions, and bindings that use it. */
class Bed {
  readonly evicted: string[] = [];
  readonly budget: SessionBudget;
  readonly metrics = new WorkerMetrics(() => {}, 1_000);
  sockets = 0;
  full = false;

  constructor(max: number) {
    const bed = this;
    this.budget = new SessionBudget(
      {
        max: max * 4,
        takeSession() {
          if (bed.full) return false;
          bed.sockets++;
          return true;
        },
        sessionEnded: () => void bed.sockets--,
      },
      { metrics: this.metrics, log: new RateLimitedLog(SILENT, new VirtualClock()) },
    );
  }

  holder(): SessionHolder {
    const sessions = new SessionTable();
    const holder = {
      sessions,
      evict: (session: UdpSession) => {
        this.evicted.push(`${session.address}:${session.port}`);
        sessions.remove(session);
        this.budget.release();
      },
    };
    this.budget.join(holder);
    return holder;
  }

  /** A datagram of a client that has no session yet. */
  come(holder: SessionHolder, client: string, nowMs = 0, isConfirmed = false): boolean {
    const [address = '', port = ''] = client.split(':');
    if (!this.budget.take(holder, { address, nowMs })) return false;
    const fields = { address, port: Number(port), lastMs: nowMs, isConfirmed, idleNext: null, idlePrevious: null };
    holder.sessions.add(fields as unknown as UdpSession);
    return true;
  }
}

describe('the sessions of a worker', () => {
  it('are as many as its share of sockets; the oldest that may be spoofed makes room', () => {
    const bed = new Bed(8);
    const holder = bed.holder();
    for (let at = 0; at < 10; at++) assert.ok(bed.come(holder, `10.0.0.${at}:1`));
    assert.deepEqual(bed.evicted, ['10.0.0.0:1', '10.0.0.1:1']);
    assert.equal(holder.sessions.size, 8);
    assert.equal(bed.sockets, 8);
  });

  it('are counted when they reach the cap', () => {
    const bed = new Bed(8);
    const holder = bed.holder();
    for (let at = 0; at < 10; at++) bed.come(holder, `10.0.0.${at}:1`);
    assert.equal(bed.metrics.values[bed.metrics.slot('daemun_limit_hits_total', { limit: 'udp_sessions' })], 2);
  });

  it('of clients that were heard of after an answer outlast a flood of others', () => {
    const bed = new Bed(8);
    const holder = bed.holder();
    assert.ok(bed.come(holder, '10.0.0.1:1', 0, true));
    for (let at = 0; at < 1_000; at++) assert.ok(bed.come(holder, `10.1.${at >> 8}.${at & 255}:1`, at));
    assert.ok(holder.sessions.find('10.0.0.1', 1) !== undefined);
    assert.equal(holder.sessions.size, 8);
  });

  it('make room when they are idle, and only then', () => {
    const bed = new Bed(2);
    const holder = bed.holder();
    for (let at = 0; at < 2; at++) bed.come(holder, `10.0.0.${at}:1`, 0, true);
    assert.equal(bed.come(holder, '10.0.0.9:1', 999), false);
    assert.equal(bed.come(holder, '10.0.0.9:1', 1_000), true);
    assert.deepEqual(bed.evicted, ['10.0.0.0:1']);
  });

  it('are taken from the binding that has most', () => {
    const bed = new Bed(8);
    const [busy, quiet] = [bed.holder(), bed.holder()];
    bed.come(quiet, '10.0.0.1:1');
    for (let at = 0; at < 50; at++) bed.come(busy, `10.1.0.${at}:1`);
    assert.equal(quiet.sessions.size, 1);
    assert.equal(busy.sessions.size, 7);
  });

  it('of one address are a quarter at most: its first one makes room', () => {
    const bed = new Bed(8);
    const holder = bed.holder();
    bed.come(holder, '10.0.0.9:1');
    for (let port = 1; port <= 4; port++) assert.ok(bed.come(holder, `10.0.0.1:${port}`));
    assert.deepEqual(bed.evicted, ['10.0.0.1:1', '10.0.0.1:2']);
    assert.equal(holder.sessions.countOf('10.0.0.1'), 2);
    assert.equal(bed.sockets, 3);
  });

  it('give their places to each other when connections hold all other sockets', () => {
    const bed = new Bed(8);
    const holder = bed.holder();
    bed.come(holder, '10.0.0.1:1');
    bed.full = true;
    assert.equal(bed.come(holder, '10.0.0.2:1'), false);
    assert.deepEqual(bed.evicted, ['10.0.0.1:1']);
    assert.equal(bed.sockets, 0);
  });
});
