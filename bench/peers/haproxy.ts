// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstLine, type Peer, type Setup } from './peer.ts';

export const haproxy: Peer = {
  name: 'HAProxy',
  install: 'apt-get install haproxy',
  carriesStreams: true,
  version: () => firstLine('haproxy', ['-v'])?.split(' ')[2],
  command(setup) {
    const pem = join(setup.folder, 'haproxy.pem');
    writeFileSync(pem, readFileSync(setup.certificateFile, 'utf8') + readFileSync(setup.keyFile, 'utf8'));
    const file = join(setup.folder, 'haproxy.cfg');
    writeFileSync(file, setup.carriesStreams ? streams(setup) : requests(setup, pem));
    return { command: 'haproxy', args: ['-db', '-f', file] };
  },
};

function requests(setup: Setup, pem: string): string {
  return `global
  nbthread 1
  maxconn 9000
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend all
  bind 127.0.0.1:${setup.port} proto ${setup.wiring.client}
  bind 127.0.0.1:${setup.tlsPort} ssl crt ${pem} alpn h2
  default_backend backend
backend backend
  server one 127.0.0.1:${setup.backendPort} proto ${setup.wiring.backend}
`;
}

function streams({ port, tlsPort, streamPort, tlsStreamPort }: Setup): string {
  return `global
  nbthread 1
  maxconn 9000
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen tcp
  bind 127.0.0.1:${port}
  server one 127.0.0.1:${streamPort}
listen tls
  bind 127.0.0.1:${tlsPort}
  tcp-request inspect-delay 5s
  tcp-request content accept if { req.ssl_hello_type 1 }
  use-server one if { req.ssl_sni -i localhost }
  server one 127.0.0.1:${tlsStreamPort}
`;
}
