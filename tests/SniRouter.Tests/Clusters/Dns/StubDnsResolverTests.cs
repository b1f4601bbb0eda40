using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Zoneway.SniRouter.Clusters.Dns;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

/// <summary>The stub resolver against servers on loopback.</summary>
public sealed class StubDnsResolverTests : IAsyncLifetime, IAsyncDisposable
{
    private const string NoFile = "/nonexistent/hosts";
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(3);

    private readonly TestDnsServer _server = new();
    private readonly TestDnsServer _second = new();
    private readonly ManualTimeProvider _clock = new();
    private ImmutableArray<string> _search = [];
    private int _ndots = 1;

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Resolve_BothFamilies_Ipv6ComesFirst()
    {
        _server.Serve(("a.test", "10.0.0.1 2001:db8::1 10.0.0.2"));

        var answer = await ResolveAsync("A.test");

        Assert.Equal(["2001:db8::1", "10.0.0.1", "10.0.0.2"], answer.Addresses.Select(address => address.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(60), answer.TimeToLive);
        Assert.Equal([("a.test", 1), ("a.test", 28)], _server.Asked.Select(question => (question.Name, question.Type)).Order());
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.1", 1)]
    [InlineData(AddressFamily.InterNetworkV6, "2001:db8::1", 28)]
    public async Task Resolve_OneFamily_AsksForNoOther(AddressFamily family, string expected, int type)
    {
        _server.Serve(("a.test", "10.0.0.1 2001:db8::1"));

        Assert.Equal(IPAddress.Parse(expected), Assert.Single((await ResolveAsync("a.test", family)).Addresses));
        Assert.Equal([type], _server.Asked.Select(question => question.Type));
    }

    [Fact]
    public async Task Resolve_NoSuchName_IsEmpty()
    {
        _server.Serve();

        Assert.Equal(DnsOutcome.Empty, (await ResolveAsync("a.test")).Outcome);
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task Resolve_OneFamilyFails_TheOtherIsEnough()
    {
        _server.Answer = query => DnsMessageBuilder.Read(query).Type == 28 ? [new DnsMessageBuilder(query) { Flags = 0x8182 }.Build()] : [new DnsMessageBuilder(query).Address("10.0.0.1").Build()];

        Assert.Equal(IPAddress.Parse("10.0.0.1"), Assert.Single((await ResolveAsync("a.test")).Addresses));
    }

    [Fact]
    public async Task Resolve_OneFamilyFails_TheOtherIsEmpty_IsAFailure()
    {
        _server.Answer = query => [new DnsMessageBuilder(query) { Flags = DnsMessageBuilder.Read(query).Type == 1 ? 0x8182 : 0x8180 }.Build()];

        Assert.Equal(DnsOutcome.Failed, (await ResolveAsync("a.test")).Outcome);
    }

    [Fact]
    public async Task Resolve_FirstServerFails_SecondIsAsked()
    {
        _server.Answer = query => [new DnsMessageBuilder(query) { Flags = 0x8185 }.Build()];
        _second.Serve(("a.test", "10.0.0.1"));

        Assert.Single((await ResolveAsync("a.test", AddressFamily.InterNetwork, _server, _second)).Addresses);
    }

    [Fact]
    public async Task Resolve_FirstServerIsNotThere_SecondIsAsked()
    {
        // Bound, so that nobody else gets the port, and connected to elsewhere, so that nothing gets in: the kernel answers with an ICMP error.
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await closed.ConnectAsync(_second.Address);
        _second.Serve(("a.test", "10.0.0.1"));

        var resolver = Resolver((IPEndPoint)closed.LocalEndPoint!, _second.Address);

        Assert.Single((await resolver.ResolveAsync("a.test", AddressFamily.InterNetwork, CancellationToken.None).WithinLimit()).Addresses);
    }

    [Fact]
    public async Task Resolve_ServerIsSilent_IsAskedAgainAfterItsTime()
    {
        _server.Answer = query => _server.Asked.Count > 1 ? [new DnsMessageBuilder(query).Address("10.0.0.1").Build()] : [];

        var resolving = ResolveAsync("a.test", AddressFamily.InterNetwork);
        await Eventually.TrueAsync(() => _server.Asked.Count == 1);
        await _clock.ArmedAsync(due => due == ServerTimeout);
        _clock.Advance(ServerTimeout);

        Assert.Single((await resolving.WithinLimit()).Addresses);
        Assert.Equal(2, _server.Asked.Select(question => question.Id).Count());
    }

    [Fact]
    public async Task Resolve_EveryServerIsSilent_FailsAfterTheAttempts()
    {
        var resolving = ResolveAsync("a.test", AddressFamily.InterNetwork, _server, _second);
        for (int i = 0; i < 4; i++)
        {
            await _clock.ArmedAsync(due => due == ServerTimeout);
            _clock.Advance(ServerTimeout);
        }

        var answer = await resolving.WithinLimit();
        Assert.Equal(DnsOutcome.Failed, answer.Outcome);
        Assert.Contains("no answer", answer.Reason);
    }

    [Fact]
    public async Task Resolve_Cancelled_Ends()
    {
        using var end = new CancellationTokenSource();
        var resolving = Resolver(_server.Address).ResolveAsync("a.test", AddressFamily.Unspecified, end.Token).AsTask();
        await Eventually.TrueAsync(() => _server.Asked.Count == 2);

        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resolving.WithinLimit());
    }

    [Fact]
    public async Task Resolve_ForgedAnswersBeforeTheTrueOne_AreNotBelieved()
    {
        _server.Answer = query =>
        [
            [],
            [0],
            new DnsMessageBuilder(query) { IdChange = 1 }.Address("6.6.6.6").Build(),
            new DnsMessageBuilder(query) { Question = [.. DnsMessageBuilder.Name("evil.test"), 0, 1, 0, 1] }.Address("6.6.6.6").Build(),
            query,
            new DnsMessageBuilder(query).Address("10.0.0.1").Build(),
        ];

        Assert.Equal(IPAddress.Parse("10.0.0.1"), Assert.Single((await ResolveAsync("a.test", AddressFamily.InterNetwork)).Addresses));
    }

    [Fact]
    public async Task Resolve_OnlyForgedAnswers_GivesUp()
    {
        _server.Answer = query => Enumerable.Range(1, 40).Select(i => new DnsMessageBuilder(query) { IdChange = i }.Address("6.6.6.6").Build());

        Assert.Equal(DnsOutcome.Failed, (await ResolveAsync("a.test", AddressFamily.InterNetwork)).Outcome);
    }

    [Fact]
    public async Task Resolve_Truncated_TcpHasTheRest()
    {
        _server.Answer = query => [new DnsMessageBuilder(query) { Flags = 0x8380 }.Address("10.0.0.1").Build()];
        _server.AnswerOverTcp = query => Enumerable.Range(1, 200).Aggregate(new DnsMessageBuilder(query), (builder, i) => builder.Address($"10.0.1.{i}")).Build();

        var answer = await ResolveAsync("a.test", AddressFamily.InterNetwork);

        Assert.Equal(200, answer.Addresses.Length);
        Assert.Equal([false, true], _server.Asked.Select(question => question.IsTcp));
    }

    [Theory]
    [InlineData("closes")]
    [InlineData("foreign")]
    [InlineData("empty")]
    [InlineData("truncated")]
    public async Task Resolve_TruncatedAndTcpIsNoBetter_Fails(string what)
    {
        _server.Answer = query => [new DnsMessageBuilder(query) { Flags = 0x8380 }.Build()];
        _server.AnswerOverTcp = query => what switch
        {
            "closes" => null,
            "foreign" => new DnsMessageBuilder(query) { IdChange = 1 }.Address("6.6.6.6").Build(),
            "empty" => [],
            _ => new DnsMessageBuilder(query) { Flags = 0x8380 }.Build(),
        };

        Assert.Equal(DnsOutcome.Failed, (await ResolveAsync("a.test", AddressFamily.InterNetwork)).Outcome);
    }

    [Fact]
    public async Task Resolve_ManyTimes_IdsAndPortsAreRandom()
    {
        _server.Serve(("a.test", "10.0.0.1"));
        for (int i = 0; i < 32; i++)
        {
            await ResolveAsync("a.test", AddressFamily.InterNetwork);
        }

        // The kernel may give a port twice; the same one over and over it does not.
        Assert.InRange(_server.Ports, 4, 32);
        Assert.InRange(_server.Asked.Select(question => question.Id).Distinct().Count(), 28, 32);
        int[] ids = [.. _server.Asked.Select(question => question.Id)];
        Assert.NotEqual(ids, ids.Order());
    }

    [Fact]
    public async Task Resolve_SearchDomains_AreTriedInTurn()
    {
        _search = ["ns.svc", "svc"];
        _ndots = 2;
        _server.Serve(("backend.svc", "10.0.0.1"));

        Assert.Single((await ResolveAsync("backend", AddressFamily.InterNetwork)).Addresses);
        Assert.Equal(["backend.ns.svc", "backend.svc"], _server.Asked.Select(question => question.Name));
    }

    [Fact]
    public async Task Resolve_SearchDomainFails_NoOtherNameIsTried()
    {
        _search = ["ns.svc"];
        _server.Answer = query => [new DnsMessageBuilder(query) { Flags = DnsMessageBuilder.Read(query).Name == "backend" ? 0x8180 : 0x8182 }.Address("10.0.0.1").Build()];

        Assert.Equal(DnsOutcome.Failed, (await ResolveAsync("backend", AddressFamily.InterNetwork)).Outcome);
        Assert.DoesNotContain(_server.Asked, question => question.Name == "backend");
    }

    [Fact]
    public async Task Resolve_NameThatCannotBe_IsNotAskedFor()
    {
        Assert.Equal(DnsOutcome.Empty, (await ResolveAsync("a..test")).Outcome);
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Resolve_NameInTheHostsFile_NoServerIsAsked()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "# comment\n127.0.0.5\tother A.test # a.test\n::5 a.test\nnonsense a.test\n\n127.0.0.6 a.test\n127.0.0.5 a.test\n");
        var resolver = Resolver(file, _server.Address);

        var answer = await resolver.ResolveAsync("a.test.", AddressFamily.Unspecified, CancellationToken.None).WithinLimit();
        var ipv6 = await resolver.ResolveAsync("a.test", AddressFamily.InterNetworkV6, CancellationToken.None).WithinLimit();
        File.Delete(file);

        Assert.Equal(["127.0.0.5", "::5", "127.0.0.6"], answer.Addresses.Select(address => address.ToString()));
        Assert.Null(answer.TimeToLive);
        Assert.Equal(IPAddress.Parse("::5"), Assert.Single(ipv6.Addresses));
        Assert.Empty(_server.Asked);
    }

    private Task<DnsAnswer> ResolveAsync(string name, AddressFamily family = AddressFamily.Unspecified, params TestDnsServer[] servers) =>
        Resolver([.. (servers.Length == 0 ? [_server] : servers).Select(server => server.Address)]).ResolveAsync(name, family, CancellationToken.None).WithinLimit();

    private StubDnsResolver Resolver(params IPEndPoint[] servers) => Resolver(NoFile, servers);

    private StubDnsResolver Resolver(string hostsFile, params IPEndPoint[] servers) => new(
        _clock, () => new ResolverConfiguration { Nameservers = [.. servers], Timeout = ServerTimeout, Search = _search, Ndots = _ndots }, hostsFile);
}
