"""gRPC as python3-grpcio speaks it: grpc_peer.py server, or grpc_peer.py client ADDRESS SNI AUTHORITY CERTIFICATE KEY."""
import sys
import threading
from concurrent import futures

import grpc

SERVICE = "test.Echo"
LIMIT = 60


def unary(request, context):
    if request == b"fail":
        context.set_trailing_metadata((("why", "asked"),))
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "100 % refused")
    context.send_initial_metadata((("seen", dict(context.invocation_metadata()).get("asked", "nothing")),))
    context.set_trailing_metadata((("trailer", "at the end"), ("trailer-bin", b"\x00\xff")))
    return request


def server_stream(request, context):
    for i in range(int(request)):
        yield b"%d" % i


def client_stream(requests, context):
    return b",".join(requests)


def both(requests, context):
    for request in requests:
        yield request[::-1]


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream),
        "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream),
        "Both": grpc.stream_stream_rpc_method_handler(both),
    }),))
    print("port", server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    sys.stdin.readline()
    server.stop(0)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def call(address, sni, authority, certificate, key):
    credentials = grpc.ssl_channel_credentials(read(authority), read(key), read(certificate))
    channel = grpc.secure_channel(address, credentials, [
        ("grpc.ssl_target_name_override", sni), ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)])
    method = "/" + SERVICE + "/"

    answer, details = channel.unary_unary(method + "Unary").with_call(b"hello", LIMIT, metadata=(("asked", "this"),))
    assert answer == b"hello", answer
    assert dict(details.initial_metadata())["seen"] == "this", details.initial_metadata()
    trailers = dict(details.trailing_metadata())
    assert (trailers["trailer"], trailers["trailer-bin"]) == ("at the end", b"\x00\xff"), trailers
    print("unary", flush=True)

    large = bytes(range(256)) * 8192
    assert channel.unary_unary(method + "Unary")(large, LIMIT) == large
    print("large", flush=True)

    answers = list(channel.unary_stream(method + "ServerStream")(b"1000", timeout=LIMIT))
    assert answers == [b"%d" % i for i in range(1000)], len(answers)
    print("server_stream", flush=True)

    assert channel.stream_unary(method + "ClientStream")((b"%d" % i for i in range(100)), LIMIT) == b",".join(b"%d" % i for i in range(100))
    print("client_stream", flush=True)

    # Each message is sent only when the one before has come back: nothing may be held back.
    messages = [b"abc", b"def", b"ghi"]
    received = []
    event = threading.Event()

    def in_turns():
        for i, message in enumerate(messages):
            while len(received) < i:
                event.wait(LIMIT)
                event.clear()
            yield message

    for answer in channel.stream_stream(method + "Both")(in_turns(), timeout=LIMIT):
        received.append(answer)
        event.set()
    assert received == [b"cba", b"fed", b"ihg"], received
    print("both", flush=True)

    try:
        raise AssertionError(channel.unary_unary(method + "Unary")(b"fail", LIMIT))
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.PERMISSION_DENIED, error
        assert error.details() == "100 % refused", error
        assert dict(error.trailing_metadata())["why"] == "asked", error
    print("status", flush=True)

    try:
        raise AssertionError(channel.unary_unary(method + "Nothing")(b"", LIMIT))
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error
    print("unimplemented", flush=True)


serve() if sys.argv[1] == "server" else call(*sys.argv[2:])
print("done", flush=True)
