using Microsoft.AspNetCore.Connections;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.SniRouter.Routing;
using Zoneway.SniRouter.Telemetry;

namespace Zoneway.SniRouter.Proxying;

/// <summary>
/// The way of a connection, from accept to report: admit, peek and route, then what the filter chain says. The first middleware behind the virtual endpoint.
/// </summary>
internal sealed class SniRouterMiddleware(
    ConnectionTracker tracker, ConnectionReporter reporter, ClientHelloPeek peek, TcpProxy tcpProxy, TimeProvider time)
{
    public async Task InvokeAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var scope = new ConnectionScope(context, context.Features.Get<IListenerFeature>() ?? new UnnamedListener(time.GetTimestamp()));
        if (tracker.TryEnter() is { } limit)
        {
            context.Abort(new ConnectionAbortedException(limit.Tag()));
            reporter.Report(scope.ToReport(limit, time));
            return;
        }

        var outcome = ConnectionOutcome.InternalError;
        try
        {
            outcome = await ServeAsync(scope, next);
        }
        catch (Exception exception) when (!SocketErrors.IsConnectionEnd(exception))
        {
            reporter.Fault(context.ConnectionId, exception);
            context.Abort(new ConnectionAbortedException(ConnectionOutcome.InternalError.Tag()));
        }
        catch (Exception)
        {
            outcome = tracker.Aborted.IsCancellationRequested ? ConnectionOutcome.Drained : ConnectionOutcome.DownstreamReset;
        }
        finally
        {
            // In this order: who waits for the last connection to leave wants its report as well.
            reporter.Report(scope.ToReport(outcome, time));
            tracker.Leave();
        }
    }

    private async Task<ConnectionOutcome> ServeAsync(ConnectionScope scope, ConnectionDelegate next)
    {
        Selection selection;
        try
        {
            selection = await peek.SelectAsync(scope);
        }
        finally
        {
            tracker.Sniffed();
        }

        scope.ServerName = selection.ServerName;
        if (selection.Chain is null)
        {
            return selection.Refusal;
        }

        scope.FilterChain = selection.Chain;
        switch (selection.Chain.Action)
        {
            case TcpProxyConfig proxy:
                scope.AccessLog = AccessLogScope.Route(scope.AccessLog, proxy);
                return selection.Chain.RateLimit is { } limit && !limit.TryTake((long)time.GetElapsedTime(0).TotalMilliseconds)
                    ? ConnectionOutcome.RateLimited
                    : await tcpProxy.RunAsync(scope, proxy);
            case DirectResponseConfig response:
                return await RespondAsync(scope.Context, response.Body);
            case QuarantinedConfig:
                return ConnectionOutcome.FilterChainQuarantined;
            default:
                scope.Context.Features.Set<IRouteFeature>(scope);
                scope.AccessLog = AccessLogScope.Route(scope.AccessLog, selection.Chain.Action.Proxy);
                await using (AbortWithTracker(scope.Context))
                {
                    await next(scope.Context);
                }

                return scope.Outcome;
        }
    }

    private async ValueTask<ConnectionOutcome> RespondAsync(ConnectionContext context, ReadOnlyMemory<byte> body)
    {
        // A client that reads nothing keeps a long body waiting.
        await using var aborted = AbortWithTracker(context);
        var result = await context.Transport.Output.WriteAsync(body);
        return !result.IsCompleted ? ConnectionOutcome.DirectResponse
            : tracker.Aborted.IsCancellationRequested ? ConnectionOutcome.Drained
            : ConnectionOutcome.DownstreamReset;
    }

    private CancellationTokenRegistration AbortWithTracker(ConnectionContext context) => tracker.Aborted.UnsafeRegister(
        static state => ((ConnectionContext)state!).Abort(new ConnectionAbortedException(ConnectionOutcome.Drained.Tag())), context);

    /// <summary>For an ordinary Kestrel endpoint, whose address is its only name.</summary>
    private sealed class UnnamedListener(long acceptedTimestamp) : IListenerFeature
    {
        public string ListenerName => "";

        public long AcceptedTimestamp => acceptedTimestamp;
    }
}
