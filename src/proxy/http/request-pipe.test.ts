// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageStream } from '../../wire/index.ts';
import { BodyMemory } from '../io/index.ts';
import { MAX_REPLAY_BYTES } from './replay.ts';
import { RequestPipe } from './request-pipe.ts';

/** The endpoint's stream: takes what it has room for. */
class Endpoint {
  room: number;
  readonly got: string[] = [];

  constructor(room: number) {
    this.room = room;
  }

  sendData(chunk: Buffer, start: number, end: number, last: boolean): number {
    const taken = Math.min(this.room, end - start);
    this.room -= taken;
    if (taken > 0 || last) this.got.push(chunk.toString('latin1', start, start + taken));
    return taken;
  }

  get text(): string {
    return this.got.join('');
  }
}

class Client {
  consumedBytes = 0;
  consumed(bytes: number): void {
    this.consumedBytes += bytes;
  }
}

class World {
  readonly client = new Client();
  readonly pipe = new RequestPipe(this.client as unknown as MessageStream, new BodyMemory());

  send(endpoint: Endpoint, text: string, last = false): void {
    const chunk = Buffer.from(text);
    this.pipe.count(chunk.length, last);
    this.pipe.write(endpoint as unknown as MessageStream, chunk, 0, chunk.length);
    // The input is another read's from here on.
    chunk.fill(0);
  }

  flush(endpoint: Endpoint): boolean {
    return this.pipe.flush(endpoint as unknown as MessageStream);
  }
}

describe('the body of a request that is sent again', () => {
  it('goes to the second endpoint from its beginning, and what the first had not taken behind it', () => {
    const world = new World();
    const first = new Endpoint(5);
    world.send(first, 'abc');
    world.send(first, 'defg', true);
    assert.equal(first.text, 'abcde');
    world.pipe.rewind();
    const second = new Endpoint(100);
    assert.equal(world.flush(second), true);
    assert.equal(second.text, 'abcdefg');
  });

  it('opens the window of its client once for each byte, whatever number of endpoints got it', () => {
    const world = new World();
    world.send(new Endpoint(3), 'abcdef', true);
    assert.equal(world.client.consumedBytes, 3);
    for (let tries = 0; tries < 2; tries++) {
      world.pipe.rewind();
      world.flush(new Endpoint(2));
      assert.equal(world.client.consumedBytes, 3);
    }
    world.pipe.rewind();
    world.flush(new Endpoint(100));
    assert.equal(world.client.consumedBytes, 6);
  });

  it('is not kept any more once the endpoint answers, or too much was sent', () => {
    const world = new World();
    world.send(new Endpoint(100), 'abc');
    world.pipe.releaseReplay();
    assert.deepEqual([world.pipe.isReplayable, world.pipe.cost], [false, 0]);
    const large = new World();
    const endpoint = new Endpoint(1_000_000);
    large.send(endpoint, 'x'.repeat(MAX_REPLAY_BYTES));
    assert.equal(large.pipe.isReplayable, true);
    assert.ok(large.pipe.cost >= MAX_REPLAY_BYTES);
    large.send(endpoint, 'x');
    assert.deepEqual([large.pipe.isReplayable, large.pipe.cost], [false, 0]);
  });
});
