using System.Collections.Frozen;
using System.Globalization;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads MeshFaultInjection documents. Protocol §8.</summary>
internal static class FaultInjectionReader
{
    private static readonly FrozenDictionary<string, ulong> KilobitsOfUnits =
        new Dictionary<string, ulong>(StringComparer.OrdinalIgnoreCase) { ["kbps"] = 1, ["Mbps"] = 1000, ["Gbps"] = 1_000_000 }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static FaultInjectionResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        fields.Skip("labels");
        if (fields.Child("spec") is not { } spec)
        {
            fields.Error("spec is required");
            return new FaultInjectionResource(mesh, name, fields.Line);
        }

        var target = TargetRefReader.ReadDestination(spec, FaultInjectionResource.Kind);
        if (target is not null && (spec.Has("rules") || spec.Has("to")))
        {
            spec.Error("spec.rules and spec.to are not supported by this control plane: use from");
        }

        var resource = new FaultInjectionResource(mesh, name, fields.Line) { Target = target, From = [.. (spec.Children("from") ?? []).Select(ReadEntry)] };
        spec.ReportRest();
        return resource;
    }

    private static FaultSource ReadEntry(ResourceFields entry)
    {
        var source = entry.Child("targetRef");
        if (source is null)
        {
            entry.Error("an entry of from needs targetRef");
        }

        var conf = entry.Child("default");
        var faults = conf?.Children("http") ?? [];
        conf?.ReportRest();
        entry.ReportRest();
        return new FaultSource(source is null ? TargetRefReader.WholeMesh : TargetRefReader.Read(source), [.. faults.Select(ReadFault)]);
    }

    private static Fault ReadFault(ResourceFields fault)
    {
        var result = new Fault
        {
            Abort = fault.Child("abort") is { } abort ? ReadAbort(abort) : null,
            Delay = fault.Child("delay") is { } delay ? ReadDelay(delay) : null,
            ResponseBandwidth = fault.Child("responseBandwidth") is { } bandwidth ? ReadBandwidth(bandwidth) : null,
        };
        fault.ReportRest();
        return result;
    }

    private static AbortFault ReadAbort(ResourceFields abort)
    {
        var status = abort.HttpStatus("httpStatus");
        if (status is null)
        {
            abort.Error("abort needs httpStatus");
        }

        return new AbortFault(status ?? 503, ReadPercentage(abort));
    }

    private static DelayFault ReadDelay(ResourceFields delay)
    {
        var value = delay.Duration("value");
        if (value is null)
        {
            delay.Error("delay needs value");
        }

        return new DelayFault(value ?? default, ReadPercentage(delay));
    }

    private static BandwidthFault ReadBandwidth(ResourceFields bandwidth)
    {
        var text = bandwidth.Text("limit") ?? "";
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var number = 0UL;
        if (digits < 0 || !ulong.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            || number is 0 or > 1_000_000_000 || !KilobitsOfUnits.TryGetValue(text[digits..].Trim(), out var unit))
        {
            bandwidth.Error("responseBandwidth needs limit, such as 50Mbps: a number with kbps, Mbps or Gbps");
            unit = 1;
        }

        return new BandwidthFault(number * unit, ReadPercentage(bandwidth));
    }

    private static decimal ReadPercentage(ResourceFields fault)
    {
        var percentage = fault.Percentage("percentage");
        if (percentage is null)
        {
            fault.Error("a fault needs percentage");
        }

        fault.ReportRest();
        return percentage ?? 0;
    }
}
