using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load;

/// <summary>The opening of a connection: the ClientHello, in one write or two, and the greeting.</summary>
internal abstract unsafe partial class ClientConnection
{
    private const int NotConnected = 107;

    private readonly byte[] _greeting = new byte[Greeting.Size];
    private readonly bool _isHelloSplit = context.Request.Hello == HelloShape.PostQuantum;
    private int _helloBytesSent;
    private int _greetingBytes;

    private void SendHello()
    {
        var length = context.WriteHello(_route, new StreamOrder(Kind, Seed));
        var end = _isHelloSplit && _helloBytesSent == 0 ? length * 2 / 3 : length;
        var sent = LinuxSystemCalls.Send(Descriptor, context.Scratch + _helloBytesSent, end - _helloBytesSent);
        if (sent is -LinuxSystemCalls.EAGAIN or -NotConnected)
        {
            return;
        }

        if (sent != end - _helloBytesSent)
        {
            Fail($"send of the hello: {sent}");
            return;
        }

        _helloBytesSent = end;
        if (end == length)
        {
            _stage = Stage.Greeting;
        }
        else
        {
            // The second write comes a turn later, as a second segment.
            Continue();
        }
    }

    private void ReceiveGreeting()
    {
        fixed (byte* greeting = _greeting)
        {
            var length = LinuxSystemCalls.Receive(Descriptor, greeting + _greetingBytes, Greeting.Size - _greetingBytes);
            if (length == -LinuxSystemCalls.EAGAIN)
            {
                return;
            }

            if (length <= 0)
            {
                Fail($"closed before the greeting: {length}");
                return;
            }

            _greetingBytes += length;
            if (_greetingBytes == Greeting.Size)
            {
                CheckGreeting(new ReadOnlySpan<byte>(greeting, Greeting.Size));
                _stage = Stage.Open;
                context.Opened++;
                OnOpened();
            }
        }
    }

    private void CheckGreeting(ReadOnlySpan<byte> bytes)
    {
        if (!Greeting.TryRead(bytes, out var greeting) || !greeting.IsHelloIntact || greeting.Seed != Seed)
        {
            context.WrongBytes++;
        }
        else if (greeting.Backend != context.Backend(_route))
        {
            context.WrongRoutes++;
        }
    }
}
