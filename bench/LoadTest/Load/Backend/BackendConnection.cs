using System.Buffers.Binary;
using Zoneway.SniRouter.Engine;

namespace Zoneway.LoadTest.Load.Backend;

/// <summary>One connection at the back end: takes in the ClientHello, greets, and serves what the hello asked for.</summary>
internal sealed unsafe class BackendConnection : IEventHandler
{
    private const int RecordHeaderBytes = 5;
    private const int LargestHelloBytes = 16 * 1024;

    private readonly BackendContext _context;
    private readonly int _descriptor;
    private readonly int _backend;
    private readonly ulong _tag;
    private byte[]? _partialHello;
    private int _partialBytes;
    private BackendStream? _stream;
    private bool _isGreeted;
    private bool _isEnding;

    public BackendConnection(BackendContext context, int descriptor, int backend)
    {
        _context = context;
        _descriptor = descriptor;
        _backend = backend;
        _context.Counters.AddOpen(1);
        _tag = context.Reactor.Add(descriptor, this, EpollMask.In | EpollMask.Out | EpollMask.PeerClosed | EpollMask.EdgeTriggered);
    }

    /// <inheritdoc/>
    public void OnReady(EpollMask mask)
    {
        _isEnding |= (mask & EpollMask.PeerClosed) != 0;
        if (!(_isGreeted ? Serve() : ReadHello()) || (mask & (EpollMask.Error | EpollMask.HangUp)) != 0)
        {
            Close();
        }
    }

    /// <inheritdoc/>
    public void OnTurn() => OnReady(EpollMask.None);

    /// <returns>False when the connection is over.</returns>
    private bool Serve()
    {
        if (_stream is null)
        {
            return LinuxSystemCalls.Receive(_descriptor, _context.Scratch, 1) == -LinuxSystemCalls.EAGAIN;
        }

        switch (_stream.Serve(_descriptor, _isEnding))
        {
            case StreamState.Waiting:
                return true;
            case StreamState.HasMore:
                _context.Reactor.Enqueue(_tag);
                return true;
            default:
                return false;
        }
    }

    /// <returns>False when the connection is over.</returns>
    private bool ReadHello()
    {
        var length = LinuxSystemCalls.Receive(_descriptor, _context.Scratch + _partialBytes, LargestHelloBytes - _partialBytes);
        if (length <= 0)
        {
            return length == -LinuxSystemCalls.EAGAIN;
        }

        _partialHello?.AsSpan(0, _partialBytes).CopyTo(new Span<byte>(_context.Scratch, _partialBytes));
        var received = new ReadOnlySpan<byte>(_context.Scratch, _partialBytes + length);
        var needed = received.Length < RecordHeaderBytes ? RecordHeaderBytes : RecordHeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(received[3..]);
        if (received.Length < needed)
        {
            Keep(received);
            return needed <= LargestHelloBytes && !_isEnding;
        }

        _partialHello = null;
        return received.Length == needed && Greet(received);
    }

    private void Keep(ReadOnlySpan<byte> received)
    {
        _partialHello ??= new byte[LargestHelloBytes];
        received.CopyTo(_partialHello);
        _partialBytes = received.Length;
    }

    private bool Greet(ReadOnlySpan<byte> hello)
    {
        if (!StreamOrder.TryRead(hello, out var order, out var isIntact) || !isIntact)
        {
            _context.Counters.AddWrongHello();
        }

        _isGreeted = true;
        new Greeting(_backend, isIntact, order.Seed).WriteTo(new Span<byte>(_context.Scratch, Greeting.Size));
        if (LinuxSystemCalls.Send(_descriptor, _context.Scratch, Greeting.Size) != Greeting.Size)
        {
            return false;
        }

        _stream = BackendStream.Create(order, _context);
        // An end that came with the hello has no event of its own.
        return (_stream is null && !_isEnding) || Serve();
    }

    private void Close()
    {
        _context.Reactor.Remove(_tag);
        LinuxSystemCalls.Close(_descriptor);
        _context.Counters.AddOpen(-1);
        _stream?.Release();
    }
}
