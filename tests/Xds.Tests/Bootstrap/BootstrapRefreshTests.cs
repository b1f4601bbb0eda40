using Microsoft.Extensions.Logging.Abstractions;
using Zoneway.TestUtilities.Bootstrap;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Bootstrap;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Bootstrap;

public class BootstrapRefreshTests
{
    public const int Patience = BootstrapRefresh.Patience;

    private static readonly StreamEnd Refused = StreamEnd.From(new Status(StatusCode.Unavailable, "connection refused"));

    private readonly BootstrapDocument _current = Parse("GRPC");
    private BootstrapAttempt _answer = new(Parse("DELTA_GRPC"), "", MayRetry: false);
    private int _asked;

    [Fact]
    public async Task IsSupersededAsync_Unimplemented_AsksAtOnce()
    {
        var refresh = Refresh();

        Assert.True(await refresh.IsSupersededAsync(StreamEnd.From(new Status(StatusCode.Unimplemented, "")) with { WasAnswered = true }, CancellationToken.None));
        Assert.Equal(XdsVariant.Delta, refresh.Next!.Variant);
    }

    [Fact]
    public async Task IsSupersededAsync_Refusals_AreCountedInARow()
    {
        var refresh = Refresh();

        await EndsAsync(refresh, Refused, Refused, Refused with { WasAnswered = true }, Refused, Refused, StreamEnd.NoToken(new IOException("gone")));
        Assert.Equal(0, _asked);
        await EndsAsync(refresh, Refused, Refused);
        Assert.True(await refresh.IsSupersededAsync(Refused, CancellationToken.None));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task IsSupersededAsync_OrderlyEndsWithoutAnyAnswer_AreRefusals()
    {
        var refresh = Refresh();

        await EndsAsync(refresh, StreamEnd.Orderly, StreamEnd.Orderly);

        Assert.True(await refresh.IsSupersededAsync(StreamEnd.Orderly, CancellationToken.None));
    }

    [Fact]
    public async Task IsSupersededAsync_SameDocumentOrNone_GoesOnAndAsksAgainLater()
    {
        var refresh = Refresh();

        _answer = new(Parse("GRPC"), "", MayRetry: false);
        await EndsAsync(refresh, Refused, Refused, Refused);
        _answer = BootstrapAttempt.TryAgain("nobody listens");
        await EndsAsync(refresh, Refused, Refused, Refused);

        Assert.Equal(2, _asked);
        Assert.Null(refresh.Next);
    }

    private BootstrapRefresh Refresh() => new(
        _current,
        _ =>
        {
            _asked++;
            return Task.FromResult(_answer);
        },
        NullLogger.Instance);

    private static async Task EndsAsync(BootstrapRefresh refresh, params StreamEnd[] ends)
    {
        foreach (var end in ends)
        {
            Assert.False(await refresh.IsSupersededAsync(end, CancellationToken.None));
        }
    }

    private static BootstrapDocument Parse(string apiType) =>
        BootstrapDocument.TryParse(SampleBootstraps.PlainAt(5678, apiType), out var document, out var error) ? document : throw new InvalidDataException(error);
}
