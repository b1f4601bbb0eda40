using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Engine;

/// <content>The first stage: read the ClientHello, select the filter chain, hand over what is not passed through.</content>
internal sealed unsafe partial class PassthroughConnection
{
    private void ReadHello(ListenerSnapshot? routes)
    {
        if (routes is null && !_loop.Context.Routes.Current.Listeners.TryGetValue(_listener!.Name, out routes))
        {
            End(ConnectionOutcome.NoRoute);
            return;
        }

        var scratch = _loop.Scratch.Current;
        var received = _peeks
            ? LinuxSystemCalls.Peek(_downstream, scratch, ScratchBuffers.BufferBytes)
            : LinuxSystemCalls.Receive(_downstream, scratch, ScratchBuffers.BufferBytes);
        if (received <= 0)
        {
            NothingReceived(received);
            return;
        }

        // What was only peeked at is still to be read.
        _up.Readable = _peeks || received == ScratchBuffers.BufferBytes || _up.SourceClosing;
        var hello = Collect(new ReadOnlySpan<byte>(scratch, received));
        if (hello.Length < _helloNeeded)
        {
            WaitForMore(hello);
            return;
        }

        var selection = FilterChainSelector.Select(hello, routes, new SelectionLimits(_loop.Context.MaxClientHelloBytes, _loop.Context.Reporter.WantsServerName || routes.WantsServerName));
        if (selection is { Chain.Action.TakesSocket: true, ServerName.Length: 0 })
        {
            // Who ends TLS wants to know the name. It costs those a string that are handed on, and nobody else.
            selection = FilterChainSelector.Select(hello, routes, new SelectionLimits(_loop.Context.MaxClientHelloBytes, WithServerName: true));
        }

        if (selection.IsDecided)
        {
            Serve(selection, _peeks ? default : hello);
        }
        else
        {
            _helloNeeded = selection.BytesNeeded;
            WaitForMore(hello);
        }
    }

    private void NothingReceived(int result)
    {
        if (result is -LinuxSystemCalls.EAGAIN or -LinuxSystemCalls.EINTR)
        {
            _up.Readable = result == -LinuxSystemCalls.EINTR;
            return;
        }

        var reset = result < 0;
        End(reset ? ConnectionOutcome.DownstreamReset : ConnectionOutcome.ClientHelloIncomplete, reset);
    }

    /// <summary>The hello so far: the bytes just received, behind those received earlier.</summary>
    private ReadOnlySpan<byte> Collect(ReadOnlySpan<byte> received)
    {
        if (_peeks || _hello.Length == 0)
        {
            return received;
        }

        _hello.Append(received, _loop.Hellos);
        return _hello.Span;
    }

    private void WaitForMore(ReadOnlySpan<byte> hello)
    {
        if (!_peeks && _hello.Length == 0)
        {
            _hello.Append(hello, _loop.Hellos);
        }

        if (_up.SourceClosing)
        {
            // The client has closed, and one read takes all that a socket holds of a hello: nothing more will come.
            var reset = LinuxSystemCalls.TakeError(_downstream) != 0;
            End(reset ? ConnectionOutcome.DownstreamReset : ConnectionOutcome.ClientHelloIncomplete, reset);
        }
    }

    private void Serve(in Selection selection, ReadOnlySpan<byte> hello)
    {
        _serverName = selection.ServerName;
        _filterChain = selection.Chain;
        switch (selection.Chain?.Action)
        {
            case null:
                End(selection.Refusal);
                break;
            case QuarantinedConfig:
                End(ConnectionOutcome.FilterChainQuarantined);
                break;
            case TcpProxyConfig proxy:
                RouteLog(proxy);
                if (_filterChain!.RateLimit is { } limit && !limit.TryTake(_loop.Now))
                {
                    End(ConnectionOutcome.RateLimited);
                    break;
                }

                if (!_peeks && _hello.Length == 0)
                {
                    _hello.Append(hello, _loop.Hellos);
                }

                StartConnecting(proxy);
                break;
            default:
                HandOver();
                break;
        }
    }

    /// <summary>Gives the descriptor, from which nothing was taken, to the part of the program that terminates connections.</summary>
    private void HandOver()
    {
        _loop.Context.Tracker.Sniffed();
        _loop.Unwatch(_downstream);
        var descriptor = _downstream;
        var listener = _listener!;
        var acceptedAt = _acceptedAt;
        var (filterChain, serverName) = (_filterChain!, _serverName);
        Recycle();
        _loop.Context.Tracker.HandOver();
        _loop.Context.HandOver(listener.Name, descriptor, _loop.Now - acceptedAt, filterChain, serverName);
    }
}
