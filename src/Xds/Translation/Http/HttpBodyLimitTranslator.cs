using Envoy.Extensions.Filters.Http.Buffer.V3;
using Zoneway.Termination.Http;
using Buffer = Envoy.Extensions.Filters.Http.Buffer.V3.Buffer;

namespace Zoneway.Xds.Translation.Http;

/// <summary>envoy.extensions.filters.http.buffer.v3.Buffer to <see cref="BodyLimitFilterConfig"/>: its limit holds, its buffering has no effect but the limit.</summary>
internal static class HttpBodyLimitTranslator
{
    /// <summary>Translates the filter; null when errors were noted.</summary>
    public static BodyLimitFilterConfig? Translate(string name, Buffer message, Findings findings)
    {
        if (message.MaxRequestBytes is not { } most || most == 0)
        {
            findings.Reject("max_request_bytes", "a number above 0 is needed");
            return null;
        }

        findings.Enforce("max_request_bytes", $"bodies of requests have at most {most} bytes; longer ones get 413");
        return new BodyLimitFilterConfig(name, most);
    }

    /// <summary>Translates what a part of the routes has in its place; null when errors were noted.</summary>
    public static HttpFilterConfig? Translate(string name, BufferPerRoute message, Findings findings)
    {
        switch (message.OverrideCase)
        {
            case BufferPerRoute.OverrideOneofCase.Disabled when message.Disabled:
                findings.Enforce("disabled", "bodies of requests are not limited here");
                return new DisabledFilterConfig(name);
            case BufferPerRoute.OverrideOneofCase.Buffer:
                return Translate(name, message.Buffer, findings.At("buffer"));
            default:
                findings.Reject("", "a limit is needed, or disabled");
                return null;
        }
    }
}
