// SPDX-License-Identifier: Apache-2.0

/** Makes docs/observability.md of what the code declares. Run it to write the page: `node test/observability/observability-page.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processMetrics } from '../../src/admin/process-metrics.ts';
import { lostLines } from '../../src/cli/sink/run-sinks.ts';
import { healthMetrics } from '../../src/controller/health/health-metrics.ts';
import { countsOf } from '../../src/controller/health/status-page.ts';
import type { MetricFamily } from '../../src/controller/index.ts';
import { meshMetrics } from '../../src/controller/mesh/mesh-metrics.ts';
import { ReloadMetrics } from '../../src/controller/reload/reload-metrics.ts';
import { stateMetrics } from '../../src/controller/shown/state-metrics.ts';
import { clusterMetrics } from '../../src/controller/writing/cluster-metrics.ts';
import { ACCESS_LOG_FIELDS } from '../../src/proxy/access-log/index.ts';
import { FAMILIES, LABELS } from '../../src/proxy/metrics/index.ts';

export const OBSERVABILITY_PAGE = join(import.meta.dirname, '../../docs/observability.md');

const INTRODUCTION = `# Metrics and logs

This page is made of what the code declares ([families.ts](../src/proxy/metrics/families.ts),
[access-log.ts](../src/proxy/access-log/access-log.ts)) by \`node test/observability/observability-page.ts\`; a test keeps it true.

## Metrics

\`GET /metrics\` of the admin server, in the Prometheus text format. Workers write counters to memory that the main thread reads: a
scrape stops no request, and is sent in parts.

* **A call is counted under one label set from start to end**, so \`started − handled\` is what is in flight, and never negative.
* **\`grpc_type\` is learned.** A proxy has no descriptors: a method is \`unary\` until a call carries a second message in one direction. The
  first call of a method in a worker is therefore counted when it ends, when another one begins, or after eight messages.
* **Names of methods are not taken from clients.** A method has labels of its own when a rule names its service and method (4,000
  in a process), or once an endpoint answered it with a message or a status other than UNIMPLEMENTED, UNAUTHENTICATED or
  PERMISSION_DENIED (1,000 a Gateway, 2,000 in a process, up to 160 characters). All other calls count as \`other\`: of the
  service, where a rule names that, else of no service.
* **Counters never go back** on a reload or when a worker is replaced. Series of a cluster, a rule or a port that is gone are no longer shown;
  those of a Service's port begin with its first client, those of a Gateway's are there from the start.
  Calls that a crashed worker had open stay started and are never handled.
* A request that fails without an endpoint's answer has a reason, the same in \`daemun_request_failures_total\` and in the access log. A timeout of
  the route is \`route_timeout\`, the deadline of the call \`deadline\`, and a DEADLINE_EXCEEDED without a reason is the endpoint's own.
`;

const LOGS = `## Access log

\`--access-log stdout|FILE\`: one JSON object a line, written when the request ends. It has a line for every request that had a head,
those included that no rule took, that were cut, or whose head was refused (\`header_limit\`, \`malformed_request\`). Streams that were
refused for their number are only counted (\`daemun_limit_hits_total{limit="concurrent_streams"}\`): clients try them again by themselves. What is not
plain ASCII is written as JSON escapes.

`;

const PROCESS_LOG = `## Log

\`--log-level debug|info|warn|error|silent\`, and while it runs \`curl -X PUT 'http://ADMIN/log-level?level=debug'\`. A line has \`level\`, \`time\`, \`msg\`, and fields
of its own. What peers can cause is limited to ten lines of a kind in ten seconds; the next one says how many were left out (\`suppressed\`).

| line | level | fields |
| --- | --- | --- |
| \`endpoint cannot be reached\` | warn | \`cluster\`, \`endpoint\`, \`name\`, \`reason\`; once, whatever number of workers and calls try it |
| \`endpoint can be reached again\` | info | \`cluster\`, \`endpoint\`, \`name\`; once all workers that lost it have it back |
| \`endpoint ejected after failures in a row\` | warn | \`cluster\`, \`endpoint\`, \`name\`; each worker judges for itself |
| \`health check: endpoint became …\` | warn, info | \`cluster\`, \`endpoint\`, \`name\`, \`reason\` |
| \`TLS handshake failed\` | debug | \`client\`, \`listener\`, \`serverName\`, \`result\` as in \`daemun_tls_handshakes_total\`, \`error\`: what is wrong with a client's certificate, or what the client says of ours |
| \`client connected\`, \`client connection closed\`, \`client broke HTTP/2\` | debug | \`client\`, \`listener\`, \`bytesRead\`, \`bytesWritten\`, \`error\` |
| \`spans cannot be exported\` | warn | \`collector\`, \`why\`, \`spans\`, \`again_ms\`; each call that was in vain |
| \`the collector refuses spans\`, \`the collector rejects spans\` | warn | \`collector\`, \`why\`, \`spans\`: they are lost |
| \`request\` | debug | \`client\`, \`stream\`, \`host\`, \`path\`, \`listener\`, and \`route\` and \`rule\`, or the reason of the \`answer\` |
| \`request tried again\` | debug | \`client\`, \`stream\`, \`endpoint\`, \`reason\`, \`tries\` |
| \`request ended\` | debug | \`client\`, \`stream\`, \`path\`, \`endpoint\`, \`status\`, \`ms\`, \`reason\` |
| \`connect failed\`, \`endpoint connected\` | debug | \`cluster\`, \`endpoint\`, \`name\`, \`reason\`; each try |
| \`the API server fails; what is served goes on, and it is tried again until it answers\` | warn | \`server\`, \`error\`; once, until it answers |
| \`the API server answers again\` | info | \`server\`, \`afterMs\` |
| \`a kind may not be read: what was read of it before is served on, nothing new; it is tried again\` | warn | \`kind\`, \`group\`, \`error\`, \`fix\`; once, until it may |
| \`the API server has no such kind; it is read as soon as there is\` | info | \`kind\`, \`group\` |

Debug tells of single requests, at most 2,000 lines a second in a worker.
`;

/** What the main thread tells, each family with one sample at least: of the configuration, its sockets and the process. */
export function otherFamilies(): readonly MetricFamily[] {
  const certificate = { id: 'default/tls@0', chain: '', key: '', names: [], notAfterMs: 0 };
  return [
    ...new ReloadMetrics().read(),
    ...healthMetrics({
      ...{ version: '1.0.0', isReady: true, waitingMs: 0 },
      workers: { running: 1, wanted: 1, ended: 0, endedAtMs: null, refusals: 0 },
      counts: countsOf(null, new Map()),
    }),
    ...stateMetrics({ bindings: [], certificates: [certificate] }, new Map()),
    ...meshMetrics({ kind: 'live', table: '', count: 0 }, 0),
    ...clusterMetrics(
      [{ verb: 'get', code: '200', count: 1 }],
      {
        ...{ isLeading: true, lease: '', holder: '', leaseTrouble: null },
        writesDue: { statuses: 0, objects: 0, events: 0 },
        refused: { statuses: [], objects: [], events: [] },
        contested: [],
        refusals: { statuses: 0, objects: 0, events: 0 },
      },
      { controllerName: 'daemun.dev/gateway-controller', denied: [], staleMs: 0 },
    ),
    lostLines(new Map([['stderr', { lostLines: 0 }]])),
    ...processMetrics(),
  ];
}

/** The page's text. */
export function observabilityPage(): string {
  const families = Object.entries(FAMILIES).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    labels.map(label => `\`${label}\``).join(', '),
    help,
  ]);
  const labels = Object.entries(LABELS).map(([name, meaning]) => [`\`${name}\``, meaning]);
  const others = otherFamilies().map(({ name, type, samples, help }) => [
    `\`${name}\``,
    type,
    Object.keys(samples[0]?.labels ?? {})
      .map(label => `\`${label}\``)
      .join(', '),
    help,
  ]);
  const fields = Object.entries(ACCESS_LOG_FIELDS).map(([name, meaning]) => [`\`${name}\``, meaning]);
  return [
    INTRODUCTION,
    `### Of the data plane\n\n${table(['name', 'type', 'labels', 'what it counts'], families)}`,
    `### Labels\n\n${table(['label', 'meaning'], labels)}`,
    `### Of the configuration and the process\n\n${table(['name', 'type', 'labels', 'what it counts'], others)}`,
    LOGS + table(['field', 'meaning'], fields),
    PROCESS_LOG,
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

if (import.meta.main) writeFileSync(OBSERVABILITY_PAGE, observabilityPage());
