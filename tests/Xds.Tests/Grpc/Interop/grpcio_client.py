"""Calls Zoneway's server with Debian's grpcio. Prints the name of every case that passed; a failure is an uncaught exception."""

import queue
import sys

import grpc

METHOD = "/test.Interop/Duplex"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def bytes_value(data):
    """google.protobuf.BytesValue, encoded by hand: field 1, length-delimited."""
    if not data:
        return b""
    length, varint = len(data), bytearray()
    while length > 0x7F:
        varint.append(length & 0x7F | 0x80)
        length >>= 7
    varint.append(length)
    return b"\x0a" + bytes(varint) + data


class Call:
    """A bidirectional stream that is written to step by step."""

    def __init__(self, channel, method=METHOD, **options):
        self._outgoing = queue.Queue()
        self.call = channel.stream_stream(method)(iter(self._outgoing.get, None), **options)

    def write(self, data):
        self._outgoing.put(bytes_value(data))

    def complete(self):
        self._outgoing.put(None)


def expect_error(call, code, details=None):
    try:
        for _ in call.call:
            pass
    except grpc.RpcError as error:
        assert error.code() == code, error
        assert details is None or error.details() == details, error
    else:
        raise AssertionError("the call succeeded")
    finally:
        call.complete()


def ping_pong(channel):
    call = Call(channel)
    for i in range(200):
        data = b"%d" % i
        call.write(data)
        assert next(call.call) == bytes_value(data)
    call.complete()
    assert list(call.call) == []
    assert call.call.code() == grpc.StatusCode.OK


def empty_stream(channel):
    call = Call(channel)
    call.complete()
    assert list(call.call) == []


def empty_message(channel):
    call = Call(channel)
    call.write(b"")
    assert next(call.call) == b""
    call.complete()


def large_message(channel):
    data = bytes(range(256)) * 65536
    call = Call(channel)
    call.write(data)
    assert next(call.call) == bytes_value(data)
    call.complete()


def thousand_messages(channel):
    call = Call(channel)
    for i in range(1000):
        call.write(b"%d" % i)
    call.complete()
    assert list(call.call) == [bytes_value(b"%d" % i) for i in range(1000)]


def metadata(channel):
    call = Call(channel, metadata=(("authorization", "token"),))
    call.complete()
    assert list(call.call) == []
    assert ("seen", "token") in call.call.trailing_metadata()


def status_with_text(channel):
    call = Call(channel, metadata=(("fail", "1"),))
    expect_error(call, grpc.StatusCode.PERMISSION_DENIED, "100 % ünwanted")


def unknown_method(channel):
    expect_error(Call(channel, method="/test.Interop/Other"), grpc.StatusCode.UNIMPLEMENTED)


def deadline(channel):
    expect_error(Call(channel, timeout=0.3), grpc.StatusCode.DEADLINE_EXCEEDED)


def cancel(channel):
    call = Call(channel)
    call.write(b"1")
    next(call.call)
    call.call.cancel()
    expect_error(call, grpc.StatusCode.CANCELLED)


def oversize(channel):
    call = Call(channel)
    call.write(bytes(33 * 1024 * 1024))
    expect_error(call, grpc.StatusCode.RESOURCE_EXHAUSTED)


def gzip(channel):
    call = Call(channel, compression=grpc.Compression.Gzip)
    call.write(bytes(10000))
    expect_error(call, grpc.StatusCode.UNIMPLEMENTED)


CASES = (ping_pong, empty_stream, empty_message, large_message, thousand_messages, metadata,
         status_with_text, unknown_method, deadline, cancel, oversize, gzip)


def main(target, credential_paths):
    options = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
    if credential_paths:
        key, certificate, authority = (read(path) for path in credential_paths)
        channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(authority, key, certificate), options)
    else:
        channel = grpc.insecure_channel(target, options)
    with channel:
        for case in CASES:
            case(channel)
            print(case.__name__, flush=True)


main(sys.argv[1], sys.argv[2:])
