using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Zoneway.Hosting.Lifetime;

/// <summary>
/// Ends the program on SIGTERM and SIGINT: the first one drains, the second ends the drain, a third is left to the system, which kills the process. SIGUSR2 stops
/// accepting and stays; the next SIGTERM then ends without a drain.
/// The host stops only when the drain is over, so that until then the admin port answers and configuration goes on arriving. Protocol §9.4.
/// </summary>
internal sealed partial class ProxyLifetime(
    DrainCoordinator drain, IHostApplicationLifetime application, ILogger<ProxyLifetime> logger) : IHostLifetime, IDisposable
{
    // SIGUSR2 on Linux; .NET takes the system's numbers where it has no name.
    private const PosixSignal UserSignal2 = (PosixSignal)12;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly CancellationTokenSource _hurry = new();
    private int _stops;
    private volatile bool _hasDrained;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        if (OperatingSystem.IsLinux())
        {
            _registrations.Add(PosixSignalRegistration.Create(UserSignal2, OnUserSignal));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Asks the program to end, as a signal does.</summary>
    /// <returns>False when there is no gentler way left.</returns>
    public bool Stop()
    {
        switch (Interlocked.Increment(ref _stops))
        {
            case 1:
                if (_hasDrained)
                {
                    _hurry.Cancel();
                }

                _ = DrainAndStopAsync();
                return true;
            case 2:
                _hurry.Cancel();
                return true;
            default:
                return false;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _hurry.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        Log.Signal(logger, context.Signal);
        context.Cancel = Stop();
    }

    /// <summary>Stops accepting and stays, as SIGUSR2 asks; the next <see cref="Stop"/> then ends without a wait.</summary>
    public async Task DrainAndStayAsync()
    {
        _hasDrained = true;
        try
        {
            await drain.StopAcceptingAsync();
        }
        catch (Exception exception)
        {
            Log.DrainFailed(logger, exception);
        }
    }

    private void OnUserSignal(PosixSignalContext context)
    {
        Log.Signal(logger, context.Signal);
        context.Cancel = true;
        _ = DrainAndStayAsync();
    }

    private async Task DrainAndStopAsync()
    {
        try
        {
            await drain.DrainAsync(_hurry.Token);
        }
        catch (Exception exception)
        {
            Log.DrainFailed(logger, exception);
        }

        application.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(210, LogLevel.Information, "Received {Signal}.")]
        public static partial void Signal(ILogger logger, PosixSignal signal);

        [LoggerMessage(211, LogLevel.Error, "The drain failed; ending without it.")]
        public static partial void DrainFailed(ILogger logger, Exception exception);
    }
}
