using Microsoft.Extensions.Logging;
using Zoneway.Hosting.Settings;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.Hosting.Lifetime;

/// <summary>Ends the proxy without cutting more connections than it must: not ready, accept a while longer, stop accepting, close what is idle, wait, end the rest. Protocol §9.4.</summary>
internal sealed partial class DrainCoordinator(
    Readiness readiness, ListenerManager listeners, ConnectionTracker connections, ProxySettings settings, TimeProvider time, ILogger<DrainCoordinator> logger)
{
    // An aborted connection only has to notice it; a slow machine gets this long to report its outcomes.
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Drains. Returns as soon as no connection is left, not before <see cref="ProxySettings.DrainAcceptTime"/>, at the latest a moment after <see cref="ProxySettings.DrainTime"/>.
    /// </summary>
    /// <param name="hurry">Cancelled to end the wait now.</param>
    public async Task DrainAsync(CancellationToken hurry)
    {
        readiness.Terminate();
        var started = time.GetTimestamp();
        await AcceptOnAsync(hurry);
        await listeners.StopAcceptingAsync(CancellationToken.None);
        connections.CloseIdle(settings.DrainIdleTime);
        var left = settings.DrainTime - time.GetElapsedTime(started);
        Log.Draining(logger, connections.Active, left);
        if (await WaitUntilNoneAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, hurry))
        {
            Log.Drained(logger);
            return;
        }

        Log.Aborting(logger, connections.Active);
        connections.AbortAll();
        await WaitUntilNoneAsync(AbortTimeout, CancellationToken.None);
    }

    /// <summary>Accepts no more connections; those that are open go on, and so does the program.</summary>
    public ValueTask StopAcceptingAsync() => listeners.StopAcceptingAsync(CancellationToken.None);

    // Whoever balances load learns only from a probe that this proxy is not ready, and sends connections until then. Those must not be refused.
    private async Task AcceptOnAsync(CancellationToken hurry)
    {
        var accept = settings.DrainAcceptTime < settings.DrainTime ? settings.DrainAcceptTime : settings.DrainTime;
        Log.AcceptingOn(logger, accept);
        try
        {
            await Task.Delay(accept, time, hurry);
        }
        catch (OperationCanceledException)
        {
            // Someone is in a hurry.
        }
    }

    private async Task<bool> WaitUntilNoneAsync(TimeSpan limit, CancellationToken hurry)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, hurry);
        try
        {
            await connections.WaitUntilNoneAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(203, LogLevel.Information, "Not ready any more; connections are accepted for another {AcceptTime}.")]
        public static partial void AcceptingOn(ILogger logger, TimeSpan acceptTime);

        [LoggerMessage(200, LogLevel.Information, "Draining: {Active} connections are open and have {DrainTime} to end.")]
        public static partial void Draining(ILogger logger, int active, TimeSpan drainTime);

        [LoggerMessage(201, LogLevel.Information, "Drained: no connection is left.")]
        public static partial void Drained(ILogger logger);

        [LoggerMessage(202, LogLevel.Warning, "The drain is over; {Active} connections are still open and end now.")]
        public static partial void Aborting(ILogger logger, int active);
    }
}
