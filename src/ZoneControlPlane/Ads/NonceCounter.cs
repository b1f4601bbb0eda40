using System.Globalization;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>Numbers the answers of one stream: decimal, from 1. Protocol §3.3.</summary>
internal sealed class NonceCounter
{
    private long _last;

    public string Next() => (++_last).ToString(CultureInfo.InvariantCulture);
}
