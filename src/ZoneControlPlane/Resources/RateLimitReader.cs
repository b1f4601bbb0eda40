namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads MeshRateLimit documents. Protocol §8.</summary>
internal static class RateLimitReader
{
    // Envoy fills no bucket more often.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(50);

    public static RateLimitResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        fields.Skip("labels");
        if (fields.Child("spec") is not { } spec)
        {
            fields.Error("spec is required");
            return new RateLimitResource(mesh, name, fields.Line);
        }

        var target = TargetRefReader.ReadDestination(spec, RateLimitResource.Kind);
        if (target is not null && (spec.Has("rules") || spec.Has("to")))
        {
            spec.Error("spec.rules and spec.to are not supported by this control plane: use from");
        }

        var resource = new RateLimitResource(mesh, name, fields.Line) { Target = target, Limits = [.. (spec.Children("from") ?? []).Select(ReadEntry)] };
        spec.ReportRest();
        return resource;
    }

    // Kuma limits all clients together, whoever they are.
    private static RateLimit ReadEntry(ResourceFields entry)
    {
        if (entry.Child("targetRef") is not { } source || source.RequiredText("kind") != "Mesh")
        {
            entry.Error("an entry of from needs targetRef with kind Mesh");
        }

        var conf = entry.Child("default");
        var local = conf?.Child("local");
        var limit = ReadLimit(local?.Child("http"), local?.Child("tcp"));
        local?.ReportRest();
        conf?.ReportRest();
        entry.ReportRest();
        return limit;
    }

    private static RateLimit ReadLimit(ResourceFields? http, ResourceFields? tcp)
    {
        var answer = http?.Child("onRateLimit");
        var headers = answer?.Child("headers");
        var limit = new RateLimit
        {
            Requests = http?.Child("requestRate") is { } requests ? ReadRate(requests) : null,
            AreRequestsUnlimited = http?.Flag("disabled"),
            Status = answer?.HttpStatus("status"),
            Headers = headers is null ? null : [.. ReadHeaders(headers, "set", isAdded: false), .. ReadHeaders(headers, "add", isAdded: true)],
            Connections = tcp?.Child("connectionRate") is { } connections ? ReadRate(connections) : null,
            AreConnectionsUnlimited = tcp?.Flag("disabled"),
        };
        headers?.ReportRest();
        answer?.ReportRest();
        http?.ReportRest();
        tcp?.ReportRest();
        return limit;
    }

    private static Rate ReadRate(ResourceFields rate)
    {
        var number = rate.Count("num");
        var interval = rate.Duration("interval");
        if (number == 0 || interval is null || interval < LeastInterval)
        {
            rate.Error("a rate needs num, at least 1, and interval, at least 50ms");
        }

        rate.ReportRest();
        return new Rate(number, interval ?? LeastInterval);
    }

    private static IEnumerable<AnswerHeader> ReadHeaders(ResourceFields headers, string name, bool isAdded)
    {
        foreach (var header in headers.Children(name) ?? [])
        {
            yield return new AnswerHeader(header.RequiredText("name"), header.Text("value") ?? "", isAdded);
            header.ReportRest();
        }
    }
}
