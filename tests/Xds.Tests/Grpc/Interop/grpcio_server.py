"""A gRPC server on Debian's grpcio for Zoneway's client. Messages are bytes; prints its port, then ends with its standard input."""

import sys
from concurrent import futures

import grpc


def read(path):
    with open(path, "rb") as file:
        return file.read()


def echo(requests, context):
    yield from requests


def refuse(requests, context):
    context.set_trailing_metadata((("why", "test"),))
    context.abort(grpc.StatusCode.PERMISSION_DENIED, "100 % ünwanted")


def fail_mid_stream(requests, context):
    yield next(requests)
    context.abort(grpc.StatusCode.DATA_LOSS, "mid stream")


def end_early(requests, context):
    yield next(requests)


def say_nothing(requests, context):
    for _ in requests:
        pass


def stream(behavior):
    return grpc.stream_stream_rpc_method_handler(behavior)


def main(credential_paths):
    options = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
    server = grpc.server(futures.ThreadPoolExecutor(8), options=options)
    handlers = {
        "Echo": stream(echo),
        "Refuse": stream(refuse),
        "FailMidStream": stream(fail_mid_stream),
        "EndEarly": stream(end_early),
        "SayNothing": stream(say_nothing),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Interop", handlers),))
    if credential_paths:
        key, certificate, authority = (read(path) for path in credential_paths)
        credentials = grpc.ssl_server_credentials([(key, certificate)], authority, require_client_auth=True)
        port = server.add_secure_port("127.0.0.1:0", credentials)
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    for line in sys.stdin:
        if line.strip() == "stop":
            server.stop(grace=1).wait()
            print("stopped", flush=True)


main(sys.argv[1:])
