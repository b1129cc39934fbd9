# SPDX-License-Identifier: Apache-2.0
"""Python grpcio against the gateway. Needs grpcio, grpcio-tools and grpcio-reflection. See ../run.ts."""

import os
import sys
import tempfile
import threading

try:
    import grpc
    from google.protobuf.descriptor_pool import DescriptorPool
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
        ProtoReflectionDescriptorDatabase,
    )
    from grpc_tools import protoc
except ImportError as missing:
    print(f"skip python: {missing}; pip install grpcio grpcio-tools grpcio-reflection")
    sys.exit(77)

FOUR_MIB = 4 * 1024 * 1024
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def generate():
    """Compiles echo.proto and imports the result."""
    folder = tempfile.mkdtemp()
    protos = os.environ["PROTO"]
    code = protoc.main(
        ["protoc", f"-I{protos}", f"--python_out={folder}", f"--grpc_python_out={folder}", "api/echo.proto"]
    )
    if code != 0:
        sys.exit("protoc failed")
    sys.path.insert(0, folder)
    from api import echo_pb2, echo_pb2_grpc

    return echo_pb2, echo_pb2_grpc


def channels():
    with open(os.environ["CA"], "rb") as file:
        tls = grpc.ssl_channel_credentials(file.read())
    authority = os.environ["AUTHORITY"]
    named = [("grpc.ssl_target_name_override", authority), ("grpc.default_authority", authority)]
    yield "cleartext", grpc.insecure_channel(os.environ["CLEARTEXT"], options=UNLIMITED)
    yield "tls", grpc.secure_channel(os.environ["TLS"], tls, options=UNLIMITED + named)


def check_all(channel, pb, stubs):
    stub = stubs.EchoStub(channel)
    request = pb.EchoRequest

    def unary():
        metadata = (("x-grpc-test-echo-initial", "yes"), ("x-grpc-test-echo-trailing-bin", b"\x00\x01\xfe\xff"))
        response, call = stub.Echo.with_call(request(content="echo"), metadata=metadata)
        assert response.content == "echo"
        assert ("x-grpc-test-echo-initial", "yes") in [(m.key, m.value) for m in call.initial_metadata()]
        trailing = [(m.key, m.value) for m in call.trailing_metadata()]
        assert ("x-grpc-test-echo-trailing-bin", b"\x00\x01\xfe\xff") in trailing

    def server_stream():
        contents = [r.content for r in stub.ServerStream(request(content="s", repeat=300))]
        assert contents == ["s"] * 300

    def client_stream():
        response = stub.ClientStream(request(content=str(i)) for i in range(100))
        assert response.content == "".join(str(i) for i in range(100))

    def bidi_stream():
        answered = threading.Semaphore(1)

        def requests():
            for i in range(20):
                answered.acquire()
                yield request(content=f"ping {i}")

        count = 0
        for i, response in enumerate(stub.BidiStream(requests())):
            assert response.content == f"ping {i}"
            answered.release()
            count += 1
        assert count == 20

    def large():
        assert len(stub.Echo(request(content="x" * FOUR_MIB)).content) == FOUR_MIB

    def compressed():
        content = "y" * 100_000
        assert stub.Echo(request(content=content), compression=grpc.Compression.Gzip).content == content

    def deadline():
        try:
            stub.Echo(request(delay_ms=20_000), timeout=0.3)
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            return
        raise AssertionError("the call did not end")

    def cancelled():
        call = stub.ServerStream(request(content="z" * 1000, repeat=10_000))
        next(call)
        call.cancel()
        assert call.code() == grpc.StatusCode.CANCELLED
        assert stub.Echo(request(content="next")).content == "next"

    def status():
        try:
            stub.Echo(request(content="100 % 없음", status=5))
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.NOT_FOUND
            assert error.details() == "100 % 없음"
            return
        raise AssertionError("the call did not fail")

    def many():
        futures = [stub.Echo.future(request(content=str(i))) for i in range(300)]
        assert [f.result().content for f in futures] == [str(i) for i in range(300)]

    def reflection():
        database = ProtoReflectionDescriptorDatabase(channel)
        assert "api.Echo" in database.get_services()
        method = DescriptorPool(database).FindServiceByName("api.Echo").FindMethodByName("BidiStream")
        assert method.input_type.full_name == "api.EchoRequest"

    checks = (unary, server_stream, client_stream, bidi_stream, large, compressed, deadline, cancelled, status, many)
    return (*checks, reflection)


def main():
    failed = False
    pb, stubs = generate()
    for transport, channel in channels():
        for check in check_all(channel, pb, stubs):
            try:
                check()
                print(f"ok   python: {transport}: {check.__name__}")
            except Exception as error:  # every check is reported
                failed = True
                print(f"FAIL python: {transport}: {check.__name__}: {error!r}")
        channel.close()
    sys.exit(1 if failed else 0)


main()
