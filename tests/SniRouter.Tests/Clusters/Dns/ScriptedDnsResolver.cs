using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

/// <summary>A resolver that answers what the test has set, and waits where the test says so.</summary>
internal sealed class ScriptedDnsResolver : IDnsResolver
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, ValueTask<DnsAnswer>>> _answers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<(string Name, AddressFamily Family)> _asked = new();

    /// <summary>What was asked for so far.</summary>
    public IReadOnlyCollection<(string Name, AddressFamily Family)> Asked => _asked;

    public int Count(string name) => _asked.Count(question => question.Name == name);

    public void Set(string name, params string[] addresses) => Set(name, DnsAnswer.Of(addresses.Select(IPAddress.Parse)));

    public void Set(string name, DnsAnswer answer) => _answers[name] = _ => ValueTask.FromResult(answer);

    /// <summary>The name is answered when the test completes the source.</summary>
    public TaskCompletionSource<DnsAnswer> Hold(string name)
    {
        var source = new TaskCompletionSource<DnsAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[name] = cancellationToken => new(source.Task.WaitAsync(cancellationToken));
        return source;
    }

    /// <summary>The resolver itself is broken.</summary>
    public void Break(string name) => _answers[name] = static _ => throw new InvalidOperationException("broken");

    public ValueTask<DnsAnswer> ResolveAsync(string name, AddressFamily family, CancellationToken cancellationToken)
    {
        _asked.Enqueue((name, family));
        return _answers.TryGetValue(name, out var answer) ? answer(cancellationToken) : ValueTask.FromResult(DnsAnswer.Empty("no such name"));
    }
}
