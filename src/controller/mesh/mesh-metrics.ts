// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../../admin/index.ts';
import type { RedirectorState } from '../../redirect/index.ts';

/** What `/metrics` says of an agent of a mesh. `losses`: how often all redirections were lost since it started. */
export function meshMetrics(state: RedirectorState, losses: number): readonly MetricFamily[] {
  return [
    {
      name: 'daemun_mesh_redirections',
      help: 'Ports of Services, one for each ClusterIP, whose connections the kernel leads to this agent.',
      type: 'gauge',
      samples: [{ labels: {}, value: state.kind === 'live' ? state.count : 0 }],
    },
    {
      name: 'daemun_mesh_redirection_losses_total',
      help: 'How often all redirections of this agent were lost, or could not be changed, and were made anew: kube-proxy served the Services meanwhile.',
      type: 'counter',
      samples: [{ labels: {}, value: losses }],
    },
  ];
}
