// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList, type MessageStream } from '../../wire/index.ts';
import { BodyMemory } from './body-memory.ts';
import { BodyPipe } from './body-pipe.ts';

const TRAILERS = new HeaderList(['grpc-status'], ['0']);

/** A stream that takes as many bytes as it has room for, and writes down what it is asked. */
class Sink {
  room: number;
  readonly log: string[] = [];

  constructor(room: number) {
    this.room = room;
  }

  sendData(chunk: Buffer, start: number, end: number, last: boolean): number {
    const taken = Math.min(this.room, end - start);
    this.room -= taken;
    const isLast = last && taken === end - start;
    this.log.push(`${chunk.toString('latin1', start, start + taken)}${isLast ? '.' : ''}`);
    return taken;
  }
  sendTrailers(trailers: HeaderList): void {
    this.log.push(`trailers ${trailers.get('grpc-status')}`);
  }
}

class Source {
  consumedBytes = 0;
  consumed(bytes: number): void {
    this.consumedBytes += bytes;
  }
}

function asStream(part: Sink | Source): MessageStream {
  return part as unknown as MessageStream;
}

/** What a source sends: counted, then written. */
function send(pipe: BodyPipe, sink: Sink | null, text: string, last = false): boolean {
  pipe.count(text.length, last);
  return pipe.write(sink === null ? null : asStream(sink), Buffer.from(text), 0, text.length);
}

describe('a body pipe', () => {
  it('passes what its sink takes, opens the window of its source for it, and holds nothing', () => {
    const [source, sink] = [new Source(), new Sink(100)];
    const pipe = new BodyPipe(asStream(source), new BodyMemory());
    assert.equal(send(pipe, sink, 'one'), true);
    assert.equal(send(pipe, sink, 'two', true), true);
    assert.deepEqual([sink.log, source.consumedBytes, pipe.bytes, pipe.cost], [['one', 'two.'], 6, 6, 0]);
    assert.equal(pipe.isDone, true);
  });

  it('ends without trailers when none of them passed', () => {
    for (const [trailers, fields, last] of [
      [TRAILERS, null, 'trailers 0'],
      [new HeaderList([], []), ['x', '1'], 'trailers undefined'],
      [new HeaderList([], []), null, '.'],
    ] as const) {
      const sink = new Sink(100);
      const pipe = new BodyPipe(null, new BodyMemory());
      send(pipe, sink, 'one');
      pipe.finish(trailers, fields);
      assert.equal(pipe.flush(asStream(sink)), true);
      assert.deepEqual(sink.log, ['one', last]);
    }
  });

  it('keeps what its sink does not take, in order, and the window of its source shut for it', () => {
    const [source, sink] = [new Source(), new Sink(2)];
    const pipe = new BodyPipe(asStream(source), new BodyMemory());
    assert.equal(send(pipe, sink, 'abcd'), false);
    assert.equal(send(pipe, sink, 'ef', true), false);
    assert.deepEqual([source.consumedBytes, pipe.waitingBytes, pipe.isDone], [2, 4, false]);
    assert.ok(pipe.cost >= 4);
    sink.room = 3;
    assert.equal(pipe.flush(asStream(sink)), false);
    sink.room = 100;
    assert.equal(pipe.flush(asStream(sink)), true);
    assert.deepEqual([sink.log.join('|'), source.consumedBytes, pipe.cost, pipe.isDone], ['ab|cde|f.', 6, 0, true]);
  });

  it('keeps everything while there is no sink', () => {
    const pipe = new BodyPipe(null, new BodyMemory());
    assert.equal(send(pipe, null, 'abc', true), false);
    const sink = new Sink(100);
    assert.equal(pipe.flush(asStream(sink)), true);
    assert.deepEqual(sink.log, ['abc.']);
  });

  it('ends with trailers instead of data, after all that waits, and charges them while they do', () => {
    const pipe = new BodyPipe(null, new BodyMemory());
    const sink = new Sink(1);
    send(pipe, sink, 'ab');
    const before = pipe.cost;
    pipe.finish(TRAILERS, null);
    assert.equal(pipe.cost, before + TRAILERS.bytes);
    assert.equal(pipe.flush(asStream(sink)), false);
    sink.room = 100;
    assert.equal(pipe.flush(asStream(sink)), true);
    assert.deepEqual(sink.log, ['a', '', 'b', 'trailers 0']);
  });

  it('does not count as sent what it drops', () => {
    const pipe = new BodyPipe(null, new BodyMemory());
    send(pipe, new Sink(1), 'abcd');
    pipe.drop();
    assert.deepEqual([pipe.bytes, pipe.waitingBytes, pipe.cost, pipe.isWaiting], [1, 0, 0, false]);
  });
});
