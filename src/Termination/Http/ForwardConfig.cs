using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Zoneway.SniRouter.AccessLogs;

namespace Zoneway.Termination.Http;

/// <summary>How a route's requests are forwarded (RouteAction). <see cref="Timeout.InfiniteTimeSpan"/> stands for no limit.</summary>
public sealed record ForwardConfig
{
    /// <summary>Longest time until the answer is complete, counted from the end of the request. Default 15 s, as in Envoy.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time without a byte of request or answer; null takes the connection manager's.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Longest time that a request with its answer may take. Default no limit.</summary>
    public TimeSpan MaxStreamDuration { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>What the Host header becomes; empty leaves it, unless <see cref="RewritesHost"/>.</summary>
    public string HostLiteral { get; init; } = "";

    /// <summary>Whether the Host header becomes the configured name of the endpoint (auto_host_rewrite).</summary>
    public bool RewritesHost { get; init; }

    /// <summary>Whether the host that was asked for is added to X-Forwarded-Host.</summary>
    public bool AppendsForwardedHost { get; init; }

    /// <summary>When a request is tried again; null for never.</summary>
    public RetryPolicyConfig? Retries { get; init; }

    /// <summary>Changes to the headers of requests, those of the route first, then of its virtual host, then of the table, as in Envoy.</summary>
    public ImmutableArray<HeaderMutation> RequestHeaders { get; init; } = [];

    /// <summary>Changes to the headers of answers, in the same order.</summary>
    public ImmutableArray<HeaderMutation> ResponseHeaders { get; init; } = [];
}

/// <summary>When a request is tried again (RetryPolicy). Only requests whose body has not been read are.</summary>
public sealed record RetryPolicyConfig
{
    /// <summary>The conditions.</summary>
    public RetryConditions On { get; init; }

    /// <summary>Statuses that count as a failure, besides those of the conditions.</summary>
    public ImmutableArray<int> Statuses { get; init; } = [];

    /// <summary>Most further attempts. Default 1.</summary>
    public uint Count { get; init; } = 1;

    /// <summary>Longest time of one attempt; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public TimeSpan PerTryTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Base of the time between attempts, which doubles each time. Default 25 ms.</summary>
    public TimeSpan BaseInterval { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Longest time between attempts. Default ten times <see cref="BaseInterval"/>.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>What a retry answers to (x-envoy-retry-on).</summary>
[Flags]
public enum RetryConditions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Any 5xx answer, and no answer at all (5xx).</summary>
    ServerErrors = 1,

    /// <summary>502, 503 or 504 (gateway-error).</summary>
    GatewayErrors = 2,

    /// <summary>No connection (connect-failure).</summary>
    ConnectFailure = 4,

    /// <summary>The connection ended before the answer (reset).</summary>
    Reset = 8,

    /// <summary>The endpoint refused the stream unprocessed (refused-stream).</summary>
    RefusedStream = 16,

    /// <summary>409 (retriable-4xx).</summary>
    Retriable4xx = 32,

    /// <summary>The statuses of the policy (retriable-status-codes).</summary>
    Statuses = 64,
}

/// <summary>One change of a header (HeaderValueOption, or a name to remove).</summary>
/// <param name="Name">The header.</param>
/// <param name="Value">Its new value; null removes it.</param>
/// <param name="Action">What happens where it is there already.</param>
public sealed record HeaderMutation(string Name, string? Value, HeaderAppendAction Action)
{
    /// <summary>What the value is made from for each request, where it has command operators; <see cref="Value"/> is then the text of it.</summary>
    public AccessLogTemplate? Template { get; init; }

    /// <summary>Whether a template that comes to nothing sets the header all the same.</summary>
    public bool KeepsEmpty { get; init; }

    /// <summary>Applies changes in their order.</summary>
    public static void Apply(ImmutableArray<HeaderMutation> changes, IHeaderDictionary headers)
    {
        foreach (var change in changes)
        {
            change.Apply(headers);
        }
    }

    private void Apply(IHeaderDictionary headers)
    {
        if (Value is null)
        {
            headers.Remove(Name);
            return;
        }

        var exists = headers.TryGetValue(Name, out var values);
        switch (Action)
        {
            case HeaderAppendAction.AppendIfExistsOrAdd:
                headers[Name] = StringValues.Concat(values, Value);
                break;
            case HeaderAppendAction.OverwriteIfExistsOrAdd:
            case HeaderAppendAction.AddIfAbsent when !exists:
            case HeaderAppendAction.OverwriteIfExists when exists:
                headers[Name] = Value;
                break;
        }
    }
}

/// <summary>What a change does to a header that is there already (HeaderValueOption.HeaderAppendAction).</summary>
public enum HeaderAppendAction
{
    /// <summary>Adds the value to those that are there, or sets it.</summary>
    AppendIfExistsOrAdd,

    /// <summary>Leaves what is there, or sets it.</summary>
    AddIfAbsent,

    /// <summary>Replaces what is there, or sets it.</summary>
    OverwriteIfExistsOrAdd,

    /// <summary>Replaces what is there, and sets nothing where nothing is.</summary>
    OverwriteIfExists,
}
