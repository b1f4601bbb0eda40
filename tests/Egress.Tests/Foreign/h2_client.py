"""HTTP/2 as python3-h2 and hyperframe speak it, against the egress: h2_client.py CASE PORT SNI CERTIFICATE KEY.

Each case prints lines that the test waits for. It ends with its standard input where it has to stay connected.
"""
import socket
import ssl
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings
from hpack import Encoder
from hyperframe.frame import (ContinuationFrame, DataFrame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame,
                              SettingsFrame)

CASE, PORT, SNI, CERTIFICATE, KEY = sys.argv[1:6]
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
LIMIT = 60


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(CERTIFICATE, KEY)
    raw = socket.create_connection(("127.0.0.1", int(PORT)), LIMIT)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(raw, server_hostname=SNI)


def request(method="GET", path="/", *others):
    return [(":method", method), (":scheme", "https"), (":authority", SNI), (":path", path), *others]


def say(*words):
    print(*words, flush=True)


class Client:
    """A connection in the hands of python3-h2. Windows are opened only when asked to."""

    def __init__(self, opens_windows=True):
        self.opens_windows = opens_windows
        self.socket = tls()
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.flush()
        self.status, self.ended, self.reset, self.received, self.goaway, self.pings = {}, set(), {}, 0, None, 0

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def send(self, *others, method="GET", path="/", end=True):
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, request(method, path, *others), end_stream=end)
        self.flush()
        return stream

    def pump(self):
        """Reads once; false at the end of the connection."""
        try:
            data = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            data = b""
        if not data:
            return False
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self.status[event.stream_id] = dict(event.headers)[":status"]
            elif isinstance(event, h2.events.DataReceived):
                self.received += len(event.data)
                if self.opens_windows:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self.ended.add(event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                self.reset[event.stream_id] = event.error_code
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.goaway = event.error_code
            elif isinstance(event, h2.events.PingAckReceived):
                self.pings += 1
        self.flush()
        return True

    def until(self, condition):
        while not condition():
            if not self.pump():
                raise EOFError("the connection has ended")

    def get(self, path="/"):
        stream = self.send(path=path)
        self.until(lambda: stream in self.ended or stream in self.reset)
        return self.status.get(stream)


class Frames:
    """A connection that sends frames as they are, right or wrong, and reads what comes without a state."""

    def __init__(self):
        self.socket = tls()
        self.encoder = Encoder()
        self.socket.sendall(PREFACE + SettingsFrame(0).serialize())

    def send(self, *frames):
        self.socket.sendall(b"".join(frame.serialize() for frame in frames))

    def headers(self, stream, fields, end=True):
        flags = ["END_HEADERS", "END_STREAM"] if end else ["END_HEADERS"]
        return HeadersFrame(stream, self.encoder.encode(fields), flags=flags)

    def outcome(self, stream):
        """How one stream ended: its status, a reset or the end of the connection."""
        received, decoder = b"", h2.connection.H2Connection().decoder
        while True:
            while len(received) >= 9:
                length = int.from_bytes(received[:3], "big")
                if len(received) < 9 + length:
                    break
                kind, number = received[3], int.from_bytes(received[5:9], "big") & 0x7FFFFFFF
                payload, received = received[9:9 + length], received[9 + length:]
                if kind == HeadersFrame.type:
                    fields = dict(decoder.decode(payload))
                    if number == stream:
                        return "status " + fields[":status"]
                elif kind == RstStreamFrame.type and number == stream:
                    return "reset"
                elif kind == GoAwayFrame.type:
                    return "goaway"
            try:
                data = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError):
                data = b""
            if not data:
                return "closed"
            received += data


def reset_in_the_middle():
    """A stream given up while its request is being served; the connection goes on."""
    client = Client()
    stream = client.send(method="POST", path="/wait", end=False)
    client.h2.send_data(stream, b"some")
    client.flush()
    say("sent")
    sys.stdin.readline()
    client.h2.reset_stream(stream, error_code=8)
    client.flush()
    say("next", client.get())


def never_opens_windows():
    """Fifty answers of 64 MiB, none of which is let through: RFC 9113 §6.9."""
    client = Client(opens_windows=False)
    for _ in range(50):
        client.send(path="/bytes/67108864")
    client.until(lambda: client.received == 65535)
    client.h2.ping(b"12345678")
    client.flush()
    client.until(lambda: client.pings == 1)
    say("received", client.received)
    sys.stdin.readline()


def window_opened_by_and_by():
    """A body that only fits through many small windows."""
    client = Client()
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1})
    client.flush()
    say("status", client.get("/bytes/500"), "received", client.received)


def window_overflow():
    """WINDOW_UPDATE beyond 2^31 - 1: RFC 9113 §6.9.1."""
    frames = Frames()
    frames.socket.sendall(bytes.fromhex("000004080000000000") + (2**31 - 1).to_bytes(4, "big"))
    say("ended", frames.outcome(1))


def goaway():
    """GOAWAY from the client: what it has asked for is still answered, then the connection ends."""
    frames = Frames()
    frames.send(frames.headers(1, request(path="/bytes/1000")), GoAwayFrame(0))
    say("answered", frames.outcome(1))
    while frames.socket.recv(65536):
        pass
    say("closed")


