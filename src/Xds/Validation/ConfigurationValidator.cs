using System.Text.Json.Nodes;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Listener.V3;
using Zoneway.SniRouter.Clusters;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Validation;

/// <summary>Translates a configuration exactly as a running proxy does, and tells what became of it instead of putting it in force.</summary>
public static class ConfigurationValidator
{
    /// <summary>Validates a text, YAML or JSON, in any of the forms that <c>docs/validate.md</c> lists. Never throws on bad content.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">Why the text could not be read at all; null when it was.</param>
    /// <returns>The report; null when the text could not be read.</returns>
    public static ValidationReport? Validate(string text, out string? problem)
    {
        JsonNode? json;
        try
        {
            json = YamlToJson.Parse(text);
        }
        catch (YamlFormatException exception)
        {
            problem = exception.Message;
            return null;
        }

        var document = EnvoyDocument.Read(json);
        problem = document.Problem;
        return problem is null ? Validate(document) : null;
    }

    private static ValidationReport Validate(EnvoyDocument document)
    {
        var reader = new EnvoyResourceReader();
        for (var i = 0; i < document.Entries.Count; i++)
        {
            reader.Read(document.Entries[i], i);
        }

        var rejected = new List<RejectedReport>(reader.Problems.Select(problem => new RejectedReport("", "", problem)));
        var ignored = document.Ignored.Concat(reader.Ignored).ToLookup(field => field.Resource, StringComparer.Ordinal);
        var resources = reader.Resources.ToLookup(resource => resource.TypeUrl, StringComparer.Ordinal);

        var assignments = Translate(resources[TypeUrls.ClusterLoadAssignment], EndpointTranslator.Translate, rejected);
        var clusters = Translate(resources[TypeUrls.Cluster], ClusterTranslator.Translate, rejected);
        var listeners = Translate(resources[TypeUrls.Listener], ListenerTranslator.Translate, rejected);
        var secrets = Translate(resources[TypeUrls.Secret], SecretTranslator.Translate, rejected);

        var endpoints = assignments.Where(pair => pair.Result.Config is not null)
            .ToDictionary(pair => pair.Resource.Name, pair => pair.Result.Config!, StringComparer.Ordinal);
        return new ValidationReport
        {
            Listeners = [.. listeners.Select(pair => Report(pair, ignored))],
            Clusters = [.. clusters.Select(pair => Report(pair, endpoints, ignored))],
            Rejected = rejected,
            Ignored = [.. Others(ignored, [.. clusters.Select(pair => pair.Resource.Name), .. listeners.Select(pair => pair.Resource.Name)]),
                .. Ignored(assignments), .. Ignored(secrets)],
        };
    }

    private static List<(XdsResource Resource, TranslationResult<T> Result)> Translate<T>(
        IEnumerable<XdsResource> resources, Func<XdsResource, TranslationResult<T>> translate, List<RejectedReport> rejected)
        where T : class
    {
        var results = new List<(XdsResource, TranslationResult<T>)>();
        foreach (var resource in resources)
        {
            var result = translate(resource);
            rejected.AddRange(result.Errors.Select(error => new RejectedReport(error.Resource, error.Field, error.Reason)));
            results.Add((resource, result));
        }

        return results;
    }

    private static ListenerReport Report(
        (XdsResource Resource, TranslationResult<SniRouter.Routing.ListenerConfig> Result) listener, ILookup<string, IgnoredField> ignored) =>
        ListenerReporter.Report(
            ResourceReader.TryParse(listener.Resource.Body, Listener.Parser, out _) ?? new Listener { Name = listener.Resource.Name },
            listener.Result.Enforced,
            [.. listener.Result.Ignored, .. ignored[listener.Resource.Name]]);

    private static ClusterReport Report(
        (XdsResource Resource, TranslationResult<ClusterConfig> Result) cluster, Dictionary<string, LoadAssignment> endpoints, ILookup<string, IgnoredField> ignored) =>
        ClusterReporter.Report(
            ResourceReader.TryParse(cluster.Resource.Body, Cluster.Parser, out _) ?? new Cluster { Name = cluster.Resource.Name },
            endpoints,
            cluster.Result.Enforced,
            [.. cluster.Result.Ignored, .. ignored[cluster.Resource.Name]]);

    private static IEnumerable<IgnoredReport> Ignored<T>(IEnumerable<(XdsResource Resource, TranslationResult<T> Result)> results)
        where T : class =>
        results.SelectMany(pair => pair.Result.Ignored).Select(Report);

    private static IEnumerable<IgnoredReport> Others(ILookup<string, IgnoredField> ignored, HashSet<string> reported) =>
        ignored.Where(group => !reported.Contains(group.Key)).SelectMany(group => group).Select(Report);

    private static IgnoredReport Report(IgnoredField field) => new(field.Resource.Length == 0 ? field.Field : $"{field.Resource}: {field.Field}", field.Why);
}
