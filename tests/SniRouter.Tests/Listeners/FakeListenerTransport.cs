using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Listeners;

namespace Zoneway.SniRouter.Tests.Listeners;

/// <summary>Sockets in memory that are in each other's way as the kernel's are.</summary>
internal sealed class FakeListenerTransport : IListenerTransport
{
    private readonly List<IPEndPoint> _bound = [];
    private int _nextPort = 50_000;

    /// <summary>Every attempt and every unbind, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Addresses that somebody else has.</summary>
    public HashSet<IPEndPoint> Taken { get; } = [];

    /// <summary>Addresses that this machine does not have.</summary>
    public HashSet<IPEndPoint> Foreign { get; } = [];

    public IEnumerable<IPEndPoint> Bound => _bound;

    public ValueTask<IBoundListener> BindAsync(string listener, IPEndPoint address, CancellationToken cancellationToken)
    {
        Calls.Add($"bind {listener} {address}");
        if (Foreign.Contains(address))
        {
            throw new SocketException((int)SocketError.AddressNotAvailable);
        }

        var real = address.Port == 0 ? new IPEndPoint(address.Address, _nextPort++) : address;
        if (_bound.Concat(Taken).Any(other => InTheWay(other, real)))
        {
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        }

        _bound.Add(real);
        return ValueTask.FromResult<IBoundListener>(new BoundListener(this, real));
    }

    private static bool InTheWay(IPEndPoint one, IPEndPoint other) =>
        one.Port == other.Port && (one.Address.Equals(other.Address) || one.Address.Equals(IPAddress.Any) || other.Address.Equals(IPAddress.Any));

    private sealed class BoundListener(FakeListenerTransport transport, IPEndPoint address) : IBoundListener
    {
        public IPEndPoint EndPoint => address;

        public ValueTask UnbindAsync(CancellationToken cancellationToken)
        {
            transport.Calls.Add($"unbind {address}");
            transport._bound.Remove(address);
            return ValueTask.CompletedTask;
        }
    }
}
