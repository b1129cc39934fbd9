// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ByteTarget, Written } from './byte-target.ts';
import { Outlet } from './outlet.ts';

/** A target whose writes end when the test says so. */
class HeldTarget implements ByteTarget {
  text = '';
  isClosed = false;
  #bytes: Buffer = Buffer.alloc(0);
  #done: Written | null = null;

  write(bytes: Buffer, done: Written): void {
    assert.equal(this.#done, null, 'one write at a time');
    this.#bytes = bytes;
    this.#done = done;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Ends the write that is under way. With `code` it breaks after `bytes`. */
  end(code?: string, bytes = 0): void {
    const done = this.#done;
    this.#done = null;
    const count = code === undefined ? this.#bytes.length : bytes;
    this.text += this.#bytes.toString('utf8', 0, count);
    done?.(code === undefined ? null : Object.assign(new Error(code), { code }), count);
  }
}

function outlet(target: ByteTarget): { out: Outlet; told: string[] } {
  const told: string[] = [];
  const out = new Outlet(target, {
    onLoss: why => told.push(`loss ${why}`),
    onRecovery: lines => told.push(`recovery ${lines}`),
  });
  return { out, told };
}

describe('an outlet', () => {
  it('writes what waits together, in order', () => {
    const target = new HeldTarget();
    const { out, told } = outlet(target);
    for (const line of ['a\n', 'b\n', 'c\n']) out.write(line);
    target.end();
    target.end();
    assert.equal(target.text, 'a\nb\nc\n');
    assert.deepEqual(told, []);
  });

  it('counts lines that a full disk loses, tells it once, and once when the disk takes lines again', () => {
    const target = new HeldTarget();
    const { out, told } = outlet(target);
    out.write('a\nb\n');
    target.end('ENOSPC');
    out.write('c\n');
    target.end('ENOSPC');
    out.write('d\n');
    target.end();
    assert.equal(target.text, 'd\n');
    assert.equal(out.lostLines, 3);
    assert.deepEqual(told, ['loss ENOSPC', 'recovery 3']);
  });

  it('begins a new line after one that a full disk tore', () => {
    const target = new HeldTarget();
    const { out } = outlet(target);
    out.write('{"a":1}\n{"b":2}\n');
    target.end('ENOSPC', '{"a":1}\n{"b'.length);
    out.write('{"c":3}\n');
    target.end();
    assert.equal(target.text, '{"a":1}\n{"b\n{"c":3}\n');
    assert.equal(out.lostLines, 1);
  });

  it('keeps at most 16 MiB for a reader that stopped, counts the rest, and goes on when it reads', () => {
    const target = new HeldTarget();
    const { out, told } = outlet(target);
    const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let at = 0; at < 40; at++) out.write(line);
    assert.deepEqual(told, ['loss what reads it is too slow']);
    assert.equal(out.lostLines, 24);
    for (let at = 0; at < 16; at++) target.end();
    assert.equal(target.text.length, 16 * line.length);
    assert.deepEqual(told, ['loss what reads it is too slow', 'recovery 24']);
  });

  it('goes over to a new file between two writes, and closes the old one', () => {
    const [old, next] = [new HeldTarget(), new HeldTarget()];
    const { out } = outlet(old);
    out.write('a\n');
    out.switchTo(next);
    out.write('b\n');
    assert.equal(old.isClosed, false);
    old.end();
    next.end();
    assert.deepEqual([old.text, next.text, old.isClosed, next.isClosed], ['a\n', 'b\n', true, false]);
  });

  it('may be written to by whoever is told of a recovery', () => {
    const target = new HeldTarget();
    const next = new HeldTarget();
    const out: Outlet = new Outlet(target, {
      onLoss: () => undefined,
      onRecovery: lines => out.write(`lost ${lines}\n`),
    });
    out.write('a\n');
    target.end('EIO');
    out.write('b\n');
    out.switchTo(next);
    target.end();
    next.end();
    assert.deepEqual([target.text, next.text], ['b\n', 'lost 1\n']);
  });
});