def huge_headers():
    """A list of 100 kB, in one field, in many, and in continuations that never end."""
    for name, fields in {"one": [("x", "a" * 100_000)], "many": [(f"x-{i}", "a" * 90) for i in range(1000)]}.items():
        frames = Frames()
        block = frames.encoder.encode(request("GET", "/smuggled", *fields), huffman=False)
        parts = [block[i:i + 16384] for i in range(0, len(block), 16384)]
        outcome = "closed"
        try:
            frames.send(HeadersFrame(1, parts[0], flags=["END_STREAM"]), *[ContinuationFrame(1, part) for part in parts[1:-1]],
                        ContinuationFrame(1, parts[-1], flags=["END_HEADERS"]))
            outcome = frames.outcome(1)
        except (ConnectionError, ssl.SSLError):
            pass
        say(name, outcome)
    frames = Frames()
    try:
        frames.send(HeadersFrame(1, frames.encoder.encode(request()), flags=["END_STREAM"]))
        for _ in range(10_000):
            frames.send(ContinuationFrame(1, frames.encoder.encode([("x", "a" * 16000)], huffman=False)))
        say("endless", "accepted")
    except (ConnectionError, ssl.SSLError):
        say("endless", "closed")
    say("next", Client().get())


def rapid_reset():
    """CVE-2023-44487: 2,000 streams, each reset as soon as it is open."""
    frames = Frames()
    try:
        for i in range(2000):
            frames.send(frames.headers(2 * i + 1, request(path="/wait")), RstStreamFrame(2 * i + 1, 8))
    except (ConnectionError, ssl.SSLError):
        say("stopped after", i)
    say("sent")
    sys.stdin.readline()
    say("next", Client().get())


def floods():
    """Frames that ask for answers which nobody reads, and frames that say nothing: CVE-2019-9512, -9515, -9518."""
    for name, frame in {"ping": PingFrame(0, b"12345678"), "settings": SettingsFrame(0), "empty": DataFrame(1, b"")}.items():
        frames = Frames()
        frames.socket.settimeout(1)
        outcome = "bounded"
        try:
            frames.send(frames.headers(1, request("POST", "/wait"), end=False))
            chunk = frame.serialize() * 1000
            for _ in range(500):
                frames.socket.sendall(chunk)
        except (ConnectionError, ssl.SSLError, TimeoutError):
            outcome = "closed"
        say(name, outcome)
        frames.socket.close()
    say("next", Client().get())


def malformed():
    """Requests that HTTP/2 forbids, and that would be two requests or another one over HTTP/1.1: RFC 9113 §8.2, §8.3."""
    cases = {
        "crlf-in-value": request("GET", "/", ("x", "1\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a")),
        "lf-in-value": request("GET", "/", ("x", "1\nhost: smuggled")),
        "nul-in-value": request("GET", "/", ("x", "1\x00smuggled")),
        "crlf-in-name": request("GET", "/", ("x: 1\r\nsmuggled", "1")),
        "colon-in-name": request("GET", "/", ("x:smuggled", "1")),
        "space-in-name": request("GET", "/", ("x smuggled", "1")),
        "upper-case-name": request("GET", "/", ("X-Smuggled", "1")),
        "crlf-in-path": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "/ HTTP/1.1\r\nx: smuggled")],
        "space-in-path": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "/ HTTP/1.1 smuggled")],
        "tab-in-path": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "/\tHTTP/1.1\tsmuggled")],
        "delete-in-path": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "/\x7fsmuggled")],
        "letters-beyond-ascii-in-path": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "/\u0120smuggled")],
        "space-in-query": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "/?a HTTP/1.1 smuggled")],
        "empty-path": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "")],
        "relative-path": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), (":path", "smuggled")],
        "space-in-method": request("GET /smuggled", "/"),
        "crlf-in-method": request("GET /smuggled HTTP/1.1\r\nx: ", "/"),
        "crlf-in-authority": [(":method", "GET"), (":scheme", "https"), (":authority", "a\r\nx: smuggled"), (":path", "/")],
        "slash-in-authority": [(":method", "GET"), (":scheme", "https"), (":authority", "a/smuggled"), (":path", "/")],
        "user-in-authority": [(":method", "GET"), (":scheme", "https"), (":authority", "smuggled@a"), (":path", "/")],
        "two-paths": request("GET", "/") + [(":path", "/smuggled")],
        "two-authorities": request("GET", "/") + [(":authority", "smuggled")],
        "host-beside-authority": request("GET", "/", ("host", "smuggled")),
        "pseudo-after-regular": [(":method", "GET"), (":scheme", "https"), (":authority", SNI), ("x", "1"), (":path", "/smuggled")],
        "unknown-pseudo": request("GET", "/", ) + [(":smuggled", "1")],
        "connection": request("GET", "/", ("connection", "smuggled")),
        "transfer-encoding": request("POST", "/", ("transfer-encoding", "chunked"), ("smuggled", "1")),
        "keep-alive": request("GET", "/", ("keep-alive", "smuggled")),
        "upgrade": request("GET", "/", ("upgrade", "smuggled")),
        "te-gzip": request("GET", "/", ("te", "gzip"), ("smuggled", "1")),
        "two-lengths": request("POST", "/", ("content-length", "0"), ("content-length", "5"), ("smuggled", "1")),
        "length-no-number": request("POST", "/", ("content-length", "+0"), ("smuggled", "1")),
        "length-without-body": request("POST", "/", ("content-length", "5"), ("smuggled", "1")),
    }
    for name, fields in cases.items():
        frames = Frames()
        frames.send(frames.headers(1, fields))
        say(name, frames.outcome(1))
    body = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n"
    for name, length in {"body-longer-than-said": 5, "body-shorter-than-said": len(body) + 100}.items():
        frames = Frames()
        frames.send(frames.headers(1, request("POST", "/", ("content-length", str(length))), end=False),
                    DataFrame(1, body, flags=["END_STREAM"]))
        say(name, frames.outcome(1))
    say("next", Client().get())


globals()[CASE]()
say("done")
