using System.Text;
using System.Text.RegularExpressions;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Common.Fault.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Type.Matcher.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>
/// Makes the faults of external services. Clients are told apart by the header <c>x-kuma-tags</c>, which sidecars add:
/// <c>&amp;key=v1,v2&amp;&amp;key2=v3&amp;</c>. Protocol §8.
/// </summary>
internal static class FaultFilters
{
    private const string TagsHeader = "x-kuma-tags";

    public static IEnumerable<HttpFilter> Of(IEnumerable<SelectedFaults> selections) =>
        from selection in selections
        from fault in selection.Faults
        select new HttpFilter { Name = "envoy.filters.http.fault", TypedConfig = Any.Pack(Create(selection, fault)) };

    private static HTTPFault Create(SelectedFaults selection, Fault fault)
    {
        var filter = new HTTPFault();
        if (fault.Abort is { } abort)
        {
            filter.Abort = new FaultAbort { HttpStatus = abort.Status, Percentage = ShareOf(abort.Percentage) };
        }

        if (fault.Delay is { } delay)
        {
            filter.Delay = new FaultDelay { FixedDelay = Duration.FromTimeSpan(delay.Value), Percentage = ShareOf(delay.Percentage) };
        }

        if (fault.ResponseBandwidth is { } bandwidth)
        {
            filter.ResponseRateLimit = new FaultRateLimit { FixedLimit = new FaultRateLimit.Types.FixedLimit { LimitKbps = bandwidth.Kilobits }, Percentage = ShareOf(bandwidth.Percentage) };
        }

        if (selection.Source.Tags.Count > 0)
        {
            filter.Headers.Add(Matching(selection.Source, isInverted: false));
        }

        filter.Headers.AddRange(selection.Exceptions.Select(static tags => Matching(tags, isInverted: true)));
        return filter;
    }

    private static HeaderMatcher Matching(TagSet tags, bool isInverted)
    {
        // Sorted as the header is. A value stands alone or among others that commas separate.
        var pattern = new StringBuilder();
        foreach (var (key, value) in tags.Tags)
        {
            pattern.Append(".*&").Append(Regex.Escape(key)).Append("=([^&]*,)?").Append(Regex.Escape(value)).Append("[,&]");
        }

        return new HeaderMatcher
        {
            Name = TagsHeader,
            StringMatch = new StringMatcher { SafeRegex = new RegexMatcher { Regex = pattern.Append(".*").ToString() } },
            InvertMatch = isInverted,
        };
    }

    // The least of the three denominators that says it exactly.
    private static FractionalPercent ShareOf(decimal percentage)
    {
        if (percentage == decimal.Truncate(percentage))
        {
            return new FractionalPercent { Numerator = (uint)percentage };
        }

        var tenThousandth = percentage * 100;
        return tenThousandth == decimal.Truncate(tenThousandth)
            ? new FractionalPercent { Numerator = (uint)tenThousandth, Denominator = FractionalPercent.Types.DenominatorType.TenThousand }
            : new FractionalPercent { Numerator = (uint)(percentage * 10_000), Denominator = FractionalPercent.Types.DenominatorType.Million };
    }
}
