"""WebSockets as python3-websockets speaks them: websocket_peer.py server, or websocket_peer.py client PORT SNI CERTIFICATE KEY."""
import asyncio
import ssl
import sys

import websockets

LIMIT = 60


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def serve():
    async with websockets.serve(echo, "127.0.0.1", 0, max_size=None) as server:
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


async def call(port, sni, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(certificate, key)
    uri = f"wss://{sni}:{port}/chat?room=1"
    async with websockets.connect(uri, ssl=context, host="127.0.0.1", port=int(port), server_hostname=sni, max_size=None, open_timeout=LIMIT) as socket:
        for message in ["hello", "", "ü" * 100, b"\x00\xff" * 1000, b"x" * 4_000_000]:
            await socket.send(message)
            assert await asyncio.wait_for(socket.recv(), LIMIT) == message, len(message)
        print("echoed", flush=True)
        await asyncio.wait_for(await socket.ping(), LIMIT)
        print("pong", flush=True)
        await socket.close(4000, "that was it")
        assert socket.close_code == 4000, socket.close_code
    print("closed", flush=True)


asyncio.run(serve() if sys.argv[1] == "server" else call(*sys.argv[2:]))
print("done", flush=True)
