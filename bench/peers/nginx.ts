// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer, Setup } from './peer.ts';

export const nginx: Peer = {
  name: 'NGINX',
  install: 'apt-get install nginx',
  version: () => /nginx\/(\S+)/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[1],
  command(setup) {
    // Of HTTP/2 backends it speaks to gRPC only.
    if (setup.wiring.kind === 'http' && setup.wiring.backend === 'h2') return undefined;
    const file = join(setup.folder, 'nginx.conf');
    writeFileSync(file, configuration(setup));
    return { command: 'nginx', args: ['-p', setup.folder, '-e', 'stderr', '-c', file] };
  },
};

const TO_GRPC = 'grpc_pass grpc://backend; grpc_read_timeout 1h; grpc_send_timeout 1h;';
const TO_HTTP1 = `proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_read_timeout 1h; proxy_send_timeout 1h; proxy_max_temp_file_size 0;`;

function configuration(setup: Setup): string {
  return `daemon off;
worker_processes 1;
pid ${setup.folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 15000; }
http {
  access_log off;
  keepalive_requests 100000000;
  http2_max_concurrent_streams 1000;
  client_max_body_size 0;
  upstream backend { server 127.0.0.1:${setup.backendPort}; keepalive 300; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${setup.port}${setup.wiring.client === 'h2' ? ' http2' : ''};
    listen 127.0.0.1:${setup.tlsPort} ssl http2;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate ${setup.certificateFile};
    ssl_certificate_key ${setup.keyFile};
    location / {
      ${setup.wiring.kind === 'grpc' ? TO_GRPC : TO_HTTP1}
    }
  }
}
`;
}
