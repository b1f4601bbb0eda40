using System.IO.Pipelines;
using Microsoft.Extensions.Options;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>Reads the first bytes of a connection until they decide its filter chain, within the time and size limits, and leaves every byte unread.</summary>
internal sealed class ClientHelloPeek(RouteTable routes, ConnectionTracker tracker, ConnectionReporter reporter, IOptions<SniRouterOptions> options, TimeProvider time)
{
    public async ValueTask<Selection> SelectAsync(ConnectionScope scope)
    {
        if (!routes.Current.Listeners.TryGetValue(scope.Listener.ListenerName, out var listener))
        {
            return Selection.Refuse(ConnectionOutcome.NoRoute);
        }

        scope.AccessLog = AccessLogScope.Begin(listener);
        if (scope.Context.Features.Get<IHandedOverFeature>() is { } known)
        {
            return Selection.Of(known.FilterChain, known.ServerName);
        }

        if (listener.Unconditional is { } chain)
        {
            return Selection.Of(chain, "");
        }

        var input = scope.Context.Transport.Input;
        var left = options.Value.ClientHelloTimeout - time.GetElapsedTime(scope.Listener.AcceptedTimestamp);
        using var deadline = time.CreateTimer(
            static state => ((PipeReader)state!).CancelPendingRead(), input, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await using var aborted = tracker.Aborted.UnsafeRegister(static state => ((PipeReader)state!).CancelPendingRead(), input);
        return await ReadAsync(input, listener);
    }

    private async ValueTask<Selection> ReadAsync(PipeReader input, ListenerSnapshot listener)
    {
        var limits = new SelectionLimits(options.Value.MaxClientHelloBytes, reporter.WantsServerName || listener.WantsServerName || listener.Terminates);
        long needed = 1;
        while (true)
        {
            var result = await input.ReadAsync();
            if (result.Buffer.Length >= needed)
            {
                var selection = FilterChainSelector.Select(result.Buffer, listener, limits);
                if (selection.IsDecided)
                {
                    // Everything stays unread, and unexamined as well: the next read must return at once.
                    input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
                    return selection;
                }

                needed = selection.BytesNeeded;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCanceled)
            {
                return Selection.Refuse(tracker.Aborted.IsCancellationRequested ? ConnectionOutcome.Drained : ConnectionOutcome.ClientHelloTimeout);
            }

            if (result.IsCompleted)
            {
                return Selection.Refuse(ConnectionOutcome.ClientHelloIncomplete);
            }
        }
    }
}
