using System.Net.Sockets;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>
/// Asks the servers of resolv.conf itself, because the system's resolver does not tell how long an answer holds. The hosts file comes first; nsswitch.conf does not count. Where both families are
/// asked for, IPv6 comes first.
/// </summary>
#pragma warning disable CA1001 // The semaphore has nothing to dispose of: nobody asks for its wait handle.
internal sealed class StubDnsResolver(TimeProvider time, Func<ResolverConfiguration> configuration, string hostsFile = StubDnsResolver.SystemHostsFile) : IDnsResolver
#pragma warning restore CA1001
{
    // Each lookup has at most two sockets.
    private const int MaxLookups = 64;

    private const string SystemHostsFile = "/etc/hosts";
    private const string SystemConfigurationFile = "/etc/resolv.conf";

    private readonly DnsExchange _exchange = new(time);
    private readonly SemaphoreSlim _places = new(MaxLookups, MaxLookups);

    /// <summary>Resolves with the files of the system, which are read for each lookup: they are small, and may change.</summary>
    public StubDnsResolver(TimeProvider time)
        : this(time, static () => ResolverConfiguration.Read(SystemConfigurationFile))
    {
    }

    /// <inheritdoc/>
    public async ValueTask<DnsAnswer> ResolveAsync(string name, AddressFamily family, CancellationToken cancellationToken)
    {
        var written = HostsFile.Find(hostsFile, name, family);
        if (!written.IsEmpty)
        {
            return DnsAnswer.Of(written);
        }

        await _places.WaitAsync(cancellationToken);
        try
        {
            return await SearchAsync(name.ToLowerInvariant(), family, configuration(), cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    private async ValueTask<DnsAnswer> SearchAsync(string name, AddressFamily family, ResolverConfiguration configuration, CancellationToken cancellationToken)
    {
        var answer = DnsAnswer.Empty("not a name that can be asked for");
        foreach (var candidate in configuration.Candidates(name).Select(static candidate => candidate.ToLowerInvariant()).Where(DnsQuestion.IsValidName))
        {
            answer = await AskAsync(candidate, family, configuration, cancellationToken);
            if (answer.Outcome != DnsOutcome.Empty)
            {
                // After a failure, too: a name further down the list might be someone else's.
                return answer;
            }
        }

        return answer;
    }

    private async ValueTask<DnsAnswer> AskAsync(string name, AddressFamily family, ResolverConfiguration configuration, CancellationToken cancellationToken)
    {
        if (family != AddressFamily.Unspecified)
        {
            return await AskAsync(new DnsQuestion(name, family == AddressFamily.InterNetwork ? DnsQuestion.TypeA : DnsQuestion.TypeAaaa), configuration, cancellationToken);
        }

        var answers = await Task.WhenAll(
            AskAsync(new DnsQuestion(name, DnsQuestion.TypeAaaa), configuration, cancellationToken),
            AskAsync(new DnsQuestion(name, DnsQuestion.TypeA), configuration, cancellationToken));
        return Combine(answers[0], answers[1]);
    }

    private async Task<DnsAnswer> AskAsync(DnsQuestion question, ResolverConfiguration configuration, CancellationToken cancellationToken)
    {
        var answer = DnsAnswer.Failed("no server to ask");
        for (var attempt = 0; attempt < configuration.Attempts; attempt++)
        {
            foreach (var server in configuration.Nameservers)
            {
                answer = await _exchange.AskAsync(server, question, configuration.Timeout, cancellationToken);
                if (answer.Outcome != DnsOutcome.Failed)
                {
                    return answer;
                }
            }
        }

        return answer;
    }

    /// <summary>One family is enough; without any address, a failure says less than an answer would.</summary>
    private static DnsAnswer Combine(DnsAnswer first, DnsAnswer second)
    {
        if (first.Outcome == DnsOutcome.Resolved && second.Outcome == DnsOutcome.Resolved)
        {
            return DnsAnswer.Of(first.Addresses.AddRange(second.Addresses), first.TimeToLive < second.TimeToLive ? first.TimeToLive : second.TimeToLive);
        }

        return first.Outcome == DnsOutcome.Resolved ? first
            : second.Outcome == DnsOutcome.Resolved ? second
            : first.Outcome == DnsOutcome.Failed ? first : second;
    }
}
