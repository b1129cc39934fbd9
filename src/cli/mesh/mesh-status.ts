// SPDX-License-Identifier: Apache-2.0
import type { MeshReport, ReportedFrontend } from '../../controller/index.ts';
import { socketAddress } from '../../values/index.ts';
import { AdminClient } from '../admin-client.ts';
import { EXIT } from '../exit-code.ts';
import { type OutputFormat, writeData } from '../output-format.ts';
import { type Paint, paintFor } from '../paint.ts';
import { formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export interface MeshStatusOptions {
  /** `--admin`: the running agent. */
  readonly admin: string;
  readonly output: OutputFormat;
}

/** `mesh status`. 0 when all ports of Services with routes are served, 1 when some are not, 3 when nobody answers. */
export async function runMeshStatus({ admin, output }: MeshStatusOptions, terminal: Terminal): Promise<number> {
  const report = await new AdminClient(admin, null).mesh();
  if (!writeData(terminal, output, report)) terminal.out(meshText(report, paintFor(terminal)));
  return report.state.kind === 'live' && report.frontends.every(({ to }) => to !== null) ? EXIT.ok : EXIT.refused;
}

/** The report for people. */
export function meshText({ state, frontends, untouchedServices }: MeshReport, paint: Paint): string {
  const header = ['SERVICE', 'ADDRESS', 'CLIENTS', 'CONNECTIONS', 'LED TO', 'NOTE'];
  const rows = frontends.map(({ service, port, address, clients, connections, to, why }) => [
    `${service}:${port}`,
    socketAddress(address, port),
    clientsText(clients),
    connections === null ? '<unknown>' : String(connections),
    to === null ? paint('red', 'kube-proxy') : socketAddress(to.address, to.port),
    why === null ? '' : `falls through: ${why}`,
  ]);
  return `${stateText(state, frontends, paint)}${frontends.length === 0 ? '' : `\n${formatTable(header, rows)}`}\n${untouchedText(untouchedServices)}`;
}

function stateText(state: MeshReport['state'], frontends: readonly ReportedFrontend[], paint: Paint): string {
  switch (state.kind) {
    case 'live': {
      const taken = frontends.filter(({ to }) => to !== null).length;
      return `${paint(taken === frontends.length ? 'green' : 'yellow', `${taken} of ${frontends.length}`)} ports of Services with routes are served here (nftables table ${state.table})\n`;
    }
    case 'down':
      return `${paint('red', 'Nothing is led here')}: ${state.why}; kube-proxy serves all Services without their routes\n`;
    case 'stopped':
      return 'The agent is stopping: kube-proxy serves new connections\n';
  }
}

/** `null`: all that are not named. */
function clientsText(clients: readonly (string | null)[]): string {
  const named = clients.filter(client => client !== null);
  if (named.length === 0) return 'all';
  return clients.includes(null) ? `all, apart ${named.join(', ')}` : `of ${named.join(', ')}`;
}

function untouchedText(count: number): string {
  return count === 1
    ? '1 Service has no route and is left alone\n'
    : `${count} Services have no route and are left alone\n`;
}
