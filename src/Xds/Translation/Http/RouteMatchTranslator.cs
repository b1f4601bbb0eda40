using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.V3;
using Zoneway.Termination.Http;

namespace Zoneway.Xds.Translation.Http;

/// <summary>RouteMatch to <see cref="RouteMatchConfig"/>. A condition that cannot be evaluated is an error: a route must not take more than it is meant for.</summary>
internal static class RouteMatchTranslator
{
    /// <summary>Translates a match; null when errors were noted.</summary>
    public static RouteMatchConfig? Translate(RouteMatch message, Findings findings)
    {
        findings.RejectUnsafeFields();
        findings.RejectIf(message.TlsContext is not null, "tls_context", "routes cannot depend on TLS");
        findings.RejectIf(message.DynamicMetadata.Count > 0, "dynamic_metadata", "routes cannot depend on metadata of filters");
        var config = TranslatePath(message, findings);
        if (config is null)
        {
            return null;
        }

        config = config with
        {
            IsCaseSensitive = message.CaseSensitive ?? true,
            Headers = [.. message.Headers.Select((header, i) => HeaderMatcherTranslator.Translate(header, findings.At("headers", i))).OfType<HeaderMatcherConfig>()],
            QueryParameters = [.. message.QueryParameters.Select((parameter, i) => Translate(parameter, findings.At("query_parameters", i))).OfType<QueryParameterMatcherConfig>()],
            FilterState = TranslateFilterState(message, findings),
            IsGrpcOnly = message.Grpc is not null,
            Fraction = message.RuntimeFraction is null ? FractionConfig.All : Translate(message.RuntimeFraction, findings.At("runtime_fraction")),
        };
        return findings.HasErrors ? null : config;
    }

    /// <summary>A share of which only the default counts, as there is no runtime to change it.</summary>
    public static FractionConfig Translate(RuntimeFractionalPercent message, Findings findings) => Translate(message.DefaultValue, findings.At("default_value"));

    /// <summary>A share; absent is none.</summary>
    public static FractionConfig Translate(FractionalPercent? message, Findings findings)
    {
        if (message is null)
        {
            return FractionConfig.None;
        }

        uint? denominator = message.Denominator switch
        {
            FractionalPercent.Types.DenominatorType.Hundred => 100,
            FractionalPercent.Types.DenominatorType.TenThousand => 10_000,
            FractionalPercent.Types.DenominatorType.Million => 1_000_000,
            _ => null,
        };
        findings.RejectIf(denominator is null, "denominator", "the denominator is not known");
        return new FractionConfig(message.Numerator, denominator ?? 100);
    }

    private static RouteMatchConfig? TranslatePath(RouteMatch message, Findings findings)
    {
        switch (message.PathSpecifierCase)
        {
            case RouteMatch.PathSpecifierOneofCase.Prefix:
                return new RouteMatchConfig { Kind = PathMatchKind.Prefix, Path = message.Prefix };
            case RouteMatch.PathSpecifierOneofCase.Path:
                return new RouteMatchConfig { Kind = PathMatchKind.Exact, Path = message.Path };
            case RouteMatch.PathSpecifierOneofCase.PathSeparatedPrefix:
                return new RouteMatchConfig { Kind = PathMatchKind.SeparatedPrefix, Path = message.PathSeparatedPrefix };
            case RouteMatch.PathSpecifierOneofCase.SafeRegex:
                return StringMatcherTranslator.TranslateRegex(message.SafeRegex.Regex, findings.At("safe_regex")) is { } regex ? new RouteMatchConfig { Kind = PathMatchKind.Regex, Regex = regex } : null;
            default:
                findings.Reject("", message.ConnectMatcher is not null ? "CONNECT is not proxied" : "a path is needed");
                return null;
        }
    }

    private static QueryParameterMatcherConfig? Translate(QueryParameterMatcher message, Findings findings)
    {
        findings.RejectUnsafeFields();
        findings.RejectIf(message.Name.Length == 0, "name", "a name is needed");
        var value = message.StringMatch is null ? null : StringMatcherTranslator.Translate(message.StringMatch, findings.At("string_match"));
        return new QueryParameterMatcherConfig(message.Name, value, message.QueryParameterMatchSpecifierCase != QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.PresentMatch || message.PresentMatch);
    }

    private static ImmutableArray<FilterStateMatcherConfig> TranslateFilterState(RouteMatch message, Findings findings)
    {
        var states = ImmutableArray.CreateBuilder<FilterStateMatcherConfig>();
        for (var i = 0; i < message.FilterState.Count; i++)
        {
            var scope = findings.At("filter_state", i);
            scope.RejectUnsafeFields();
            scope.RejectIf(message.FilterState[i].StringMatch is null, "", "only text is compared");
            if (message.FilterState[i].StringMatch is { } matcher && StringMatcherTranslator.Translate(matcher, scope.At("string_match")) is { } value)
            {
                states.Add(new FilterStateMatcherConfig(message.FilterState[i].Key, value));
            }
        }

        return states.ToImmutable();
    }
}
