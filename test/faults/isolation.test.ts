// SPDX-License-Identifier: Apache-2.0

/** What is wrong with one Gateway or route changes nothing for its neighbours: neither from the start, nor when it comes while they are asked. */
import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { HOLD } from './holding-backend.ts';
import { type FaultyParts, IsolationBed, RULE } from './isolation-bed.ts';

interface Fault extends FaultyParts {
  readonly name: string;
  /** The code that tells of it. */
  readonly finding: string;
  /** What the faulty host is answered, 200 where nothing is said; `before`: as before the reload that brought the fault. */
  readonly http?: number | 'before';
  readonly https?: 'refused';
}

const rule = (line: string): string => `  - ${line}\n    backendRefs: [{ name: faulty, port: 80 }]\n`;
const filter = (line: string): string => rule(`filters: [{ ${line} }]`);
const path = (pattern: string): string => rule(`matches: [{ path: { type: RegularExpression, value: "${pattern}" } }]`);

const FAULTS: readonly Fault[] = [
  {
    name: 'a certificate that is none',
    certificate: 'no certificate',
    finding: 'gateway/certificate-invalid',
    https: 'refused',
  },
  { name: 'a regular expression that does not compile', rules: path('/('), finding: 'route/invalid-regex', http: 404 },
  { name: 'a regular expression that looks back', rules: path('/(a)\\\\1'), finding: 'route/invalid-regex', http: 404 },
  { name: 'a path that is too long', rules: path(`/${'a'.repeat(1100)}`), finding: 'schema/length', http: 'before' },
  {
    name: 'a regular expression that takes too many states',
    rules: path('/((a{1,100}){1,100}){1,100}'),
    finding: 'route/invalid-regex',
    http: 404,
  },
  {
    name: 'an authorization server that does not exist',
    rules: filter(
      'type: ExternalAuth, externalAuth: { protocol: GRPC, grpc: {}, backendRef: { name: missing, port: 80 } }',
    ),
    finding: 'route/backend-not-found',
    http: 500,
  },
  {
    name: 'a filter that only another program knows',
    rules: filter('type: ExtensionRef, extensionRef: { group: example.com, kind: Magic, name: wand }'),
    finding: 'route/filter-unresolved',
    http: 500,
  },
  {
    name: 'a backend that does not exist',
    rules: RULE.replace('faulty', 'missing'),
    finding: 'route/backend-not-found',
    http: 500,
  },
  { name: 'more rules than a route may have', rules: RULE.repeat(17), finding: 'schema/items', http: 'before' },
  {
    name: 'an object of too many fields',
    rules: `  - ${`{ ${'x'.repeat(3)}: [${'0,'.repeat(100_001)}] }`}\n`,
    finding: 'schema/too-large',
    http: 'before',
  },
  {
    name: 'filters that exclude each other',
    rules: filter(
      'type: RequestRedirect, requestRedirect: { scheme: https } }, { type: URLRewrite, urlRewrite: { hostname: a.example.com }',
    ),
    finding: 'schema/redirect-contradiction',
    http: 'before',
  },
  { name: 'a document that is no YAML', document: 'kind: [HTTPRoute\n', finding: 'store/syntax' },
  {
    name: 'a balancer that is none',
    service: 'daemun.dev/load-balancer: fastest',
    finding: 'annotation/invalid-value',
  },
  {
    name: 'trusted proxies that are no addresses',
    annotations: 'daemun.dev/trusted-proxies: "10.0.0/99"',
    finding: 'annotation/invalid-value',
  },
  {
    name: 'a health endpoint that is no path',
    annotations: 'daemun.dev/health-endpoint: "no path"',
    finding: 'annotation/invalid-value',
  },
];

/** What is said of two Gateways without faults. */
const EXPECTED = new Set(['gateway/implied-class']);

describe('a fault of one Gateway or route', { timeout: 120_000 }, () => {
  let bed: IsolationBed;
  before(async () => {
    bed = await IsolationBed.start();
  });
  after(() => bed.close());

  for (const fault of FAULTS) {
    it(`leaves its neighbours alone when a reload brings it: ${fault.name}`, async () => {
      const held = bed.askNeighbours(HOLD);
      await bed.backend.untilHeld(3);
      await bed.reload(fault, codes => codes.includes(fault.finding));
      await faultyAnswers(bed, fault, 200);
      await neighboursAnswer(bed);
      bed.backend.release();
      assert.deepEqual(await held, [200, 200, 200]);
      await bed.reload({}, codes => codes.every(code => EXPECTED.has(code)));
      await faultyAnswers(bed, {}, 200);
    });

    it(`leaves its neighbours alone from the start: ${fault.name}`, async test => {
      const own = await IsolationBed.start(fault);
      test.after(() => own.close());
      assert.ok(own.codes().includes(fault.finding), own.codes().join());
      await faultyAnswers(own, fault, 404);
      await neighboursAnswer(own);
    });
  }

  it('leaves its neighbours alone when as many wait for a backend as may', async test => {
    const own = await IsolationBed.start();
    test.after(() => own.close());
    const neighbours = own.askNeighbours(HOLD);
    await own.backend.untilHeld(3);
    const crowd = new Crowd(own);
    test.after(() => crowd.leave());
    while (crowd.firstStatus === null) {
      crowd.grow();
      await neighboursAnswer(own);
    }
    assert.equal(crowd.firstStatus, 503);
    own.backend.release();
    assert.deepEqual(await neighbours, [200, 200, 200]);
  });
});

/** Clients that ask the faulty host for more and more, until its backend has all the connections that it may, and the line is full. */
class Crowd {
  firstStatus: number | undefined | null = null;
  readonly #sessions: readonly ClientHttp2Session[];

  constructor(bed: IsolationBed) {
    const { address, port } = bed.boundAt('edge/http') ?? assert.fail('no listener');
    this.#sessions = Array.from({ length: 20 }, () => connect(`http://${address}:${port}`));
  }

  grow(): void {
    for (const session of this.#sessions) {
      for (let more = 0; more < 20; more += 1) {
        void statusOfHeld(session).then(status => {
          this.firstStatus ??= status;
        });
      }
    }
  }

  leave(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

/** Never settles when the client leaves before an answer. */
function statusOfHeld(session: ClientHttp2Session): Promise<number | undefined> {
  const stream = session.request({ ':path': HOLD, ':authority': 'faulty.example.com' });
  stream.on('error', () => {});
  return new Promise(resolve => stream.once('response', headers => resolve(headers[':status'])));
}

async function neighboursAnswer(bed: IsolationBed): Promise<void> {
  assert.deepEqual(await bed.askNeighbours('/'), [200, 200, 200]);
}

async function faultyAnswers(
  bed: IsolationBed,
  { http = 200, https }: Partial<Fault>,
  unchanged: number,
): Promise<void> {
  const plain = http === 'before' ? unchanged : http;
  const got = {
    http: await bed.ask({ listener: 'edge/http', host: 'faulty' }),
    https: await bed.ask({ listener: 'edge/faulty', host: 'faulty' }),
  };
  assert.deepEqual(got, { http: plain, https: https === 'refused' ? undefined : plain });
}
