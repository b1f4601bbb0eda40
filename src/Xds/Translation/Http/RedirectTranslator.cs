using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Zoneway.Termination.Http;
using Code = Envoy.Config.Route.V3.RedirectAction.Types.RedirectResponseCode;

namespace Zoneway.Xds.Translation.Http;

/// <summary>envoy.config.route.v3.RedirectAction to <see cref="RedirectActionConfig"/>.</summary>
internal static class RedirectTranslator
{
    /// <summary>Translates a redirect; what is returned must not be used when errors were noted.</summary>
    /// <param name="message">The redirect.</param>
    /// <param name="responseHeaders">Changes to the headers of the answer.</param>
    /// <param name="findings">Those of the redirect.</param>
    public static RedirectActionConfig Translate(RedirectAction message, ImmutableArray<HeaderMutation> responseHeaders, Findings findings)
    {
        findings.RejectIf(message.PortRedirect > ushort.MaxValue, "port_redirect", "this is no port");
        foreach (var (field, value) in ((string, string)[])[("host_redirect", message.HostRedirect), ("scheme_redirect", message.SchemeRedirect), ("path_redirect", message.PathRedirect)])
        {
            findings.RejectIf(value.AsSpan().ContainsAny("\r\n\0 "), field, "this cannot be part of an address");
        }

        var rewrite = PathRewriteTranslator.Translate(message.PrefixRewrite, message.RegexRewrite, findings);
        int? status = message.ResponseCode switch
        {
            Code.MovedPermanently => 301,
            Code.Found => 302,
            Code.SeeOther => 303,
            Code.TemporaryRedirect => 307,
            Code.PermanentRedirect => 308,
            _ => null,
        };
        findings.RejectIf(status is null, "response_code", "the status is not known");
        findings.Enforce("", $"clients are sent elsewhere with {status}");
        return new RedirectActionConfig(status ?? 301)
        {
            Scheme = message.HttpsRedirect ? "https" : message.SchemeRedirect,
            Host = message.HostRedirect,
            Port = message.PortRedirect,
            Path = message.PathRedirect,
            PathRewrite = rewrite,
            StripsQuery = message.StripQuery,
            ResponseHeaders = responseHeaders,
        };
    }
}
