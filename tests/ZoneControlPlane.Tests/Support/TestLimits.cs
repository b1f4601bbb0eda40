namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>How long tests wait.</summary>
internal static class TestLimits
{
    /// <summary>Longest wait for something that is going to happen.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    /// <summary>A token for one such wait.</summary>
    public static CancellationToken Token => new CancellationTokenSource(Wait).Token;
}
