using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

public sealed class SystemDnsResolverTests
{
    [Fact]
    public async Task Resolve_Localhost_IsFoundAsTheSystemFindsIt()
    {
        var answer = await new SystemDnsResolver().ResolveAsync("localhost", AddressFamily.InterNetwork, CancellationToken.None).WithinLimit();

        Assert.Equal((DnsOutcome.Resolved, (TimeSpan?)null), (answer.Outcome, answer.TimeToLive));
        Assert.Equal(IPAddress.Loopback, Assert.Single(answer.Addresses));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, false)]
    [InlineData(SocketError.NoData, false)]
    [InlineData(SocketError.TryAgain, true)]
    [InlineData(SocketError.NoRecovery, true)]
    public async Task Resolve_Error_IsAnOutcome(SocketError error, bool failed)
    {
        var resolver = new SystemDnsResolver((_, _) => throw new SocketException((int)error));

        var answer = await resolver.ResolveAsync("a.test", AddressFamily.Unspecified, CancellationToken.None).WithinLimit();

        Assert.Equal(failed ? DnsOutcome.Failed : DnsOutcome.Empty, answer.Outcome);
        Assert.NotEmpty(answer.Reason);
    }

    [Fact]
    public async Task Resolve_NameThatCannotBe_Fails()
    {
        var answer = await new SystemDnsResolver().ResolveAsync(new string('a', 300), AddressFamily.Unspecified, CancellationToken.None).WithinLimit();

        Assert.NotEqual(DnsOutcome.Resolved, answer.Outcome);
    }

    [Fact]
    public async Task Resolve_TooManyLookupsHang_FurtherOnesWaitAndCanGiveUp()
    {
        using var release = new ManualResetEventSlim();
        int running = 0;
        var resolver = new SystemDnsResolver((_, _) =>
        {
            Interlocked.Increment(ref running);
            release.Wait(Eventually.Limit);
            return [IPAddress.Loopback];
        });
        using var impatient = new CancellationTokenSource();
        var hanging = Enumerable.Range(0, SystemDnsResolver.MaxLookups).Select(i => resolver.ResolveAsync($"a{i}.test", AddressFamily.Unspecified, impatient.Token).AsTask()).ToArray();
        await Eventually.TrueAsync(() => Volatile.Read(ref running) == SystemDnsResolver.MaxLookups);

        var further = resolver.ResolveAsync("b.test", AddressFamily.Unspecified, impatient.Token).AsTask();
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => further.WithinLimit());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging[0].WithinLimit());
        // The threads still hang, so their places are taken.
        var next = resolver.ResolveAsync("c.test", AddressFamily.Unspecified, CancellationToken.None).AsTask();
        Assert.Equal(SystemDnsResolver.MaxLookups, Volatile.Read(ref running));
        release.Set();
        Assert.Equal(DnsOutcome.Resolved, (await next.WithinLimit()).Outcome);
    }

    [Fact]
    public async Task Resolve_NamesThatHangAreAskedForAgainAndAgain_OthersHaveTheirTurn()
    {
        using var release = new ManualResetEventSlim();
        var lookups = 0;
        var resolver = new SystemDnsResolver((name, _) =>
        {
            Interlocked.Increment(ref lookups);
            if (name == "hangs.test")
            {
                release.Wait(Eventually.Limit);
            }

            return [IPAddress.Loopback];
        });
        for (var i = 0; i < 3 * SystemDnsResolver.MaxLookups; i++)
        {
            using var impatient = new CancellationTokenSource();
            var asking = resolver.ResolveAsync("hangs.test", AddressFamily.Unspecified, impatient.Token).AsTask();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WithinLimit());
        }

        var answer = await resolver.ResolveAsync("a.test", AddressFamily.Unspecified, CancellationToken.None).WithinLimit();

        Assert.Equal((DnsOutcome.Resolved, 2), (answer.Outcome, Volatile.Read(ref lookups)));
        release.Set();
        await resolver.ResolveAsync("hangs.test", AddressFamily.Unspecified, CancellationToken.None).WithinLimit();
    }
}
