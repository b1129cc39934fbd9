// SPDX-License-Identifier: Apache-2.0

//! `bench-pingora ADDRESS BACKEND h1|h2`: forwards everything at ADDRESS, HTTP/1.1 and h2c, to BACKEND. One thread.

use async_trait::async_trait;
use pingora_core::apps::HttpServerOptions;
use pingora_core::server::configuration::ServerConf;
use pingora_core::server::Server;
use pingora_core::upstreams::peer::HttpPeer;
use pingora_core::Result;
use pingora_proxy::{ProxyHttp, ProxyServiceBuilder, Session};

struct Forward(HttpPeer);

#[async_trait]
impl ProxyHttp for Forward {
    type CTX = ();

    fn new_ctx(&self) {}

    async fn upstream_peer(&self, _session: &mut Session, _ctx: &mut ()) -> Result<Box<HttpPeer>> {
        Ok(Box::new(self.0.clone()))
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut backend = HttpPeer::new(&arguments[2], false, String::new());
    if arguments[3] == "h2" {
        backend.options.set_http_version(2, 2);
        backend.options.max_h2_streams = 1000;
    }
    let conf = ServerConf { threads: 1, upstream_keepalive_pool_size: 1000, ..ServerConf::default() };
    let mut server = Server::new_with_opt_and_conf(None, conf);
    server.bootstrap();
    let mut options = HttpServerOptions::default();
    options.h2c = true;
    let mut service = ProxyServiceBuilder::new(&server.configuration, Forward(backend)).server_options(options).build();
    service.add_tcp(&arguments[1]);
    server.add_service(service);
    server.run_forever();
}
