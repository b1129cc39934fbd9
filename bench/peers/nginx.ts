// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from './peer.ts';

export const nginx: Peer = {
  name: 'NGINX',
  version: () => /nginx\/(\S+)/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[1],
  command(setup) {
    const file = join(setup.folder, 'nginx.conf');
    writeFileSync(
      file,
      `daemon off;
worker_processes 1;
pid ${setup.folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 15000; }
http {
  access_log off;
  keepalive_requests 100000000;
  http2_max_concurrent_streams 1000;
  client_max_body_size 0;
  upstream backend { server 127.0.0.1:${setup.backendPort}; keepalive 100; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${setup.port} http2;
    listen 127.0.0.1:${setup.tlsPort} ssl http2;
    ssl_certificate ${setup.certificateFile};
    ssl_certificate_key ${setup.keyFile};
    location / { grpc_pass grpc://backend; grpc_read_timeout 1h; grpc_send_timeout 1h; }
  }
}
`,
    );
    return { command: 'nginx', args: ['-p', setup.folder, '-e', 'stderr', '-c', file] };
  },
};
