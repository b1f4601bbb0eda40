namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>How the ADS server behaves.</summary>
internal sealed record AdsOptions
{
    /// <summary>
    /// How long a stream pauses after a NACK, all its types included, before the same resources are sent again. Default 5 s, as Kuma's
    /// <c>xdsServer.nackBackoff</c>; zero means no pause.
    /// </summary>
    public TimeSpan NackBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time from opening a stream to its first request. Default 10 s.</summary>
    public TimeSpan FirstRequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most streams at the same time; further ones are refused. Default 10,000.</summary>
    public int MaxStreams { get; init; } = 10_000;
}
