using Zoneway.LoadTest.Egress.Cases;
using Zoneway.LoadTest.Egress.Contenders;
using Zoneway.LoadTest.Egress.Load;
using Zoneway.LoadTest.Processes;

namespace Zoneway.LoadTest.Egress.Running;

/// <summary>A contender that runs.</summary>
internal sealed class RunningEgress(EgressContender contender, EgressSetup setup, ChildProcess process) : IAsyncDisposable
{
    public EgressContender Contender => contender;

    public bool HasExited => process.HasExited;

    /// <summary>The last lines that it wrote, on its outputs or to its log.</summary>
    public string Output
    {
        get
        {
            var log = Path.Combine(setup.Directory, "error.log");
            return process.Output + (File.Exists(log) ? string.Join(" | ", File.ReadLines(log).TakeLast(5)) : "");
        }
    }

    /// <summary>A sample of a case on this contender.</summary>
    public EgressLoadRequest Request(EgressCase egressCase, TimeSpan warmUp, TimeSpan duration) => Request(egressCase.Service, egressCase.Request, warmUp, duration);

    /// <summary>A sample of a kind of load on this contender.</summary>
    public EgressLoadRequest Request(EgressService service, EgressLoadRequest request, TimeSpan warmUp, TimeSpan duration) =>
        request with { Port = setup.Port(service), Key = service.Key, WarmUp = warmUp, Duration = duration, ProxyProcess = process.Id };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();
}
