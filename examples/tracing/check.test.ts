// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { TestCollector } from '../../src/proxy/http/tracing.test-support.ts';
import { runExample } from '../running-example.test-support.ts';
import { ask } from '../specification/ask.test-support.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** The endpoint of the example's collector. */
function sliceOf(port: number): string {
  return `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: collector, labels: { kubernetes.io/service-name: collector } }
addressType: IPv4
ports: [{ port: ${port} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;
}

describe('example tracing', async () => {
  const collector = await TestCollector.grpc();
  const folder = await mkdtemp(join(tmpdir(), 'daemun-tracing-'));
  await writeFile(join(folder, 'collector.yaml'), sliceOf(collector.port));
  const example = await runExample(import.meta.dirname, folder);
  after(async () => {
    await example.close();
    collector.close();
    await rm(folder, { recursive: true });
  });

  it('tells the backend of the trace, and the collector of the request', async () => {
    const fields = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, 'x-tenant': 'ann' };
    const answer = await ask({ address: example.address('web/http'), host: 'shop.test', path: '/cart/7', fields });
    await collector.exported(1);
    const [span] = collector.spans;
    assert.ok(span);
    assert.equal(answer('seen:traceparent'), `00-${TRACE}-${span.spanId}-01`);
    assert.deepEqual([span.name, span.traceId, span.parentSpanId], ['GET /cart', TRACE, 'b7ad6b7169203331']);
    assert.deepEqual(collector.exports[0]?.resource, { 'service.name': 'shop-edge' });
    const names = ['deployment.environment.name', 'tenant', 'server.address', 'server.port', 'daemun.rule'];
    assert.deepEqual(
      names.map(name => span.attributes[name]),
      ['demo', 'ann', 'shop.test', 80, 'cart'],
    );
  });
});
