#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# grpcurl against the gateway: with reflection and with .proto files, all four shapes, statuses. See run.ts.
set -u
failed=0

# check NAME EXPECTED COMMAND…: the output must contain EXPECTED.
check() {
  name=$1 expected=$2
  shift 2
  output=$("$@" 2>&1)
  case $output in
    *"$expected"*) echo "ok   grpcurl: $name" ;;
    *) echo "FAIL grpcurl: $name: expected $expected in: $output"; failed=1 ;;
  esac
}

for transport in cleartext tls; do
  if [ $transport = tls ]; then
    set -- -cacert "$CA" -authority "$AUTHORITY"
    address=$TLS
  else
    set -- -plaintext
    address=$CLEARTEXT
  fi
  check "$transport: list" api.Echo grpcurl "$@" "$address" list
  check "$transport: describe" 'rpc BidiStream ( stream .api.EchoRequest )' grpcurl "$@" "$address" describe api.Echo
  check "$transport: unary" '"content": "echo"' grpcurl "$@" -d '{"content":"echo"}' "$address" api.Echo/Echo
  check "$transport: pod name" 'hostname: echo-' grpcurl "$@" -v -d '{"content":"echo"}' "$address" api.Echo/Echo
  check "$transport: proto file" '"content": "echo"' \
    grpcurl "$@" -import-path "$PROTO" -proto api/echo.proto -d '{"content":"echo"}' "$address" api.Echo/Echo
  check "$transport: binary metadata" 'x-grpc-test-echo-trailing-bin: AAH+/w' \
    grpcurl "$@" -v -H 'x-grpc-test-echo-trailing-bin: AAH+/w' -d '{}' "$address" api.Echo/Echo
  check "$transport: server stream" 'received 3 responses' \
    grpcurl "$@" -v -d '{"content":"s","repeat":3}' "$address" api.Echo/ServerStream
  check "$transport: client stream" '"content": "ab"' \
    grpcurl "$@" -d '{"content":"a"}{"content":"b"}' "$address" api.Echo/ClientStream
  check "$transport: bidi stream" 'Sent 2 requests and received 2 responses' \
    grpcurl "$@" -v -d '{"content":"a"}{"content":"b"}' "$address" api.Echo/BidiStream
  check "$transport: status" 'Code: NotFound' grpcurl "$@" -d '{"content":"gone","status":5}' "$address" api.Echo/Echo
  check "$transport: deadline" 'Code: DeadlineExceeded' \
    grpcurl "$@" -max-time 1 -d '{"delay_ms":20000}' "$address" api.Echo/Echo
  check "$transport: health" '"status": "SERVING"' grpcurl "$@" "$address" grpc.health.v1.Health/Check
  check "$transport: no route" 'Code: Unimplemented' \
    grpcurl "$@" -import-path "$PROTO" -proto api/reverse.proto "$address" api.Reverse/Reverse
done
exit $failed
