// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseQuestion } from './question.ts';

const ask = (query: string) => parseQuestion(new URLSearchParams(query));

describe('a question to explain', () => {
  it('is about a gRPC method, with a host without its port and joined headers', () => {
    assert.deepEqual(ask('grpc=api.Echo/Echo&host=A.Example.com:443&header=X-A:%201&header=x-a:2&gateway=gw'), {
      protocol: 'grpc',
      method: 'POST',
      path: '/api.Echo/Echo',
      host: 'a.example.com',
      headers: { 'x-a': '1, 2' },
      client: null,
      clientNamespace: null,
      to: null,
      gateway: 'default/gw',
      listener: null,
    });
  });

  it('is for the host of a Host header, as curl has it, and for one host', () => {
    for (const query of ['header=Host:%20A.example.com:80', 'host=a.example.com&header=host:%20a.example.com']) {
      const answer = ask(`http=/&${query}`);
      assert.ok('host' in answer);
      assert.deepEqual([answer.host, answer.headers], ['a.example.com', {}], query);
    }
  });

  it('is about what a URL names, a method of any name, and OPTIONS *', () => {
    for (const [asked, ...wanted] of [
      ['GET http://A.example.com:80/x?y', 'GET', '/x?y', 'a.example.com'],
      ['https://a.example.com', 'GET', '/', 'a.example.com'],
      ['VERSION-CONTROL /x', 'VERSION-CONTROL', '/x', null],
      ['OPTIONS *', 'OPTIONS', '*', null],
    ] as const) {
      const answer = ask(`http=${encodeURIComponent(asked)}`);
      assert.ok('path' in answer, asked);
      assert.deepEqual([answer.method, answer.path, answer.host], wanted);
    }
  });

  it('is about a path as it stands, when it begins with a slash', () => {
    const answer = ask(`grpc=${encodeURIComponent('/a.B//C?x=1')}`);
    assert.ok('path' in answer);
    assert.equal(answer.path, '/a.B//C?x=1');
  });

  it('is about gRPC when its own content-type and method say so, however it is asked', () => {
    for (const [query, protocol] of [
      ['http=POST /a.B/C&header=Content-Type: Application/GRPC', 'grpc'],
      ['http=POST /a.B/C&header=content-type: application/grpc-web', 'http'],
      ['http=GET /a.B/C&header=content-type: application/grpc', 'http'],
      ['grpc=a.B/C&header=content-type: application/grpc%2Bproto', 'grpc'],
      ['grpc=a.B/C&header=content-type: text/plain', 'http'],
      ['grpc=a.B/C&header=content-type:application/grpc&header=content-type:application/grpc', 'http'],
    ] as const) {
      const answer = ask(query);
      assert.ok('protocol' in answer);
      assert.equal(answer.protocol, protocol, query);
    }
  });

  it('is about an HTTP request, GET unless it says otherwise', () => {
    const answer = ask('http=post /a?b=c');
    assert.ok('method' in answer);
    assert.deepEqual([answer.method, answer.path], ['POST', '/a?b=c']);
    const bare = ask('http=/a');
    assert.ok('method' in bare && bare.method === 'GET');
  });

  for (const [query, fault] of [
    ['http=/&client-namespace=fast_clients', /"fast_clients" is not the name of a namespace/],
    ['to=a:80&tcp=90', /to asks about port 80 and tcp about port 90: write the same, or no port in to/],
    ['to=a:80&tls=b.test&port=90', /to asks about port 80 and port about port 90/],
    ['', /one of grpc=.* is needed/],
    ['grpc=a.B/C&http=/a', /one of/],
    ['grpc=Echo', /is not pkg.Service\/Method/],
    ['http=a', /is not METHOD \/path/],
    ['grpc=a.B/C&header=x', /is not name: value/],
    ['grpc=a.B/C&host=evil@a.test', /is not a host: a request that names it is refused/],
    ['http=/&host=a.test&header=host:%20b.test', /"a.test" and "b.test" are two hosts/],
    ['http=/&header=host:%20a.test&header=host:%20a.test', /is not a host/],
    ['http=/&host=b%C3%BCcher.test', /is not a host: .*; clients name it xn--bcher-kva.test$/],
    ['http=http://a.test/&host=b.test', /are two hosts/],
    ['http=CONNECT /', /CONNECT is not served: it is answered with 501/],
    ['http=*', /is not METHOD \/path/],
    ['grpc=a.B/C&hots=x', /unknown parameter "hots"/],
  ] as const) {
    it(`is refused when it is "${query}"`, () => {
      const answer = ask(query);
      assert.ok('fault' in answer);
      assert.match(answer.fault, fault);
    });
  }
});

describe('a question about a port', () => {
  it('is one of TCP or UDP, and of nothing that requests have', () => {
    const place = { gateway: null, listener: null, clientNamespace: null, to: null };
    assert.deepEqual(parseQuestion(new URLSearchParams('udp=5300')), { transport: 'udp', port: 5300, ...place });
    assert.deepEqual(parseQuestion(new URLSearchParams('tcp=1&gateway=gw&listener=a')), {
      transport: 'tcp',
      port: 1,
      gateway: 'default/gw',
      listener: 'a',
      clientNamespace: null,
      to: null,
    });
    for (const wrong of ['udp=0', 'udp=65536', 'udp=x', 'udp=', 'udp=1&tcp=1', 'udp=1&host=a', 'udp=1&grpc=a.B/C'])
      assert.ok('fault' in parseQuestion(new URLSearchParams(wrong)), wrong);
  });
});
