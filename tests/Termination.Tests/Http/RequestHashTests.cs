using System.Net;
using Microsoft.AspNetCore.Http;
using Zoneway.Termination.Http;

namespace Zoneway.Termination.Tests.Http;

public sealed class RequestHashTests
{
    private static readonly TerminatedConnection Connection = new()
    {
        Id = "1",
        Remote = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4321),
        FilterState = new Dictionary<string, string>(StringComparer.Ordinal) { ["kuma.user"] = "web" },
    };

    private static readonly HashPolicyConfig User = new(HashSource.Header, "x-user", IsTerminal: false);
    private static readonly HashPolicyConfig Session = new(HashSource.Cookie, "session", IsTerminal: false);
    private static readonly HashPolicyConfig Source = new(HashSource.SourceIp, "", IsTerminal: false);

    [Theory]
    [InlineData(HashSource.Header, "x-user")]
    [InlineData(HashSource.Cookie, "session")]
    [InlineData(HashSource.QueryParameter, "page")]
    [InlineData(HashSource.SourceIp, "")]
    [InlineData(HashSource.FilterState, "kuma.user")]
    public void Compute_SameRequest_SameHash(HashSource source, string name)
    {
        var policy = new HashPolicyConfig(source, name, IsTerminal: false);

        Assert.NotNull(Of([policy], "anna", "1", "7"));
        Assert.Equal(Of([policy], "anna", "1", "7"), Of([policy], "anna", "1", "7"));
        Assert.Equal(source is HashSource.SourceIp or HashSource.FilterState, Of([policy], "anna", "1", "7") == Of([policy], "bert", "2", "8"));
    }

    [Fact]
    public void Compute_NothingOfWhatIsAskedFor_NoHash() =>
        Assert.Null(Of([User, Session, new(HashSource.QueryParameter, "page", false), new(HashSource.FilterState, "kuma.none", false)]));

    [Fact]
    public void Compute_Several_AllCountInTheirOrder()
    {
        Assert.NotEqual(Of([User], "anna", "1"), Of([User, Session], "anna", "1"));
        Assert.NotEqual(Of([User, Session], "anna", "1"), Of([User, Session], "anna", "2"));
        Assert.NotEqual(Of([User, Session], "same", "same"), Of([User], "same", "same"));
        Assert.Equal(Of([User], "anna"), Of([User, Session], "anna"));
    }

    [Fact]
    public void Compute_TerminalOneThatTheRequestHas_NothingAfterItCounts() =>
        Assert.Equal(Of([User], "anna"), Of([User with { IsTerminal = true }, Session, Source], "anna", "1"));

    [Fact]
    public void Compute_TerminalOneThatTheRequestHasNot_EndsTheListOnlyAfterAHash()
    {
        Assert.Equal(Of([User], "anna"), Of([User, Session with { IsTerminal = true }, Source], "anna"));
        Assert.Equal(Of([Source]), Of([User, Session with { IsTerminal = true }, Source]));
    }

    private static ulong? Of(HashPolicyConfig[] policies, string? user = null, string? session = null, string? page = null)
    {
        var request = new DefaultHttpContext().Request;
        if (user is not null)
        {
            request.Headers["x-user"] = user;
        }

        if (session is not null)
        {
            request.Headers.Cookie = $"session={session}";
        }

        if (page is not null)
        {
            request.QueryString = new QueryString($"?page={page}");
        }

        return RequestHash.Compute([.. policies], request, Connection);
    }
}
