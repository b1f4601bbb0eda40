using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Processes;

namespace Zoneway.LoadTest.Running;

/// <summary>A contender that serves.</summary>
/// <param name="contender">The contender.</param>
/// <param name="routes">What it serves.</param>
/// <param name="port">Its port; null for none.</param>
/// <param name="process">Its process; null for none.</param>
internal sealed class RunningContender(Contender contender, RouteSet routes, int? port, ChildProcess? process) : IAsyncDisposable
{
    public Contender Contender => contender;

    public RouteSet Routes => routes;

    public int? Port => port;

    public int? ProcessId => process?.Id;

    /// <summary>A sample of a load on this contender, to be filled in.</summary>
    public LoadRequest Request(LoadKind kind, int connections, TimeSpan duration) =>
        new() { Kind = kind, ProxyPort = port, ProxyProcess = process?.Id, Routes = routes, Connections = connections, Duration = duration };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
